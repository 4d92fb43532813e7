import { z } from 'zod';
import { firstStartSchema, launchSchema, settingsSchema } from './launch-schema.ts';
import { hooksSchema, registrySchema, transcriptSchema, usageSchema } from './record-schema.ts';
import { screensSchema } from './screen-schema.ts';

const words = z.array(z.string().min(1)).min(1);

/**
 * What Rollcall knows of an agent program, as data (DESIGN §1). Strict: a key that means nothing here is a mistake
 * in the profile. Later keys are added as optional ones.
 */
export const profileSchema = z.strictObject({
  name: z.string().min(1),
  /** Program and first arguments; no shell reads it. Null: the file must say it (`generic`). */
  command: words.nullable(),
  /** Names by which a live one is known in /proc (`comm`, at most 15 bytes). Empty: cannot be told. */
  process: z.array(z.string().min(1).max(15)),
  /**
   * How it finds its home; null: it has none that an account could stand for. `inside`: its variable names the folder
   * around its home, in which that must have this name.
   */
  home: z
    .strictObject({
      env: z.string().min(1),
      default: z.string().min(1),
      inside: z
        .string()
        .regex(/^(?!\.{1,2}$)[\w.-]{1,60}$/)
        .optional(),
    })
    .nullable(),
  /** Folder in its home where it registers running sessions, one file each. */
  sessions: z.string().min(1).optional(),
  /** Versions it was tested with; empty: none. */
  tested: z.array(z.string().min(1)),
  /** How it takes its prompt where the task does not say: on its command line, from a file it is pointed at, pasted. */
  deliver: z.enum(['argv', 'file', 'paste']).optional(),
  /** That it ends with 0 says that its task is done. */
  exitMeansDone: z.boolean().optional(),
  launch: launchSchema.optional(),
  settings: settingsSchema.optional(),
  firstStart: firstStartSchema.optional(),
  /** What the files in its `sessions` folder say. */
  registry: registrySchema.optional(),
  hooks: hooksSchema.optional(),
  transcript: transcriptSchema.optional(),
  usage: usageSchema.optional(),
  /** How its screen is read; left out: every screen is `unknown`. */
  screens: screensSchema.optional(),
});

/** Plain readonly data. */
export type Profile = Readonly<z.infer<typeof profileSchema>>;
