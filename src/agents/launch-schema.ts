import { z } from 'zod';
import { riskOf } from '../model/pattern.ts';

const argument = z.string().max(2000);
const args = z.array(argument).max(50);

const flagNames = z
  .array(z.string().regex(/^--?[A-Za-z][A-Za-z-]{0,60}$/))
  .max(100)
  .default([]);

/** What of a command line is to be there again when the agent is started anew, and what is not. */
const flagsSchema = z.strictObject({
  /** Alone. */
  switches: flagNames,
  /** With one word behind it. */
  values: flagNames,
  /** With all words behind it, up to the next flag. */
  lists: flagNames,
  /** Of the above, those behind which secrets may stand: kept, and never shown. */
  hidden: flagNames,
  /** They name or begin a conversation, alone or with one word behind: left out when another is named. */
  conversation: flagNames,
});

/** How it is started. Each is a list of arguments in which `{prompt}`, `{model}` … stand for what they name. */
export const launchSchema = z.strictObject({
  /** What must be in its environment, words in braces filled in; the file's `env` outranks it. */
  env: z.record(z.string().regex(/^[A-Za-z_]\w{0,127}$/), argument).default({}),
  /** A new conversation. */
  start: args.default([]),
  /** The conversation goes on after its process has ended; left out: it cannot. */
  resume: args.min(1).optional(),
  /** The same for one of an operator's, behind flags of their own; left out: as `resume`. */
  resumeOwn: args.min(1).optional(),
  /** Files without which it cannot go on: it would begin another conversation. */
  resumeNeeds: z.array(argument.min(1)).max(10).default([]),
  /** Seconds since it began before which a conversation cannot go on without harm to what is kept of it. */
  resumeAfter: z.number().int().min(0).max(600).default(0),
  /** A row of the screen by which what was said before is known to be there again: nothing is pasted before that. */
  resumeShows: z
    .string()
    .max(200)
    .superRefine((text, context) => {
      const risk = riskOf(text);
      if (risk !== null) context.addIssue({ code: 'custom', message: `${risk.what}: ${risk.help}` });
    })
    .optional(),
  /** How a conversation that goes on is told so, for an agent that takes no prompt on its command line then. */
  resumeDeliver: z.enum(['argv', 'paste']).default('argv'),
  /** Entries of its home that another home must share for a conversation to go on there. */
  resumeShares: z.array(z.string().min(1).max(200)).max(20).default([]),
  /** Where a model is asked for; left out: it takes none. */
  model: args.min(1).optional(),
  /** Hands over the settings file of this start; left out: it takes none. */
  settings: args.min(1).optional(),
  /** Written into the folder of the start (`{launch}`) as they are, by name: what the agent is to load. */
  files: z
    .record(z.string().regex(/^[a-z][a-z0-9-]{0,30}\.(?:js|mjs|json|toml|yaml|sh)$/), z.string().max(20_000))
    .default({}),
  /** Where the file says that the folder is trusted. */
  trusted: args.default([]),
  /** The prompt, behind all others; left out: it takes none there, and is pasted it. */
  prompt: args.min(1).optional(),
  /** Its own flags, by which a command line of an operator's is understood; left out: none is. */
  flags: flagsSchema.optional(),
});

const json = z.record(z.string(), z.json());

/** What stands in the settings file that is handed over with each start. */
export const settingsSchema = z.strictObject({
  always: json.default({}),
  /** Besides, where the file says that the folder is trusted. */
  trusted: json.default({}),
});

/** Dialogs of a first start, answered beforehand where the file says that the folder is trusted: one value each. */
export const firstStartSchema = z.array(
  z.strictObject({
    /** A JSON file; `{home}` is the home its variable tells it. */
    file: z.string().min(1),
    /** The same file where no variable tells it a home; `~` is the user's. */
    fileByDefault: z.string().min(1),
    /** Keys from the top. */
    at: z.array(z.string().min(1)).min(1).max(10),
    value: z.union([z.string(), z.number(), z.boolean()]),
  }),
);
