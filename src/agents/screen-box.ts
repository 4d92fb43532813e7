import type { Row } from './ansi.ts';
import { matching } from './row-pattern.ts';
import type { BoxLayout, Layout } from './screen-schema.ts';

export interface Span {
  /** First row, and the one after the last; what frames the box is in neither part around it. */
  readonly from: number;
  readonly to: number;
}

/** The input box: the lowest that is drawn as the layout says, with no more below it than a footer. */
export function boxOf({ box }: Layout, rows: readonly Row[]): Span | null {
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

/** Rules that were wrapped as one row again: their rest is left out. */
export function withWholeRules(rows: readonly Row[], width: number): readonly Row[] {
  let before = '';
  return rows.filter(({ text }) => {
    const rest = RULE_REST.exec(text)?.[1];
    if (rest !== undefined && before.length >= width && before.endsWith(rest)) return false;
    before = text;
    return true;
  });
}

const RULE_REST = /^([─▔▄▀╌])\1*$/u;
