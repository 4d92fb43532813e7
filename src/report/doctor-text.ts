import type { Check, CheckStatus, Doctor } from '../model/doctor.ts';
import { API_VERSION } from './json.ts';
import { type Format, paint, shown, type Style, shownProse } from './style.ts';
import { padded, textWidth, wrapped } from './width.ts';

/** What was looked at, as published (`rollcall schema Doctor`). */
export function doctorDocument({ fleet, checks }: Doctor) {
  return {
    apiVersion: API_VERSION,
    kind: 'Doctor',
    fleet,
    checks: checks.map(({ id, target, status, summary, detail, help }) => ({
      id,
      target,
      status,
      summary,
      detail,
      help,
    })),
  } as const;
}

/** The same for a person: a line for each check, and below what is not ok why it matters and what mends it. */
export function doctorText({ fleet, checks }: Doctor, style: Style): string {
  const ids = Math.max(...checks.map(({ id }) => textWidth(id)), 0);
  const head = fleet === null ? 'no fleet: only the machine was looked at' : `fleet ${shown(style, fleet)}`;
  const count = (wanted: CheckStatus): number => checks.filter(({ status }) => status === wanted).length;
  const [oks, warns, fails] = [count('ok'), count('warn'), count('fail')].map(String);
  const lines = [
    ...wrapped(head, style.width),
    '',
    ...checks.flatMap((check) => checkLines(check, ids, style)),
    '',
    `${String(checks.length)} checks: ${String(oks)} ok, ${String(warns)} warn, ${String(fails)} fail.`,
  ];
  return `${lines.join('\n')}\n`;
}

const FORMATS: Readonly<Record<CheckStatus, Format>> = { ok: 'green', warn: 'yellow', fail: ['red', 'bold'] };
const STATUS_WIDTH = 6;
const INDENT = ' '.repeat(STATUS_WIDTH);

function checkLines(
  { id, target, status, summary, detail, help }: Check,
  ids: number,
  style: Style,
): string[] {
  const word = paint(style, FORMATS[status], status) + ' '.repeat(STATUS_WIDTH - status.length);
  const column = STATUS_WIDTH + ids + 2;
  // In a narrow window what was found goes below its name.
  const beside = style.width - column >= 30;
  const found = wrapped(
    `${about(target, style)}${shownProse(style, summary)}`,
    style.width - (beside ? column : STATUS_WIDTH),
  );
  const [first = '', ...more] = found;
  const lines = beside
    ? [`${word}${padded(id, ids)}  ${first}`, ...more.map((line) => `${' '.repeat(column)}${line}`)]
    : [`${word}${id}`, ...found.map((line) => INDENT + line)];
  return [
    ...lines,
    ...(detail === ''
      ? []
      : wrapped(shownProse(style, detail), style.width - STATUS_WIDTH).map((line) => INDENT + line)),
    // Never wrapped: a command is there to be copied.
    ...(help === null ? [] : [`${INDENT}help: ${shown(style, help)}`]),
  ];
}

/** `main: `, where a check is about one thing of several. */
function about(target: string, style: Style): string {
  return /^(?:account|agent|session|pool|inbox|channel)\//.test(target) ? `${shown(style, target)}: ` : '';
}
