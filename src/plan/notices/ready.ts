import type { NotifySpec } from '../../model/desired.ts';
import type { Incident, NoticesMemory, PendingNews, Told } from '../../model/notice.ts';
import { entriesOf } from '../order.ts';
import { channelOf } from './incidents.ts';
import { type Telling, tellingOf } from './message.ts';
import { outOfQuiet } from './quiet.ts';
import { wishOf } from './rules.ts';

/** What goes to a channel as one message. */
export interface Ready {
  readonly tellings: readonly Telling[];
  readonly more: number;
  /** Keys of the incidents it tells of -> when each counts as told; and the news in it. */
  readonly incidents: Readonly<Record<string, number>>;
  readonly news: readonly Told[];
}

/** One thing that is to be told. */
interface Wanted {
  readonly telling: Telling;
  /** Null: news. */
  readonly incident: string | null;
  /** Epoch milliseconds. */
  readonly dueAt: number;
  /** `alone`: a message of its own; `together`: with all that gathers; `held`: with all that the quiet hours held. */
  readonly goes: 'alone' | 'together' | 'held';
  /** It may go earlier, with what is due. */
  readonly joins: boolean;
  readonly repeatMs: number | null;
}

/** What is over may begin again at once: it is told when it has been over for this long. */
const SETTLED_MS = 30_000;

/** What is to be said to a channel by `at`, each item as one message. */
export function dueAmong(
  notify: NotifySpec,
  state: NoticesMemory,
  channel: string,
  at: number,
): readonly Ready[] {
  const all = wantedBy(notify, state, channel);
  const due = all.filter(({ dueAt }) => dueAt <= at);
  const alone = due.filter(({ goes }) => goes === 'alone');
  const held = due.filter(({ goes }) => goes === 'held');
  const gathered = due.some(({ goes }) => goes === 'together')
    ? all.filter(({ goes, joins, dueAt }) => goes === 'together' && (joins || dueAt <= at))
    : [];
  const joint = [...held, ...gathered];
  const more = state.news[channel]?.more ?? 0;
  const groups = [...alone.map((each) => [each]), ...(joint.length === 0 ? [] : [joint])];
  return groups.map((group, index) => readyOf(group, index === groups.length - 1 ? more : 0, at));
}

/** When each thing to be told to a channel is due, epoch milliseconds. */
export function waitsUntil(notify: NotifySpec, state: NoticesMemory, channel: string): readonly number[] {
  return wantedBy(notify, state, channel).map(({ dueAt }) => dueAt);
}

/** The memory once that message is made. */
export function remembered(state: NoticesMemory, channel: string, ready: Ready): NoticesMemory {
  const incidents = Object.entries(state.incidents).flatMap(([key, incident]): [string, Incident][] => {
    const saidAt = ready.incidents[key];
    if (saidAt === undefined) return [[key, incident]];
    return incident.overAt === null ? [[key, { ...incident, saidAt }]] : [];
  });
  const before: PendingNews = state.news[channel] ?? { items: [], more: 0 };
  const items = before.items.filter((each) => !ready.news.includes(each));
  const more = before.more - ready.more;
  const others = Object.entries(state.news).filter(([name]) => name !== channel);
  const news = items.length === 0 && more === 0 ? others : [...others, [channel, { items, more }] as const];
  return { ...state, incidents: Object.fromEntries(incidents), news: Object.fromEntries(news) };
}

function readyOf(group: readonly Wanted[], more: number, at: number): Ready {
  const incidents = group.flatMap(({ incident, dueAt, repeatMs }) =>
    incident === null ? [] : [[incident, toldAt(dueAt, repeatMs, at)] as const],
  );
  return {
    tellings: group.map(({ telling }) => telling),
    more,
    incidents: Object.fromEntries(incidents),
    news: group.flatMap(({ telling, incident }) => (incident === null ? [telling.told] : [])),
  };
}

/** When it was due; repetitions that nobody was there to make are not made up for. */
function toldAt(dueAt: number, repeatMs: number | null, at: number): number {
  if (repeatMs === null || dueAt >= at) return Math.min(dueAt, at);
  return dueAt + Math.floor((at - dueAt) / repeatMs) * repeatMs;
}

function wantedBy(notify: NotifySpec, state: NoticesMemory, channel: string): readonly Wanted[] {
  const standing = entriesOf(state.incidents).flatMap(([key, incident]) =>
    channelOf(key) === channel ? wantedOf(notify, channel, key, incident) : [],
  );
  const news = (state.news[channel]?.items ?? []).map((told) =>
    wanted(notify, channel, null, tellingOf('news', told), told.at, 0),
  );
  return [...standing, ...news];
}

function wantedOf(notify: NotifySpec, channel: string, key: string, incident: Incident): readonly Wanted[] {
  const { saidAt, overAt, since } = incident;
  if (saidAt === null) {
    const telling = tellingOf(overAt === null ? 'begun' : 'over', incident);
    return [wanted(notify, channel, key, { ...telling, told: { ...incident, at: since } }, since, 0)];
  }
  if (overAt !== null) return [wanted(notify, channel, key, tellingOf('over', incident), overAt, SETTLED_MS)];
  const repeatMs = wishOf(notify, channel, incident.event)?.repeatMs ?? null;
  if (repeatMs === null) return [];
  const again = saidAt + repeatMs;
  const telling = tellingOf('lasts', incident);
  return [wanted(notify, channel, key, { ...telling, told: { ...incident, at: again } }, again, 0)];
}

/** When something that is to be told from `from` on is due, by the rules as they are now. */
function wanted(
  notify: NotifySpec,
  channel: string,
  incident: string | null,
  telling: Telling,
  from: number,
  leastMs: number,
): Wanted {
  const wish = wishOf(notify, channel, telling.told.event);
  const groupMs = wish?.groupMs ?? 0;
  const readyAt = from + Math.max(groupMs, leastMs);
  const dueAt = wish?.urgent === true ? readyAt : outOfQuiet(readyAt, notify.quiet);
  const goes = dueAt > readyAt ? 'held' : groupMs === 0 ? 'alone' : 'together';
  return { telling, incident, dueAt, goes, joins: leastMs === 0, repeatMs: wish?.repeatMs ?? null };
}
