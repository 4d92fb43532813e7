import { charWidth } from '../../model/char-width.ts';
import { CONTROL } from '../ansi.ts';

/** One row of a capture: what each cell shows, and the colours that were selected before it. */
export interface CellRow {
  /** A character with those that join it. */
  readonly cells: readonly string[];
  /** One entry more than cells: what stands before each, and behind the last. */
  readonly inks: readonly string[];
}

/**
 * A capture taken apart, so that characters can be exchanged and everything else stays. Of escapes only colours and
 * the change of character sets are kept: a link or a title in one would be a place to hide in.
 */
export function cellRows(capture: string): readonly CellRow[] {
  return capture.split('\n').map(cellRow);
}

/** The capture again; `plain`: without colours and spaces at the ends of rows (but not the no-break ones that mark a prompt), as `capture-pane -p` gives it. */
export function captureOf(rows: readonly CellRow[], form: 'ansi' | 'plain'): string {
  if (form === 'plain') return rows.map(({ cells }) => cells.join('').replace(/ +$/, '')).join('\n');
  return rows
    .map(({ cells, inks }) => cells.map((cell, at) => (inks[at] ?? '') + cell).join('') + (inks.at(-1) ?? ''))
    .join('\n');
}

/** How many columns a cell takes. */
export function cellWidth(cell: string): number {
  let width = 0;
  for (const char of cell) width += charWidth(char);
  return width;
}

function cellRow(line: string): CellRow {
  const cells: string[] = [];
  const inks: string[] = [''];
  const write = (piece: string): void => {
    for (const char of piece) {
      const last = cells.length - 1;
      if (charWidth(char) === 0 && last >= 0) cells[last] += char;
      else {
        cells.push(char);
        inks.push('');
      }
    }
  };
  let from = 0;
  for (const found of line.matchAll(CONTROL)) {
    write(line.slice(from, found.index));
    from = found.index + found[0].length;
    if (found[0].startsWith('\t')) write(' ');
    else if (found[2] === 'm' || isCharacterSet(found[0])) inks[cells.length] += found[0];
  }
  write(line.slice(from));
  return { cells, inks };
}

/** SO and SI: between them letters mean lines of boxes. */
function isCharacterSet(controls: string): boolean {
  return Array.from(controls).every((char) => char === '\u000e' || char === '\u000f');
}
