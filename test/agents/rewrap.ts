/*
 * Screens at other widths. A character that is drawn is one that shows; escape sequences ride on the one after
 * them, so that colours survive.
 */

const ESCAPE = '\u001b';
const SGR = `${ESCAPE}\\[[0-9;]*m`;

/** As tmux shows a narrowed pane of a program that does not redraw: rows are cut wherever the width ends. */
export function cutAt(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((row) => (width >= shownLength(row) ? [row] : slices(drawn(row), width)))
    .join('\n');
}

/** As a program redraws itself: rules as wide as the screen, hints at its right edge, text broken at spaces and indented. */
export function redrawnAt(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((row) => redrawn(row, width))
    .join('\n');
}

const CELL = new RegExp(`(?:${SGR})*[^${ESCAPE}](?:(?:${SGR})+$)?`, 'gsu');

/** The row as cells, each with the escapes before it. */
function drawn(row: string): readonly string[] {
  return row.match(CELL) ?? [];
}

export function bare(row: string): string {
  return row.replaceAll(new RegExp(SGR, 'g'), '');
}

function shownLength(row: string): number {
  return bare(row).trimEnd().length;
}

function slices(cells: readonly string[], width: number): readonly string[] {
  const count = Math.ceil(cells.length / width);
  return Array.from({ length: count }, (_, index) =>
    trimmedEnd(cells.slice(index * width, (index + 1) * width).join('')),
  );
}

function trimmedEnd(row: string): string {
  return row.replace(/ +$/, '');
}

const RULE = /^ {0,2}[─▔▄▀╌▁╹╭╰ ]*([─▔▄▀╌])\1{30,}[╮╯ ]*$/u;

function redrawn(row: string, width: number): readonly string[] {
  const shown = bare(row).trimEnd();
  if (RULE.test(shown)) return [ruleAt(row, shown, width)];
  const hint = /^( {20,})(\S.*)$/u.exec(shown);
  if (hint !== null && shown.length > 90) {
    const cells = drawn(row).slice((hint[1] ?? '').length);
    return cells.length >= width ? broken(cells, width) : [' '.repeat(width - cells.length) + cells.join('')];
  }
  const framed = /^( ?│ ).*?( *)│$/u.exec(shown);
  if (framed !== null && shown.length > 90) return [frameAt(row, shown, width)];
  if (shown.length <= width) return [row];
  return broken(drawn(row), width);
}

function ruleAt(row: string, shown: string, width: number): string {
  const cells = drawn(row).slice(0, shown.length);
  const middle = cells[Math.floor(cells.length / 2)] ?? '─';
  const plain = bare(middle);
  const head = cells.findIndex((cell) => bare(cell) === plain);
  const tail = cells.slice(cells.findLastIndex((cell) => bare(cell) === plain) + 1);
  const count = width - head - tail.length;
  return cells.slice(0, head + 1).join('') + plain.repeat(Math.max(0, count - 1)) + tail.join('');
}

/** One row of a frame: what is too long for it is cut. */
function frameAt(row: string, shown: string, width: number): string {
  const cells = drawn(row).slice(0, shown.length);
  const inside = cells.slice(0, -1);
  while (inside.length > 2 && bare(inside.at(-1) ?? '') === ' ') inside.pop();
  const room = width - 2;
  const fits = inside.slice(0, room);
  return fits.join('') + ' '.repeat(Math.max(0, room - fits.length)) + ' ' + (cells.at(-1) ?? '│');
}

/** Broken at spaces; what follows is indented like the text of the first row. */
function broken(cells: readonly string[], width: number): readonly string[] {
  const shown = cells.map(bare).join('');
  const begun = /^(?: {2}⎿[ \u00a0]+|[●•■✻❯›] | *(?:❯ )?(?:\d+\. )?| +)/u.exec(shown)?.[0].length ?? 0;
  const indent = Math.min(begun, 8);
  const rows: string[] = [];
  let rest = [...cells];
  let room = width;
  while (rest.length > room) {
    const space = rest.slice(0, room + 1).findLastIndex((cell, at) => at > 0 && bare(cell) === ' ');
    const at = space > (rows.length === 0 ? indent : 0) ? space : room;
    rows.push((rows.length === 0 ? '' : ' '.repeat(indent)) + trimmedEnd(rest.slice(0, at).join('')));
    rest = rest.slice(space === at ? at + 1 : at);
    room = width - indent;
  }
  rows.push((rows.length === 0 ? '' : ' '.repeat(indent)) + rest.join(''));
  return rows;
}
