import { type Format, paint, shown, type Style, symbols } from './style.ts';
import { padded, textWidth, truncated } from './width.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Columns it may be cut down to where the table is too wide; left out: never cut while others can be. */
  readonly least?: number;
}

export interface Cell {
  /** Foreign text is made safe here. */
  readonly text: string;
  readonly format?: Format;
}

/**
 * Lines of a table that fits the style's width: columns two spaces apart, cut from the right-hand one that may be
 * cut, and never wrapped. Columns in which every cell is empty are left out. No rows: no lines.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  style: Style,
): string[] {
  if (rows.length === 0) return [];
  const texts = rows.map((row) => columns.map((_, at) => shown(style, row[at]?.text ?? '')));
  const used = columns.map((_, at) => texts.some((row) => row[at] !== ''));
  const widths = fitted(columns, naturalWidths(columns, texts, used), used, style.width);
  const line = (cells: readonly string[], format: (at: number) => Format | undefined): string =>
    tableLine(columns, cells, widths, used, style, format);
  const head = line(
    columns.map((column) => column.title),
    () => 'bold',
  );
  return [head, ...texts.map((cells, index) => line(cells, (at) => rows[index]?.[at]?.format))];
}

const GAP = 2;

function naturalWidths(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  used: readonly boolean[],
): number[] {
  return columns.map((column, at) => {
    if (used[at] !== true) return 0;
    // A loop: spreading ten thousand rows into Math.max would overflow the stack.
    return rows.reduce((most, row) => Math.max(most, textWidth(row[at] ?? '')), textWidth(column.title));
  });
}

function fitted(
  columns: readonly Column[],
  natural: readonly number[],
  used: readonly boolean[],
  width: number,
): number[] {
  const widths = [...natural];
  const gaps = GAP * Math.max(used.filter(Boolean).length - 1, 0);
  let over = widths.reduce((sum, each) => sum + each, gaps) - width;
  for (let at = columns.length - 1; at >= 0 && over > 0; at -= 1) {
    const least = columns[at]?.least;
    const now = widths[at] ?? 0;
    if (least === undefined || now <= least) continue;
    const cut = Math.min(over, now - least);
    widths[at] = now - cut;
    over -= cut;
  }
  return widths;
}

function tableLine(
  columns: readonly Column[],
  cells: readonly string[],
  widths: readonly number[],
  used: readonly boolean[],
  style: Style,
  format: (at: number) => Format | undefined,
): string {
  const { ellipsis } = symbols(style);
  let left = style.width;
  let line = '';
  for (const [at, column] of columns.entries()) {
    if (used[at] !== true) continue;
    const gap = line === '' ? '' : ' '.repeat(GAP);
    const room = Math.min(widths[at] ?? 0, left - gap.length);
    if (room <= 0) break;
    const text = padded(truncated(cells[at] ?? '', room, ellipsis), room, column.align);
    left -= gap.length + room;
    const how = format(at);
    line += gap + (how === undefined || text.trim() === '' ? text : paint(style, how, text));
  }
  return line.replace(/ +$/, '');
}
