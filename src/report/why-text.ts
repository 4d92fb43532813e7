import type { Explanation } from '../model/explanation.ts';
import { API_VERSION } from './json.ts';
import { becauseLines } from './place.ts';
import { sourceDocument } from './plan-document.ts';
import { paint, shown, type Style, shownProse } from './style.ts';
import { clock, iso } from './time.ts';
import { wrapped } from './width.ts';

/** The answer to `why NAME`: what it is, each rule behind it with its line of the file, and what comes next. */
export function whyText(explanation: Explanation, style: Style): string {
  const { target, is, because, next, nextAt, help } = explanation;
  const at = nextAt === null ? '' : `, ${clock(nextAt, style.now, style.zone)}`;
  const lines = [
    ...wrapped(`${shown(style, target)}: ${shownProse(style, is)}`, style.width),
    ...(because.length === 0 ? [] : ['because']),
    ...because.flatMap(({ text, source }, index) =>
      numbered(index + 1, becauseLines(text, source, style, INDENT)),
    ),
    ...(next === null ? [] : wrapped(`Next${at}: ${shownProse(style, next)}`, style.width)),
    ...(help === null
      ? []
      : help.split('\n').map((line) => `Try:  ${paint(style, 'bold', shown(style, line))}`)),
  ];
  return `${lines.join('\n')}\n`;
}

/** The same as published (`rollcall schema Explanation`). */
export function explanationDocument(explanation: Explanation) {
  const { target, is, because, next, nextAt, help } = explanation;
  return {
    apiVersion: API_VERSION,
    kind: 'Explanation',
    target,
    is,
    because: because.map(({ text, source }) => ({ text, source: sourceDocument(source) })),
    next,
    help,
    nextAt: iso(nextAt),
  } as const;
}

const INDENT = 4;

function numbered(number: number, lines: readonly string[]): string[] {
  const [first = '', ...more] = lines;
  return [`${String(number).padStart(INDENT - 1)} ${first.slice(INDENT)}`, ...more];
}
