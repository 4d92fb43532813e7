import type { NotifySpec } from '../../model/desired.ts';
import type { HeardEvent, Incident, NoticesMemory, PendingNews, Told } from '../../model/notice.ts';
import { forgottenAfterMs, roleOf } from './roles.ts';
import { wishOf } from './rules.ts';
import { toldOf } from './words.ts';

/** What is remembered once an event has been judged for every channel. */
export function take(notify: NotifySpec, state: NoticesMemory, heard: HeardEvent): NoticesMemory {
  const { event, at } = heard;
  const role = roleOf(event);
  return Object.keys(notify.channels).reduce((after, channel) => {
    const closed = role.closes === null ? null : incidentKey(channel, role.closes);
    const open = closed === null ? undefined : after.incidents[closed];
    if (closed !== null && open !== undefined && open.overAt === null) {
      return { ...after, incidents: { ...after.incidents, [closed]: { ...open, overAt: at } } };
    }
    if (wishOf(notify, channel, event.type) === null || isSaidOtherwise(notify, channel, event)) return after;
    const told = toldOf(heard);
    if (role.opens !== null) return withIncident(after, incidentKey(channel, role.opens), told);
    return role.isNews ? withNews(after, channel, told) : after;
  }, state);
}

/** Whether anybody may be told of an event, or of the end of what it ends. */
export function concerns(notify: NotifySpec, event: HeardEvent['event']): boolean {
  const { opens, closes, isNews } = roleOf(event);
  if (opens === null && closes === null && !isNews) return false;
  return (
    closes !== null || Object.keys(notify.channels).some((name) => wishOf(notify, name, event.type) !== null)
  );
}

/** The channel of an incident's key. */
export function channelOf(key: string): string {
  return key.slice(0, key.indexOf(' '));
}

/** What no rule speaks of any more, since the file was edited, is not told. */
export function withoutUndeclared(notify: NotifySpec, state: NoticesMemory): NoticesMemory {
  const incidents = Object.entries(state.incidents).filter(
    ([key, { event }]) => wishOf(notify, channelOf(key), event) !== null,
  );
  const news = Object.entries(state.news).filter(([channel]) => Object.hasOwn(notify.channels, channel));
  return { ...state, incidents: Object.fromEntries(incidents), news: Object.fromEntries(news) };
}

function incidentKey(channel: string, incident: string): string {
  return `${channel} ${incident}`;
}

/** A fleet that is blocked is told as that, where the channel hears of it, and not once more as a phase. */
function isSaidOtherwise(
  notify: NotifySpec,
  channel: string,
  { type, fields }: HeardEvent['event'],
): boolean {
  return (
    type === 'fleet.phase' &&
    fields['phase'] === 'Blocked' &&
    wishOf(notify, channel, 'fleet.blocked') !== null
  );
}

/** What begins again before its end was told has not ended. */
function withIncident(state: NoticesMemory, key: string, told: Told): NoticesMemory {
  const known = state.incidents[key];
  const incident: Incident =
    known === undefined || known.occurrence !== told.occurrence
      ? { ...told, since: told.at, saidAt: null, overAt: null, heardAt: told.at }
      : { ...known, ...told, since: known.since, overAt: null, heardAt: told.at };
  return { ...state, incidents: { ...state.incidents, [key]: incident } };
}

/** So much news of one channel is kept one by one; the rest is counted. */
const MOST_NEWS = 200;
const NO_NEWS: PendingNews = { items: [], more: 0 };

function withNews(state: NoticesMemory, channel: string, told: Told): NoticesMemory {
  const { items, more } = state.news[channel] ?? NO_NEWS;
  const news = items.length < MOST_NEWS ? { items: [...items, told], more } : { items, more: more + 1 };
  return { ...state, news: { ...state.news, [channel]: news } };
}

/** Without incidents that nothing was heard of for so long that they cannot stand any more. */
export function forgetting(state: NoticesMemory, at: number): NoticesMemory {
  const gone = Object.entries(state.incidents).filter(([key, { heardAt, saidAt }]) => {
    const after = forgottenAfterMs(key.slice(key.indexOf(' ') + 1));
    return after !== null && saidAt !== null && heardAt + after <= at;
  });
  if (gone.length === 0) return state;
  const names = new Set(gone.map(([key]) => key));
  const kept = Object.entries(state.incidents).filter(([key]) => !names.has(key));
  return { ...state, incidents: Object.fromEntries(kept) };
}
