import type { Row } from './ansi.ts';
import { asOne, matching } from './row-pattern.ts';
import { type Block, blocksOf, kindOf, withoutAsides } from './screen-blocks.ts';
import { boxOf, type Span, withWholeRules } from './screen-box.ts';
import type { Layout } from './screen-schema.ts';

/** A screen taken apart as an agent's profile says it is put together. */
export interface Parts {
  /** Columns, as far as the rows tell. */
  readonly width: number;
  readonly all: readonly Row[];
  /** Whether an input box is drawn. */
  readonly box: boolean;
  /** What is drawn of it, with its edges; empty where none is. */
  readonly boxRows: readonly Row[];
  /** Above the box, or the whole screen, without hints. */
  readonly said: readonly Row[];
  /** Below the box. */
  readonly footer: readonly Row[];
  /** The last rows above the box. */
  readonly status: readonly Row[];
  /** What hides the box and waits for an answer; empty where nothing does. */
  readonly dialog: readonly Row[];
  /** The last rows of the screen that are not blank. */
  readonly end: readonly Row[];
  /** What came of the last thing the user sent, oldest first, without that itself. */
  readonly turn: readonly Block[];
  /** The kind of what opened the turn; `top` where it is not on the screen and nothing else is; else null. */
  readonly opener: string | null;
}

/** Takes a screen apart. Total: whatever the rows are, each part is there, if empty. */
export function partsOf(layout: Layout, drawn: readonly Row[]): Parts {
  const width = drawn.reduce((most, { text }) => Math.max(most, text.length), 0);
  const rows = withWholeRules(drawn, width);
  const box = boxOf(layout, rows);
  const above = box === null ? rows : withoutHint(layout, rows.slice(0, box.from), width);
  const printed = blocksOf(layout, above, box === null);
  const asked = box === null ? dialogOf(layout, rows, printed.blocks.at(-1)?.at ?? null, width) : null;
  const { blocks, headed } =
    asked === null ? printed : blocksOf(layout, rows.slice(0, asked.from), box === null);
  const kept = withoutAsides(layout, blocks);
  const opened = kept.findLastIndex(({ kind }) => layout.blocks[kind]?.opens === true);
  return {
    width,
    all: rows,
    box: box !== null,
    boxRows: box === null ? [] : rows.slice(box.from, box.to),
    said: above,
    footer: box === null ? [] : rows.slice(box.to),
    status: box === null ? [] : rows.slice(0, box.from).slice(-STATUS_ROWS),
    dialog: asked === null ? [] : rows.slice(asked.from, asked.to),
    end: rows.filter(({ text }) => text !== '').slice(-END_ROWS),
    turn: kept.slice(opened + 1),
    opener: kept[opened]?.kind ?? (headed ? null : 'top'),
  };
}

const STATUS_ROWS = 8;
const END_ROWS = 10;

/** Without what stands right above the box and belongs to no turn: the layout's hints, and a few rows far below all else. */
function withoutHint(layout: Layout, rows: readonly Row[], width: number): readonly Row[] {
  const counts = [3, 2, 1].filter((count) => count <= rows.length);
  const found = counts.find((count) => {
    const last = rows.slice(-count);
    const isHint = asOne(last, width).some((text) => matching(layout.box?.hint ?? [], text) !== null);
    return isHint || isFarBelow(layout, rows.slice(0, -count), last);
  });
  return found === undefined ? rows : rows.slice(0, -found);
}

function isFarBelow(layout: Layout, before: readonly Row[], last: readonly Row[]): boolean {
  const gap = before.slice(-2);
  return (
    gap.length === 2 &&
    gap.every(({ text }) => text === '') &&
    last.every(({ text }) => text !== '' && kindOf(layout, text, false) === null)
  );
}

/** What waits for an answer: from below the last block to the end of the screen, where it ends as dialogs do. */
function dialogOf(
  { dialog }: Layout,
  rows: readonly Row[],
  lastBlock: number | null,
  width: number,
): Span | null {
  const to = rows.findLastIndex(({ text }) => text !== '') + 1;
  const ends = [1, 2, 3].some((count) =>
    asOne(rows.slice(Math.max(0, to - count), to), width).some(
      (text) => matching(dialog?.ends ?? [], text.trim()) !== null,
    ),
  );
  if (dialog === undefined || !ends) return null;
  const head = rows.findLastIndex(({ text }) => matching(dialog.head ?? [], text.trim()) !== null);
  if (head >= (lastBlock ?? 0)) return { from: head, to };
  const begins = rows.findIndex(
    ({ text }, at) =>
      at >= (lastBlock ?? 0) &&
      (dialog.from === undefined ? text === '' || lastBlock === null : matching(dialog.from, text) !== null),
  );
  return { from: begins === -1 ? (lastBlock ?? 0) : begins, to };
}
