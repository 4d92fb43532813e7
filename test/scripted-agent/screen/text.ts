import type { Row } from './span.ts';

/** Text that can do nothing to a terminal: no control characters but the newline; tabs are four spaces. */
export function harmless(text: string): string {
  return text.replaceAll('\t', '    ').replaceAll(/(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, '');
}

/** How many cells a text takes. */
export function cellsOf(text: string): number {
  return Array.from(text).reduce((sum, character) => sum + cells(character), 0);
}

/** The lines of a text, broken at words where a line is wider than `width` cells. */
export function wrapped(text: string, width: number): readonly string[] {
  return harmless(text)
    .split('\n')
    .flatMap((line) => wrapLine(line, Math.max(width, 1)));
}

/** At most `width` cells of a row. */
export function clipped(row: Row, width: number): Row {
  let left = width;
  return row.flatMap((span) => {
    const kept = takeCells(span.text, left);
    left -= cellsOf(kept);
    return kept === '' ? [] : [{ ...span, text: kept }];
  });
}

function wrapLine(line: string, width: number): readonly string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of line.match(/ *[^ ]+| +$/g) ?? []) {
    if (cellsOf(current) + cellsOf(word) <= width) {
      current += word;
      continue;
    }
    if (current !== '') lines.push(current);
    // Where a line is broken, the space goes; a word longer than a line is cut.
    current = current === '' ? word : word.trimStart();
    while (cellsOf(current) > width) {
      const head = takeCells(current, width);
      lines.push(head);
      current = current.slice(head.length);
    }
  }
  return [...lines, current];
}

function takeCells(text: string, width: number): string {
  let taken = '';
  let left = width;
  for (const character of text) {
    left -= cells(character);
    if (left < 0) break;
    taken += character;
  }
  return taken;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const NARROWLESS = /[\p{Mn}\p{Me}\p{Cf}]/u;

function cells(character: string): number {
  if (character < '\u0300') return 1;
  if (NARROWLESS.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
