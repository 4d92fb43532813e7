/** A row of a screen as drawn: `text` without trailing blanks, and the ink of each character where it was told. */
export interface Row {
  readonly text: string;
  /** One entry a character of `text`; empty in a plain capture. */
  readonly inks: readonly Ink[];
}

/** Foreground of a character. `colour`: 0xRRGGBB, or null for the terminal's default. */
export interface Ink {
  readonly colour: number | null;
  readonly dim: boolean;
  readonly inverse: boolean;
}

export interface Drawn {
  readonly rows: readonly Row[];
  /** Whether the capture tells colours at all (`capture-pane -e`). */
  readonly coloured: boolean;
}

/** The last rows of a capture, as many and as wide as a screen can be; no-break spaces count as spaces. Never throws. */
export function drawnRows(capture: string): Drawn {
  const lines = lastLines(capture.trimEnd(), MOST_ROWS);
  const pen: Pen = { ink: DEFAULT, coloured: false };
  const rows = lines.map((line) => drawnRow(line, pen));
  return pen.coloured
    ? { rows, coloured: true }
    : { rows: rows.map(({ text }) => ({ text, inks: [] })), coloured: false };
}

const MOST_ROWS = 200;
const MOST_COLUMNS = 500;
/** Characters of a row with its escapes. */
const LONGEST_LINE = 16_384;
const DEFAULT: Ink = { colour: null, dim: false, inverse: false };

interface Pen {
  ink: Ink;
  coloured: boolean;
}

function lastLines(text: string, most: number): readonly string[] {
  let from = text.length;
  for (let count = 0; count < most && from >= 0; count += 1) from = text.lastIndexOf('\n', from - 1);
  return text.slice(from + 1).split('\n');
}

const ESCAPE = '\u001b';
/**
 * An escape sequence (CSI, OSC and the like, any other with its intermediates), or control characters. The second group
 * of a CSI is its final character: `m` selects colours.
 */
export const CONTROL = new RegExp(
  [
    `${ESCAPE}\\[([0-9;:?<=>]*)[ -/]*([@-~])`,
    `${ESCAPE}[\\]PX^_][^\\u0007${ESCAPE}]*(?:\\u0007|${ESCAPE}\\\\)?`,
    `${ESCAPE}[ -/]*[0-~]?`,
    `[^\\P{Cc}${ESCAPE}]+`,
  ].join('|'),
  'gu',
);

function drawnRow(line: string, pen: Pen): Row {
  const cells: string[] = [];
  const inks: Ink[] = [];
  const write = (piece: string): void => {
    for (const char of piece.slice(0, MOST_COLUMNS - cells.length).split('')) {
      cells.push(char === '\u00a0' ? ' ' : char);
      inks.push(pen.ink);
    }
  };
  let from = 0;
  for (const found of line.slice(0, LONGEST_LINE).matchAll(CONTROL)) {
    write(line.slice(from, found.index));
    if (cells.length >= MOST_COLUMNS) break;
    from = found.index + found[0].length;
    if (found[0].startsWith('\t')) write(' ');
    else if (found[2] === 'm') select(pen, found[1] ?? '');
  }
  write(line.slice(from, LONGEST_LINE));
  const text = cells.join('').trimEnd();
  return { text, inks: inks.slice(0, text.length) };
}

/** Select Graphic Rendition: only what can change the ink. */
function select(pen: Pen, parameters: string): void {
  const codes = parameters.slice(0, 200).split(/[;:]/).map(Number);
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48 || code === 58) {
      const { colour, length } = longColour(codes.slice(at + 1, at + 5));
      if (code === 38) pen.ink = { ...pen.ink, colour };
      at += length;
    } else pen.ink = inked(pen.ink, code);
  }
  if (codes.some((code) => isForeground(code))) pen.coloured = true;
}

function isForeground(code: number): boolean {
  return (code >= 30 && code <= 39) || (code >= 90 && code <= 97);
}

function inked(ink: Ink, code: number): Ink {
  if (code === 0) return DEFAULT;
  if (code === 2) return { ...ink, dim: true };
  if (code === 7) return { ...ink, inverse: true };
  if (code === 22) return { ...ink, dim: false };
  if (code === 27) return { ...ink, inverse: false };
  if (code === 39) return { ...ink, colour: null };
  if (code >= 30 && code <= 37) return { ...ink, colour: indexed(code - 30) };
  if (code >= 90 && code <= 97) return { ...ink, colour: indexed(code - 82) };
  return ink;
}

function longColour(rest: readonly number[]): { readonly colour: number | null; readonly length: number } {
  const [kind, first = 0, second = 0, third = 0] = rest;
  if (kind === 5) return { colour: indexed(first), length: 2 };
  if (kind === 2) return { colour: rgb(first, second, third), length: 4 };
  return { colour: null, length: 1 };
}

const BASIC = [
  0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000,
  0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
];

/** A colour of the 256: the 16 basic ones, a cube of 6 steps a side, 24 greys. */
function indexed(index: number): number | null {
  if (!Number.isInteger(index) || index < 0 || index > 255) return null;
  const basic = BASIC[index];
  if (basic !== undefined) return basic;
  const grey = 8 + 10 * (index - 232);
  if (index >= 232) return rgb(grey, grey, grey);
  const cube = index - 16;
  return rgb(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

function level(step: number): number {
  return step === 0 ? 0 : 55 + 40 * step;
}

function rgb(red: number, green: number, blue: number): number {
  return ((red & 255) << 16) | ((green & 255) << 8) | (blue & 255);
}
