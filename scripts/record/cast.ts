import { PROMPT, type Played, type Size } from './stage.ts';

/** Seconds. */
const KEY = 0.04;
const AFTER_TYPING = 0.35;
const ROW = 0.02;

const CLEAR = '\u001b[H\u001b[2J';

/** An asciicast, version 2: typed at one speed, answered row by row, so that the same session gives the same times. */
export function cast(played: readonly Played[], { columns, rows }: Size): string {
  const header = {
    version: 2,
    width: columns,
    height: rows,
    title: 'Rollcall',
    env: { TERM: 'xterm-256color' },
  };
  const events: [number, 'o', string][] = [];
  let at = 0.5;
  const show = (text: string, seconds: number): void => {
    events.push([Number(at.toFixed(3)), 'o', text]);
    at += seconds;
  };
  for (const { line, pause, output } of played) {
    show(CLEAR + PROMPT, 0.6);
    for (const key of Array.from(line)) show(key, KEY);
    at += AFTER_TYPING;
    for (const row of output.split(/(?<=\n)/)) show(row, ROW);
    at += pause;
  }
  show('', 0);
  return `${[header, ...events].map((each) => JSON.stringify(each)).join('\n')}\n`;
}

/** How long a line is on the screen before its answer, and with it, in seconds: for a picture of the same session. */
export function shownFor({ line, pause, output }: Played): {
  readonly typed: number;
  readonly answered: number;
} {
  const rows = output.split('\n').length;
  return { typed: 0.6 + line.length * KEY + AFTER_TYPING, answered: rows * ROW + pause };
}
