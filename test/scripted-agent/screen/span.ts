/** Text in one style. Colours are of the 256-colour table. */
export interface Span {
  readonly text: string;
  readonly color?: number;
  readonly background?: number;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly inverse?: boolean;
}

export type Row = readonly Span[];

/** The colours that Claude Code's dark theme has for these (corpus/claude, `.ansi.txt`). */
export const COLOR = {
  brand: 174,
  quiet: 246,
  rule: 244,
  frame: 239,
  choice: 153,
  bright: 231,
  error: 211,
  warning: 220,
  prompt: 237,
} as const;

/** One span of plain text. */
export function plain(text: string): Span {
  return { text };
}

/** One span in one colour. */
export function colored(text: string, color: number): Span {
  return { text, color };
}

/** A row as text without its styles. */
export function rowText(row: Row): string {
  return row.map(({ text }) => text).join('');
}

/** A row for the terminal: every style is switched on and off again. */
export function rowCode(row: Row): string {
  return row.map(spanCode).join('');
}

function spanCode(span: Span): string {
  const codes = [
    span.bold === true ? '1' : '',
    span.dim === true ? '2' : '',
    span.inverse === true ? '7' : '',
    span.color === undefined ? '' : `38;5;${String(span.color)}`,
    span.background === undefined ? '' : `48;5;${String(span.background)}`,
  ].filter((code) => code !== '');
  return codes.length === 0 ? span.text : `\x1b[${codes.join(';')}m${span.text}\x1b[0m`;
}
