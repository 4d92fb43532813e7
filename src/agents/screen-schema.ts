import { z } from 'zod';
import { riskOf } from '../model/pattern.ts';
import { DIALOGS, EVIDENCE, SCREEN_STATES } from '../model/screen.ts';
import { INKS } from './ink.ts';

/** A regular expression for a whole row (JavaScript, flag u), quick on any text. */
const pattern = z.string().superRefine((text, context) => {
  const risk = riskOf(text);
  if (risk !== null) context.addIssue({ code: 'custom', message: `${risk.what}: ${risk.help}` });
});

/** One is enough. */
const patterns = z.union([pattern.transform((one) => [one]), z.array(pattern).min(1)]);
const count = z.int().min(0).max(200);
const kind = z.string().regex(/^[a-z][a-z-]*$/);

/** A block of what the agent prints: it begins with a row that matches, and ends where the next one begins. */
const block = z.strictObject({
  /** A group `text` is what it says, without its glyph. The first kind that matches wins. */
  match: patterns,
  /** It opens a turn: something the user sent. */
  opens: z.boolean().default(false),
  /** It is what came of the block before it. */
  part: z.boolean().default(false),
  /** It tells nothing of the turn: it is left out, with its parts. */
  aside: z.boolean().default(false),
  /** It may be what the user sent: it vetoes nothing. */
  quotes: z.boolean().default(false),
  /** It goes on while rows match. */
  gutter: z.boolean().default(false),
});

const box = z.strictObject({
  /** Its first row; with a gutter, any of its rows. */
  match: patterns,
  /** The row right above it. */
  above: patterns.optional(),
  /** The row right below it; left out: it ends at the first blank row. */
  below: patterns.optional(),
  gutter: z.boolean().default(false),
  /** The row right under the box, where there is one. */
  next: patterns.optional(),
  /** At most so many rows that are not blank stand below it. */
  tail: count,
  /** A hint that may stand right above it and belongs to no turn. */
  hint: patterns.optional(),
  /** Its rows: a group `text` is what was typed. A row that does not match holds none. */
  text: patterns.optional(),
  /** Its last paragraph is the agent's own. */
  foot: z.boolean().default(false),
  /** What the agent itself suggests in it; a dim end of the text is taken for that anyway. */
  ghost: patterns.optional(),
  /** A text in it that holds what stands for a paste. */
  pasted: patterns.optional(),
});

const dialog = z.strictObject({
  /** Its first row, below the last block; left out: whatever stands below that block's first paragraph. */
  from: patterns.optional(),
  /** A first row that some of them have, wherever it stands below the last block: the last such row counts. */
  head: patterns.optional(),
  /** Its last row, which is the last of the screen. */
  ends: patterns,
  /** A choice under the cursor: no block begins there. */
  cursor: patterns.optional(),
  /** Its first choice: what stands above says what is asked. Left out: all of it does. */
  choice: patterns.optional(),
  /** Rows of it that say nothing of what is asked. */
  aside: patterns.optional(),
});

const layout = z.strictObject({
  blocks: z.record(kind, block),
  box: box.optional(),
  dialog: dialog.optional(),
});

/** A row, wrapped ones joined, somewhere: in the dialog, in the rows below or above the box, at the end, in the title. */
const rowCondition = z.strictObject({
  at: z.enum(['dialog', 'footer', 'status', 'end', 'screen', 'title']),
  match: patterns,
  ink: z.array(z.enum(INKS)).min(1).optional(),
});

const place = {
  /** Kinds that may stand right before it; `top`: nothing does. Left out: anything. */
  after: z.array(kind).optional(),
  /** Kinds that may follow it in its turn. */
  followed: z.array(kind).optional(),
};

/** The last block of the turn, but for those that may follow it. */
const blockCondition = z.strictObject({
  at: z.literal('last'),
  kind,
  /** What it says, as one row; it is all that the block says. Left out: anything. */
  match: patterns.optional(),
  except: patterns.optional(),
  /** Checked where the capture tells colours. */
  ink: z.array(z.enum(INKS)).min(1).optional(),
  ...place,
  /** In place of the above where the capture tells no colours. */
  plain: z.strictObject(place).optional(),
});

/** What the turn has, and has not. */
const turnCondition = z.strictObject({
  at: z.literal('turn'),
  has: z.array(kind).optional(),
  lacks: z.array(kind).optional(),
});

/** Whether an input box is drawn. */
const boxCondition = z.strictObject({ at: z.literal('box'), drawn: z.boolean() });

const means = z.strictObject({
  state: z.enum(SCREEN_STATES),
  dialog: z.enum(DIALOGS).nullable().default(null),
  /** Null: cannot be told. */
  evidence: z.enum(EVIDENCE).nullable().default('none'),
});

const rule = z.strictObject({
  when: z.array(z.union([rowCondition, blockCondition, turnCondition, boxCondition])).min(1),
  means,
});

/**
 * How an agent's screen is read. `rules`, by name: the first all of whose conditions hold decides, in the order
 * written. A group `reset` in a pattern of a rule that means `quota` is where the limit's end stands.
 */
export const screensSchema = z.strictObject({
  layout,
  rules: z.record(z.string().min(1), rule),
  /** Rows that move by themselves, without any progress: spinners with their seconds and counters. */
  moving: patterns.optional(),
  /** What the agent or the server shows where it failed: next to it, nothing counts as quota. */
  veto: z.strictObject({ match: patterns }).optional(),
  /** Whose limit a notice speaks of, for how far off its end can be. */
  windows: z
    .strictObject({
      session: z.strictObject({ match: patterns }).optional(),
      weekly: z.strictObject({ match: patterns }).optional(),
    })
    .optional(),
});

export type Screens = z.infer<typeof screensSchema>;
export type Layout = Screens['layout'];
export type BoxLayout = NonNullable<Layout['box']>;
export type Rule = Screens['rules'][string];
export type Condition = Rule['when'][number];
export type BlockCondition = z.infer<typeof blockCondition>;
export type RowCondition = z.infer<typeof rowCondition>;
