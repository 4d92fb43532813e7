import { maskedLine } from './mask.ts';

/** Lines of a text and where they begin. */
export interface Lines {
  readonly lines: readonly string[];
  /** Offset at which each begins. */
  readonly starts: readonly number[];
}

/** A place in a text: line and column from 1, and how many characters of that line are meant. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

export function linesOf(text: string): Lines {
  const lines = text.split('\n');
  let start = 0;
  const starts = lines.map((line) => {
    const here = start;
    start += line.length + 1;
    return here;
  });
  return { lines, starts };
}

/** Number of the line, from 1, in which the offset lies. */
export function lineAt({ starts }: Lines, offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? Infinity) <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}

/** Offsets as line, column and length; a range over several lines ends with its first. */
export function spanOf(source: Lines, [from, to]: readonly [number, number]): Span {
  const line = lineAt(source, from);
  const text = source.lines[line - 1] ?? '';
  const column = Math.min(from - (source.starts[line - 1] ?? 0), text.length) + 1;
  const length = Math.max(1, Math.min(to - from, text.trimEnd().length - column + 1));
  return { line, column, length };
}

export interface FrameWords {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly help: string | null;
  /** The file as it is called on screen. */
  readonly file: string;
}

/**
 * The problem as text, without colour: message, place, source lines, caret, help. `span` null: the file as a whole.
 * Nothing in it that a terminal would obey, and no line wider than about a hundred columns.
 */
export function frame(source: Lines, span: Span | null, words: FrameWords): string {
  const head = `${words.severity}: ${words.message}`;
  const help = words.help === null ? [] : [`   = help: ${words.help}`];
  if (span === null) return [head, ` --> ${words.file}`, ...help].join('\n');
  const place = ` --> ${words.file}:${String(span.line)}:${String(span.column)}`;
  return [head, place, ...excerpt(source, span), ...help].join('\n');
}

const WIDTH = 100;

function excerpt(source: Lines, span: Span): string[] {
  const numbers = [span.line - 1, span.line, span.line + 1].filter((n) => n >= 1 && n <= source.lines.length);
  const gutter = String(numbers.at(-1) ?? 0).length;
  const from = span.column > WIDTH - 20 ? span.column - 40 : 0;
  const shown: string[] = [];
  for (const number of numbers) {
    const line = printable((source.lines[number - 1] ?? '').slice(0, from + 4 * WIDTH)).slice(
      from,
      from + WIDTH,
    );
    if (number !== span.line && line.trim() === '') continue;
    shown.push(`${String(number).padStart(gutter)} | ${line}`.trimEnd());
    if (number === span.line) {
      const carets = '^'.repeat(Math.min(span.length, Math.max(1, WIDTH - (span.column - 1 - from))));
      shown.push(`${' '.repeat(gutter)} | ${' '.repeat(span.column - 1 - from)}${carets}`);
    }
  }
  return shown;
}

/** Controls, and the marks that turn the direction of text around, become one visible character each. */
function printable(line: string): string {
  return maskedLine(line.replaceAll('\t', ' ')).replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd');
}
