import { type CellRow, captureOf, cellRows, cellWidth } from './cells.ts';
import { type Finder, finderOf, type Found, type Hidden, type Known } from './find.ts';

/** A screen that can be shown to others. */
export interface Scrubbed {
  /** With colours, as from `capture-pane -p -e`; every row as wide as it was. */
  readonly ansi: string;
  /** The same as from `capture-pane -p`. */
  readonly plain: string;
  readonly title: string | null;
  /** How often what was hidden; a kind that was not found is missing. */
  readonly hidden: Readonly<Partial<Record<Hidden, number>>>;
}

/**
 * A capture with everything in it exchanged that says who and where: each character by a neutral one as wide. What
 * wraps from one row into the next is found, too; `columns`: how wide the pane is (at least its widest row). Pure.
 */
export function scrubbed(capture: string, title: string | null, known: Known, columns = 0): Scrubbed {
  const find = finderOf(known);
  const counts: Partial<Record<Hidden, number>> = {};
  const rows = hideIn(cellRows(capture), columns, find, counts);
  const [titleRow] = title === null ? [] : hideIn(cellRows(title.replaceAll('\n', ' ')), 0, find, counts);
  return {
    ansi: captureOf(rows, 'ansi'),
    plain: captureOf(rows, 'plain'),
    title: titleRow === undefined ? null : captureOf([titleRow], 'plain'),
    hidden: counts,
  };
}

/** Where a character of a text that is searched stands. */
interface Place {
  readonly row: number;
  readonly cell: number;
}

interface Searched {
  readonly text: string;
  /** One for each UTF-16 unit of the text. */
  readonly places: readonly Place[];
}

function hideIn(
  rows: readonly CellRow[],
  columns: number,
  find: Finder,
  counts: Partial<Record<Hidden, number>>,
): readonly CellRow[] {
  const single = rows.map(({ cells }, row) => searched(cells, row, 0, cells.length));
  const marks = rows.map(({ cells }) => cells.map((): Hidden | null => null));
  const mark = ({ places }: Searched, { from, to, what }: Found): void => {
    const fresh = places.slice(from, to).filter(({ row, cell }) => marks[row]?.[cell] === null);
    for (const { row, cell } of fresh) {
      const line = marks[row];
      if (line !== undefined) line[cell] = what;
    }
    if (fresh.length > 0) counts[what] = (counts[what] ?? 0) + 1;
  };
  const isMarked = (at: Place | undefined): boolean => at !== undefined && marks[at.row]?.[at.cell] !== null;
  for (const each of single) for (const found of find(each.text)) mark(each, found);
  for (const wrap of WRAPS) {
    const whole = joined(rows, columns, wrap);
    for (const found of find(whole.text)) {
      // What stands in one row was found there, by what is really beside it.
      const isWrapped = whole.places[found.told[0]]?.row !== whole.places[found.told[1] - 1]?.row;
      if (isWrapped && (wrap === 'full' || mayGoOn(found, isMarked(whole.places[found.from]))))
        mark(whole, found);
    }
  }
  return rows.map((row, index) => ({
    ...row,
    cells: row.cells.map((cell, at) => neutral(cell, marks[index]?.[at] ?? null)),
  }));
}

/** Whether what ends a row that is not full goes on in the next: not where the row had the whole of one. */
function mayGoOn({ end }: Found, isMarked: boolean): boolean {
  return end === 'told' || (end === 'open' && !isMarked);
}

function searched(cells: readonly string[], row: number, from: number, to: number): Searched {
  const chars = cells.slice(from, to).map(searchable);
  return {
    text: chars.join(''),
    places: chars.flatMap((char, at) =>
      Array.from({ length: char.length }, () => ({ row, cell: from + at })),
    ),
  };
}

/** What a program draws around its text: blanks, borders of boxes, signs in front of a row. */
const FRAME = /^[\s\u2500-\u259f|⎿●⏺❯›>•]*$/u;

/** One cell in the form in which words are looked for: what is not seen in it is no disguise. */
function searchable(cell: string): string {
  return cell === '\u00a0' ? ' ' : cell.replaceAll(/\p{Cf}/gu, '').normalize('NFC');
}

/** Which rows are taken to go on in the next: those that may, or those that are full to the edge. */
const WRAPS = ['perhaps', 'full'] as const;
type Wrap = (typeof WRAPS)[number];

/** All rows as one text, without what is around it: as it was before it was wrapped. */
function joined(rows: readonly CellRow[], columns: number, wrap: Wrap): Searched {
  const inner = rows.map(({ cells }) => innerOf(cells));
  const widest = Math.max(columns, ...rows.map(({ cells }) => cells.length));
  const parts = rows.map(({ cells }, row): Searched => {
    const at = inner[row] ?? NOTHING;
    const part = searched(cells, row, at.from, at.to);
    const next = inner[row + 1] ?? NOTHING;
    const width = wrap === 'perhaps' ? next.to : at.isFramed ? cells.length : widest;
    // The next one's first word had no room behind it.
    if (next.word > 0 && at.to + next.word + (wrap === 'full' ? MARGIN : 0) >= width) return part;
    return { text: `${part.text}\n`, places: [...part.places, { row, cell: cells.length }] };
  });
  return { text: parts.map(({ text }) => text).join(''), places: parts.flatMap(({ places }) => places) };
}

/** Columns that a program may leave free at the edge of its text. */
const MARGIN = 4;

/** What of a row is text, whether a frame ends it, and how long its first word is. */
interface Inner {
  readonly from: number;
  readonly to: number;
  readonly isFramed: boolean;
  readonly word: number;
}

const NOTHING: Inner = { from: 0, to: 0, isFramed: false, word: 0 };

function innerOf(cells: readonly string[]): Inner {
  let [from, to] = [0, cells.length];
  while (from < to && FRAME.test(cells[from] ?? '')) from += 1;
  while (to > from && FRAME.test(cells[to - 1] ?? '')) to -= 1;
  const space = cells.slice(from, to).findIndex((cell) => cell.trim() === '');
  const isFramed = cells.slice(to).some((cell) => cell.trim() !== '');
  return { from, to, isFramed, word: space < 0 ? to - from : space };
}

/** Of these everything goes; of the others signs between the letters stay, so that a path still looks like one. */
const WHOLE: readonly Hidden[] = ['secret', 'token'];

function neutral(cell: string, what: Hidden | null): string {
  if (what === null || cell.trim() === '') return cell;
  if (!WHOLE.includes(what) && !/[\p{L}\p{N}\p{M}]/u.test(cell)) return cell;
  const sign = what === 'id' || what === 'address' ? '0' : 'x';
  return sign.repeat(cellWidth(cell));
}
