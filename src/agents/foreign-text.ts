/** Rows of a foreign text that say something, as they may be shown: the last 20, of at most 200 characters each. */
export function lastRows(text: string): readonly string[] {
  const rows = text.slice(-LONGEST).split('\n').map(printable);
  return rows
    .filter(saysSomething)
    .slice(-MOST_ROWS)
    .map((row) => cut(row, MOST_COLUMNS));
}

/** A foreign text as one printable row of at most 500 characters; null where it says nothing. */
export function oneRow(text: string): string | null {
  const row = printable(text.slice(0, LONGEST).replaceAll('\n', ' ')).replaceAll(/ {2,}/g, ' ').trim();
  return row === '' ? null : cut(row, MOST_CHARACTERS);
}

/** Whether there is a letter or a digit in it: rules, frames and drawings have none. */
export function saysSomething(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

const MOST_ROWS = 20;
const MOST_COLUMNS = 200;
const MOST_CHARACTERS = 500;
const LONGEST = 64 * 1024;

/** Without what steers a terminal or hides in a text. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ufeff]/gu, ' ').trimEnd();
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text.toWellFormed();
  // No character is cut in half.
  return `${text
    .slice(0, most - 1)
    .replace(/[\ud800-\udbff]$/, '')
    .toWellFormed()}…`;
}
