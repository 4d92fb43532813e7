import type { Row } from './ansi.ts';
import { asOne, matching } from './row-pattern.ts';
import type { Layout } from './screen-schema.ts';

/** A screen taken apart as an agent's profile says it is put together. */
export interface Parts {
  /** Columns, as far as the rows tell. */
  readonly width: number;
  readonly all: readonly Row[];
  /** Whether an input box is drawn. */
  readonly box: boolean;
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

/** A paragraph of one kind, and what else belongs to it. */
export interface Block {
  readonly kind: string;
  /** Its first paragraph. */
  readonly lead: readonly Row[];
  /** Whether that is all of it. */
  readonly alone: boolean;
  readonly rows: readonly Row[];
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

/** Rules that were wrapped as one row again: their rest is left out. */
function withWholeRules(rows: readonly Row[], width: number): readonly Row[] {
  let before = '';
  return rows.filter(({ text }) => {
    const rest = RULE_REST.exec(text)?.[1];
    if (rest !== undefined && before.length >= width && before.endsWith(rest)) return false;
    before = text;
    return true;
  });
}

const RULE_REST = /^([─▔▄▀╌])\1*$/u;

interface Span {
  /** First row, and the one after the last; what frames the box is in neither part around it. */
  readonly from: number;
  readonly to: number;
}

/** The input box: the lowest that is drawn as the layout says, with no more below it than a footer. */
function boxOf({ box }: Layout, rows: readonly Row[]): Span | null {
  if (box === undefined) return null;
  for (let last = rows.length - 1; last >= 0; last -= 1) {
    const span = box.below === undefined ? openBox(box, rows, last) : closedBox(box, rows, last);
    if (span === null) continue;
    const tail = rows.slice(span.to).filter(({ text }) => text !== '');
    const next = rows[span.to]?.text;
    const fits = box.next === undefined || next === undefined || matching(box.next, next) !== null;
    return fits && tail.length <= box.tail ? span : null;
  }
  return null;
}

type BoxLayout = NonNullable<Layout['box']>;

/** A box without a lower edge, whose first row is at `first`. */
function openBox(box: BoxLayout, rows: readonly Row[], first: number): Span | null {
  if (matching(box.match, rows[first]?.text ?? '') === null) return null;
  const blank = rows.findIndex(({ text }, index) => index > first && text === '');
  return { from: first, to: blank === -1 ? rows.length : blank };
}

/** A box whose lower edge is at `edge`. */
function closedBox(box: BoxLayout, rows: readonly Row[], edge: number): Span | null {
  const textAt = (index: number): string => rows[index]?.text ?? '';
  if (matching(box.below ?? [], textAt(edge)) === null) return null;
  for (let at = edge - 1; at >= Math.max(0, edge - TALLEST); at -= 1) {
    const isBox = matching(box.match, textAt(at)) !== null;
    if (box.gutter && !isBox) return at + 1 < edge ? { from: at + 1, to: edge + 1 } : null;
    if (box.gutter || box.above === undefined) continue;
    if (isBox && matching(box.above, textAt(at - 1)) !== null) return { from: at - 1, to: edge + 1 };
    if (matching(box.above, textAt(at)) !== null && at < edge - 1) return null;
  }
  return null;
}

const TALLEST = 120;

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

interface PlacedBlock extends Block {
  /** Index of its first row. */
  readonly at: number;
}

/** The blocks, and whether other rows stand before the first of them. */
function blocksOf(
  layout: Layout,
  rows: readonly Row[],
  mayChoose: boolean,
): { readonly blocks: readonly PlacedBlock[]; readonly headed: boolean } {
  const starts: { readonly at: number; readonly kind: string }[] = [];
  let running: string | null = null;
  rows.forEach(({ text }, at) => {
    const kind = text === '' ? null : kindOf(layout, text, mayChoose);
    const goesOn = kind !== null && kind === running && layout.blocks[kind]?.gutter === true;
    if (kind !== null && !goesOn) starts.push({ at, kind });
    running = kind ?? (text === '' || layout.blocks[running ?? '']?.gutter === true ? null : running);
  });
  const blocks = starts.map(({ at, kind }, index) => {
    const own = rows.slice(at, starts[index + 1]?.at ?? rows.length);
    const blank = own.findIndex(({ text }) => text === '');
    const lead = blank === -1 ? own : own.slice(0, blank);
    return { at, kind, lead, rows: own, alone: own.slice(lead.length).every(({ text }) => text === '') };
  });
  return { blocks, headed: rows.slice(0, starts[0]?.at ?? 0).some(({ text }) => text !== '') };
}

function kindOf({ blocks, dialog }: Layout, text: string, mayChoose: boolean): string | null {
  if (mayChoose && dialog?.cursor !== undefined && matching(dialog.cursor, text) !== null) return null;
  return Object.keys(blocks).find((kind) => matching(blocks[kind]?.match ?? [], text) !== null) ?? null;
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
  const begins = rows.findIndex(
    ({ text }, at) =>
      at >= (lastBlock ?? 0) &&
      (dialog.from === undefined ? text === '' || lastBlock === null : matching(dialog.from, text) !== null),
  );
  return { from: begins === -1 ? (lastBlock ?? 0) : begins, to };
}

/** What tells nothing of the turn, with its parts. */
function withoutAsides({ blocks: kinds }: Layout, blocks: readonly Block[]): readonly Block[] {
  let inAside = false;
  return blocks.filter(({ kind }) => {
    inAside = kinds[kind]?.aside === true || (inAside && kinds[kind]?.part === true);
    return !inAside;
  });
}
