import { shownFor } from './cast.ts';
import { PROMPT, type Played, type Size } from './stage.ts';

const CELL = { width: 8.4, height: 18 };
const EDGE = 16;

/** One picture that plays the session: each screen is shown for as long as in the cast, then the next, for ever. */
export function svg(played: readonly Played[], { columns, rows }: Size): string {
  const frames = played.flatMap((each) => {
    const { typed, answered } = shownFor(each);
    return [
      { screen: PROMPT + each.line, seconds: typed },
      { screen: each.screen, seconds: answered },
    ];
  });
  const total = frames.reduce((sum, { seconds }) => sum + seconds, 0);
  const width = Math.ceil(columns * CELL.width + 2 * EDGE);
  const height = Math.ceil(rows * CELL.height + 2 * EDGE);
  let from = 0;
  const groups = frames.map(({ screen, seconds }, at) => {
    const group = frame(at, screen, { from: from / total, to: (from + seconds) / total });
    from += seconds;
    return group;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(width)} ${String(height)}" width="${String(width)}" height="${String(height)}" role="img">`,
    '<title>Rollcall plans, makes, explains and repairs a fleet of agent sessions</title>',
    `<style>${STYLE}${groups.map(({ css }) => css).join('')}.f{animation-duration:${total.toFixed(2)}s}</style>`,
    `<rect class="ground" width="${String(width)}" height="${String(height)}" rx="8"/>`,
    `<g transform="translate(${String(EDGE)} ${String(EDGE)})">`,
    ...groups.map(({ text }) => text),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** Dark where the reader's system is, else light; each colour is readable on its ground. Where nothing moves, the last screen stands. */
const STYLE = [
  'text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre;fill:#1f2328}',
  '.ground{fill:#f6f8fa;stroke:#d1d9e0}.b{font-weight:700}.d{opacity:.65}.u{text-decoration:underline}.i{font-style:italic}',
  '.c0{fill:#1f2328}.c1{fill:#b3121d}.c2{fill:#116329}.c3{fill:#7d4e00}.c4{fill:#0550ae}.c5{fill:#7a3bb5}.c6{fill:#0f6674}.c7{fill:#57606a}',
  '@media(prefers-color-scheme:dark){text{fill:#e6edf3}.ground{fill:#0d1117;stroke:#30363d}.c0{fill:#8b949e}.c1{fill:#ff7b72}.c2{fill:#56d364}.c3{fill:#e3b341}.c4{fill:#79c0ff}.c5{fill:#d2a8ff}.c6{fill:#56d4dd}.c7{fill:#c9d1d9}}',
  '.f{opacity:0;animation-iteration-count:infinite;animation-timing-function:step-end}.f:last-child{opacity:1}',
].join('');

function frame(
  at: number,
  screen: string,
  { from, to }: { readonly from: number; readonly to: number },
): { readonly css: string; readonly text: string } {
  const name = `f${String(at)}`;
  const [begin, end] = [from, to].map((share) => `${(share * 100).toFixed(3)}%`);
  const before = from === 0 ? '' : '0%{opacity:0}';
  const after = to >= 1 ? '' : `${String(end)}{opacity:0}`;
  const css = `@keyframes ${name}{${before}${String(begin)}{opacity:1}${after}}.${name}{animation-name:${name}}`;
  const rows = screen.replace(/\n+$/, '').split('\n');
  const pen = { classes: new Set<string>() };
  const texts = rows.flatMap((row, index) => {
    const spans = runs(row, pen).map(({ column, text, classes }) => span(column, text, classes));
    return spans.length === 0
      ? []
      : [`<text y="${String((index + 0.8) * CELL.height)}">${spans.join('')}</text>`];
  });
  return { css, text: `<g class="f ${name}">${texts.join('')}</g>` };
}

/** Held to the grid of the terminal, whatever font the reader has. */
function span(column: number, text: string, classes: readonly string[]): string {
  const length = (Array.from(text).length * CELL.width).toFixed(1);
  const of = classes.length === 0 ? '' : ` class="${classes.join(' ')}"`;
  return `<tspan x="${(column * CELL.width).toFixed(1)}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${of}>${escaped(text)}</tspan>`;
}

interface Run {
  readonly column: number;
  readonly text: string;
  readonly classes: readonly string[];
}

const SELECT = new RegExp(`${String.fromCodePoint(27)}\\[([0-9;]*)m`, 'g');

/** The words of a row in one colour each; a pen lasts from one row to the next. */
function runs(row: string, pen: { classes: Set<string> }): readonly Run[] {
  const found: Run[] = [];
  let [from, column] = [0, 0];
  const write = (piece: string): void => {
    // Blanks are not drawn: a run begins at its own column.
    for (const part of piece.matchAll(/\S+(?: \S+)*/g)) {
      const start = column + Array.from(piece.slice(0, part.index)).length;
      found.push({ column: start, text: part[0], classes: [...pen.classes] });
    }
    column += Array.from(piece).length;
  };
  for (const select of row.matchAll(SELECT)) {
    write(row.slice(from, select.index));
    from = select.index + select[0].length;
    for (const code of (select[1] ?? '').split(';').map(Number)) selected(pen, code);
  }
  write(row.slice(from));
  return found;
}

const MARKS: Readonly<Record<number, string>> = { 1: 'b', 2: 'd', 3: 'i', 4: 'u' };

/** Rollcall selects no other colours than the eight that every terminal has, bright ones included. */
function selected({ classes }: { classes: Set<string> }, code: number): void {
  const mark = MARKS[code];
  if (code === 0) classes.clear();
  else if (mark !== undefined) classes.add(mark);
  else if (code === 22) for (const each of ['b', 'd']) classes.delete(each);
  else if (code === 23) classes.delete('i');
  else if (code === 24) classes.delete('u');
  else if (code === 39 || (code >= 30 && code <= 37) || (code >= 90 && code <= 97)) {
    for (const each of classes) if (/^c\d$/.test(each)) classes.delete(each);
    if (code !== 39) classes.add(`c${String(code % 10)}`);
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
