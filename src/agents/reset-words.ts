import type { WallDate, WallTime } from './wall-time.ts';

/** A moment as words say it, before it is known which instant that is. */
export type Moment =
  | { readonly type: 'instant'; readonly at: number }
  | { readonly type: 'after'; readonly ms: number }
  | ({ readonly type: 'wall'; readonly date: WallDate | null; readonly zone: string | null } & WallTime);

/**
 * The moment that `text` begins with, or that follows a word in it that announces one (`resets`, `try again`,
 * `until`). What follows the moment must set it off: a separator, a full stop or nothing.
 */
export function momentAt(text: string): Moment | null {
  const flat = text.replaceAll(/\s+/g, ' ').trim();
  const starts = [0, ...[...flat.matchAll(ANNOUNCED)].map((found) => found.index + found[0].length)];
  for (const start of starts) {
    const read = readAt(flat.slice(start).trimStart());
    if (read !== null && SET_OFF.test(read.rest)) return read.moment;
  }
  return null;
}

const ANNOUNCED =
  /\b(?:will reset|resets?|try again|available again|continu(?:e|ing) automatically|until)\b:?|\|/gi;
const SET_OFF = /^ ?(?:[.·∙•|;]|$)| (?:\/[a-z]|[–—-] )/;

function readAt(text: string): Read | null {
  return epoch(text) ?? iso(text) ?? duration(text) ?? dated(text) ?? clock(text);
}

interface Read {
  readonly moment: Moment;
  readonly rest: string;
}

/** Ten digits are seconds, thirteen are milliseconds. */
function epoch(text: string): Read | null {
  const [found, digits] = /^(?:at )?(\d{10}|\d{13})(?!\d)/i.exec(text) ?? [];
  if (found === undefined || digits === undefined) return null;
  const at = Number(digits) * (digits.length === 10 ? 1000 : 1);
  return { moment: { type: 'instant', at }, rest: text.slice(found.length) };
}

const ISO =
  /^(?:at |on )?(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)[T ](?<hour>\d\d):(?<minute>\d\d)(?::\d\d(?:\.\d{1,9})?)?(?<offset>Z|[+-]\d\d:?\d\d)?/i;

function iso(text: string): Read | null {
  const found = ISO.exec(text);
  if (found === null) return null;
  const { offset } = found.groups ?? {};
  const rest = text.slice(found[0].length);
  if (offset === undefined) return wall(found, dateOf(found, Number(found.groups?.['month'])), rest);
  const at = Date.parse(found[0].replace(/^(?:at|on) /i, '').replace(' ', 'T'));
  return Number.isNaN(at) ? null : { moment: { type: 'instant', at }, rest };
}

const UNIT_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 };
const AMOUNT =
  /^(?:, ?)?(?:and )?(\d{1,4}) ?(d(?:ays?)?|h(?:ours?|rs?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?)(?![a-z])/i;

/** `in 5 days 22 hours 11 minutes`, `after 5h12m3s`. */
function duration(text: string): Read | null {
  const [announced] = /^(?:in|after) (?:about )?/i.exec(text) ?? [];
  if (announced === undefined) return null;
  let rest = text.slice(announced.length);
  let ms = 0;
  for (let amount = AMOUNT.exec(rest); amount !== null; amount = AMOUNT.exec(rest.trimStart())) {
    const [found, count = '', unit = ''] = amount;
    ms += Number(count) * (UNIT_MS[unit.charAt(0).toLowerCase()] ?? Number.NaN);
    rest = rest.trimStart().slice(found.length);
  }
  return ms > 0 ? { moment: { type: 'after', ms }, rest } : null;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH = `(?<month>${MONTHS.join('|')})[a-z]{0,6}\\.?`;
const DAY = '(?<day>\\d{1,2})(?:st|nd|rd|th)?';
const CLOCK = '(?<hour>\\d{1,2})(?::(?<minute>\\d\\d)(?::\\d\\d)?)?(?: ?(?<half>[ap])\\.?m\\b)?';
const DATED = [`${MONTH} ${DAY}`, `${DAY} ${MONTH}`].map(
  (date) => new RegExp(`^(?:on |at )?${date}(?:,? (?<year>\\d{4}))?(?:,? at |, | )${CLOCK}`, 'i'),
);

/** `Nov 25, 11:29pm (UTC)`, `Dec 17 at 6am`, `Nov 25th, 2026 3:31 PM`. */
function dated(text: string): Read | null {
  const found = DATED.map((form) => form.exec(text)).find((match) => match !== null);
  if (found === undefined) return null;
  const month = MONTHS.indexOf((found.groups?.['month'] ?? '').toLowerCase()) + 1;
  return wall(found, dateOf(found, month), text.slice(found[0].length));
}

const TIME = new RegExp(`^(?:at )?${CLOCK}`, 'i');

/** `8pm`, `11:30 PM`, `12:30`. A bare number is none. */
function clock(text: string): Read | null {
  const found = TIME.exec(text);
  return found === null ? null : wall(found, null, text.slice(found[0].length));
}

function dateOf({ groups }: RegExpExecArray, month: number): WallDate {
  const year = groups?.['year'];
  return { year: year === undefined ? null : Number(year), month, day: Number(groups?.['day']) };
}

function wall(found: RegExpExecArray, date: WallDate | null, after: string): Read | null {
  const { hour, minute, half } = found.groups ?? {};
  if (minute === undefined && half === undefined) return null;
  const time = timeOf(Number(hour), Number(minute ?? 0), half?.toLowerCase());
  if (time === null) return null;
  const { zone, rest } = zoneIn(after);
  return { moment: { type: 'wall', date, ...time, zone }, rest };
}

function timeOf(hour: number, minute: number, half: string | undefined): WallTime | null {
  if (minute > 59) return null;
  if (half === undefined) return hour > 23 ? null : { hour, minute };
  if (hour < 1 || hour > 12) return null;
  return { hour: (hour % 12) + (half === 'p' ? 12 : 0), minute };
}

/** A zone in parentheses, or `UTC` without them. Any other parenthesis is no zone, and stays in `rest`. */
function zoneIn(text: string): { readonly zone: string | null; readonly rest: string } {
  const [found, inside, bare] = /^ ?(?:\(([A-Za-z0-9_+\-/:]{1,60})\)|(UTC|GMT)\b)/.exec(text) ?? [];
  return found === undefined
    ? { zone: null, rest: text }
    : { zone: inside ?? bare ?? null, rest: text.slice(found.length) };
}
