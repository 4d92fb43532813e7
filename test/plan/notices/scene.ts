import type { NotifyRule, NotifySpec } from '../../../src/model/desired.ts';
import type { EventType, JournalEvent } from '../../../src/model/event.ts';
import { type HeardEvent, NO_NOTICES, type Notice, type NoticesMemory } from '../../../src/model/notice.ts';
import { noticesAfter } from '../../../src/plan/notices/after.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
/** 2026-11-23T12:00:00Z. */
export const NOON = Date.UTC(2026, 10, 23, 12);

export const CURSOR = { inode: 1, offset: 0, mark: '', at: '' };

export function rule(events: readonly string[], over: Partial<NotifyRule> = {}): NotifyRule {
  return { events, to: ['phone'], groupMs: 0, repeatMs: null, ...over };
}

export function fleet(rules: readonly NotifyRule[], quiet: NotifySpec['quiet'] = null) {
  const channels = { phone: webhook('p'), mail: webhook('m') };
  return { name: 'home', file: '/f/desired-state.yaml', notify: { channels, rules, quiet } };
}

function webhook(path: string) {
  return { type: 'webhook', url: `http://localhost/${path}`, headers: {} } as const;
}

export function event(
  type: EventType,
  at: number,
  target = 'link/main/projects',
  fields: JournalEvent['fields'] = {},
): HeardEvent {
  const severity = type === 'fleet.blocked' || type === 'link.diverged' ? 'error' : 'warning';
  const journaled = {
    at: new Date(at).toISOString(),
    type,
    severity,
    target,
    message: 'words',
    fields,
  } as const;
  const until = fields['until'];
  return { event: journaled, at, until: typeof until === 'string' ? Date.parse(until) : null };
}

/** A fleet over time: what is put into the outbox at each look counts as queued from the next one on. */
export class Ear {
  readonly said: Notice[] = [];
  private queued: string[] = [];
  memory: NoticesMemory = NO_NOTICES;
  readonly of: ReturnType<typeof fleet>;

  constructor(of: ReturnType<typeof fleet>) {
    this.of = of;
  }

  /** One look at `now`; gives what it made due, as `channel: state event target`. */
  look(now: number, events: readonly HeardEvent[] = []): readonly string[] {
    const heard = { events, cursor: CURSOR, queued: this.queued, now };
    // As it comes back from disk.
    this.memory = JSON.parse(JSON.stringify(noticesAfter(this.of, this.memory, heard)));
    const fresh = Object.values(this.memory.due).filter(({ id }) => !this.queued.includes(id));
    this.said.push(...fresh);
    this.queued = [...this.queued, ...fresh.map(({ id }) => id)];
    return fresh.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(lineOf);
  }
}

/** `phone: begun link.diverged link/main/projects + over …`. */
export function lineOf({ channel, items }: Notice): string {
  return `${channel}: ${items.map(({ state, event: type, target }) => `${state} ${type} ${target}`).join(' + ')}`;
}
