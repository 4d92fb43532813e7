import type { Row } from './ansi.ts';

/** Whether and how a text matches, as a whole, one of the patterns; each compiled once. */
export function matching(patterns: readonly string[], text: string): RegExpExecArray | null {
  for (const pattern of patterns) {
    const found = compiled(pattern).exec(text);
    if (found !== null) return found;
  }
  return null;
}

/** A few rows read as one: what was wrapped is joined. The text is given in each way the wrapping may have been. */
export interface Joined {
  readonly rows: readonly Row[];
  /** Index of the first of them. */
  readonly from: number;
  readonly texts: readonly string[];
}

/** Every row of a region, and every run of up to four of them that may be one row, wrapped at `width` columns. */
export function joinedRows(rows: readonly Row[], width: number): readonly Joined[] {
  return rows.flatMap((_, from) => joinsAt(rows, from, width));
}

/** The rows without those that match, wrapped ones as one. */
export function withoutRows(
  patterns: readonly string[] | undefined,
  rows: readonly Row[],
  width: number,
): readonly Row[] {
  if (patterns === undefined) return rows;
  const dropped = new Set<number>();
  for (const { from, rows: joined, texts } of joinedRows(rows, width)) {
    if (dropped.has(from) || !texts.some((text) => matching(patterns, text.trim()) !== null)) continue;
    joined.forEach((_, index) => dropped.add(from + index));
  }
  return rows.filter((_, at) => !dropped.has(at));
}

/** Rows known to belong together, as one. A full row may have been cut within a word; any other was broken at a space. */
export function asOne(rows: readonly Row[], width: number): readonly string[] {
  if (rows.length === 0) return [];
  const bare = rows.map(({ text }) => unframed(text));
  const spaced = bare.map((text, index) => (index === 0 ? text : text.trimStart())).join(' ');
  const cut = bare.reduce((before, text, index) => {
    const whole = (rows[index - 1]?.text.length ?? 0) >= width;
    return whole ? before + text : `${before} ${text.trimStart()}`;
  });
  return [...new Set([cut, spaced])].map((text) => oneLine(text));
}

function oneLine(text: string): string {
  return text.slice(0, LONGEST).replaceAll(INNER_SPACE, ' ').trimEnd();
}

const INNER_SPACE = /(?<=\S) +/g;
const MOST_JOINED = 4;
/** Characters: no notice is longer, and a row by itself has no more. */
const LONGEST = 500;
/** A row that was broken at a space is still a good part of the width long. */
const LEAST_PART = 0.5;

function joinsAt(rows: readonly Row[], from: number, width: number): readonly Joined[] {
  const found: Joined[] = [];
  for (let count = 1; count <= MOST_JOINED && from + count <= rows.length; count += 1) {
    const part = rows.slice(from, from + count);
    const length = part.reduce((sum, { text }) => sum + text.length, 0);
    if (count > 1 && length > LONGEST) break;
    if (part.some(({ text }) => text === '')) break;
    found.push({ rows: part, from, texts: asOne(part, width) });
    if ((part.at(-1)?.text.length ?? 0) < width * LEAST_PART) break;
  }
  return found;
}

/** Without the sides of a frame or a gutter. */
function unframed(text: string): string {
  const found = FRAMED.exec(text);
  return found === null ? text : (found[1] ?? '').trimEnd();
}

const FRAMED = /^ {0,4}[│┃](?: [│┃])?(.*?)(?:[│┃] ?)?[│┃]?$/u;

const cache = new Map<string, RegExp>();

function compiled(pattern: string): RegExp {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  const made = new RegExp(`^(?:${pattern})$`, 'u');
  cache.set(pattern, made);
  return made;
}
