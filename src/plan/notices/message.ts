import {
  type Incident,
  type Notice,
  type NoticeItem,
  type NoticeSeverity,
  type NoticeState,
  type Told,
} from '../../model/notice.ts';
import { shortHash } from './hash.ts';
import { lookOf, nextOf, whatOf } from './words.ts';
import { wallTime } from './quiet.ts';

/** What a message is made for. */
export interface Audience {
  readonly fleet: string;
  /** Absolute path of the desired-state file. */
  readonly file: string;
  readonly quiet: Parameters<typeof wallTime>[1];
  readonly channel: string;
}

/** One thing to be told, as it stands when it is told. */
export interface Telling {
  readonly state: NoticeState;
  readonly told: Told;
  readonly since: number;
  readonly overAt: number | null;
}

/** The tellings of an incident and of news. */
export function tellingOf(state: NoticeState, told: Told | Incident): Telling {
  return 'since' in told
    ? { state, told, since: told.since, overAt: told.overAt }
    : { state, told, since: told.at, overAt: null };
}

/** So many things are listed; what is beyond is counted. */
const MOST_ITEMS = 20;

/** One message about all of these, oldest first. Its id depends on what it tells and on nothing else. */
export function noticeOf(tellings: readonly Telling[], more: number, audience: Audience): Notice {
  const sorted = tellings.toSorted((a, b) => momentOf(a) - momentOf(b) || compare(keyOf(a), keyOf(b)));
  const items = sorted.slice(0, MOST_ITEMS).map((telling) => itemOf(telling, audience));
  const at = Math.max(0, Math.min(...sorted.map(momentOf)));
  const severity =
    SEVERITIES.find((each) => sorted.some((telling) => severityOf(telling) === each)) ?? 'info';
  const unlisted = more + sorted.length - items.length;
  const identity = [audience.channel, String(more), ...sorted.map(keyOf)].join('\n');
  return {
    id: `${String(at).padStart(13, '0')}-${String(rankOf(sorted, severity))}-${shortHash(identity)}`,
    fleet: audience.fleet,
    channel: audience.channel,
    at,
    severity,
    subject: subjectOf(items, unlisted, audience.fleet),
    text: textOf(items, unlisted, audience),
    items,
    more: unlisted,
  };
}

/** When the thing happened that is told. */
function momentOf({ state, told, since, overAt }: Telling): number {
  if (state === 'over') return overAt ?? since;
  return state === 'lasts' ? told.at : since;
}

function keyOf(telling: Telling): string {
  const { state, told, since } = telling;
  return [state, told.event, told.target, String(since), String(momentOf(telling))].join(' ');
}

const SEVERITIES: readonly NoticeSeverity[] = ['error', 'warning', 'info'];

/** That something is over is no alarm, and never the first to be dropped either. */
function severityOf({ state, told }: Telling): NoticeSeverity {
  return state === 'over' ? 'info' : told.severity;
}

/** What goes first where the outbox is full: what was said before. */
function rankOf(tellings: readonly Telling[], severity: NoticeSeverity): number {
  if (tellings.every(({ state }) => state === 'lasts')) return 0;
  if (severity === 'error') return 3;
  return severity === 'warning' || tellings.some(({ state }) => state === 'over') ? 2 : 1;
}

function itemOf({ state, told, since, overAt }: Telling, { file, quiet }: Audience): NoticeItem {
  return {
    state,
    event: told.event,
    severity: severityOf({ state, told, since, overAt }),
    target: told.target,
    since,
    overAt,
    what: whatOf(told),
    next: state === 'over' ? null : nextOf(told, (at) => wallTime(at, quiet)),
    look: lookOf(told, file),
  };
}

function subjectOf(items: readonly NoticeItem[], unlisted: number, fleet: string): string {
  const worst = SEVERITIES.flatMap((each) => items.filter(({ severity }) => severity === each))[0];
  const count = items.length + unlisted;
  const head = worst === undefined ? '' : `${STATE_WORDS[worst.state]}${shortened(worst.what)}`;
  return count === 1 ? `${fleet}: ${head}` : `${fleet}: ${String(count)} notices; ${head}`;
}

const STATE_WORDS: Readonly<Record<NoticeState, string>> = {
  begun: '',
  news: '',
  lasts: 'still: ',
  over: 'over: ',
};

function shortened(text: string): string {
  const letters = Array.from(text);
  return letters.length <= 100 ? text : `${letters.slice(0, 99).join('')}…`;
}

/** Room for every channel: Telegram takes 4096. */
const LONGEST = 3500;

function textOf(items: readonly NoticeItem[], unlisted: number, audience: Audience): string {
  const blocks = items.map((item) => blockOf(item, audience));
  const kept: string[] = [];
  let room = LONGEST;
  for (const block of blocks) {
    room -= block.length + 2;
    if (room < 0) break;
    kept.push(block);
  }
  const left = blocks.length - kept.length + unlisted;
  const rest = left === 0 ? [] : [`… and ${String(left)} more: rollcall events`];
  return [...kept, ...rest].join('\n\n');
}

function blockOf(item: NoticeItem, { fleet, quiet }: Audience): string {
  const began = wallTime(item.since, quiet);
  const when =
    item.state === 'over'
      ? `From ${began} to ${wallTime(item.overAt ?? item.since, quiet)}.`
      : `${item.state === 'news' ? 'At' : 'Since'} ${began}.`;
  const lines = [
    `${fleet}: ${STATE_WORDS[item.state]}${item.what}`,
    when,
    ...(item.next === null ? [] : [item.next]),
    ...(item.state === 'over' ? [] : [`$ ${item.look}`]),
  ];
  return lines.join('\n');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
