import type { InboxSpec } from '../model/desired.ts';
import type { PlanInput } from '../model/plan-input.ts';
import { type InboxEntry, PRIORITIES, type PastAttempt } from '../model/task.ts';
import { earliest } from './earliest.ts';
import { suspended } from './holds.ts';
import { entriesOf, naturally } from './order.ts';
import { type Granted, weigh } from './wishes.ts';

/** A task that waits and could be started. */
export interface Waiting {
  readonly inbox: string;
  readonly spec: InboxSpec;
  /** Its name in the inbox. */
  readonly file: string;
  readonly entry: Extract<InboxEntry, { type: 'task' }>;
  readonly granted: Granted;
  /** From 1: which attempt it would be. */
  readonly number: number;
}

/** A file that has to leave its inbox. */
export interface Rejected {
  readonly inbox: string;
  readonly spec: InboxSpec;
  readonly file: string;
  readonly identity: string;
  readonly reason: Extract<InboxEntry, { type: 'bad' }>['reason'];
  readonly detail: string;
}

/** What stands in the inboxes, sorted out. */
export interface Line {
  /** Keyed by pool, in the order in which they are to be started: by priority, then by age (SPEC §5.3). */
  readonly waiting: Readonly<Record<string, readonly Waiting[]>>;
  readonly rejected: readonly Rejected[];
  /** When the next one that has to wait for a while may go, epoch milliseconds; null: none. */
  readonly nextAt: number | null;
}

/** After the n-th interrupted attempt in a row, how long until the next one, milliseconds. */
const RETRY_DELAYS_MS = [2_000, 15_000, 60_000, 300_000] as const;

/** Everything that stands in the inboxes that could be read. */
export function lineOf(input: PlanInput): Line {
  const waiting: Record<string, Waiting[]> = {};
  const rejected: Rejected[] = [];
  const times: number[] = [];
  for (const [inbox, spec] of entriesOf(input.desired.inboxes)) {
    const reading = input.observed.inboxes[inbox];
    if (reading === undefined || !reading.ok) continue;
    const claimed = new Set(Object.values(reading.value.claims).map(({ id }) => id));
    const held = suspended(input, [`inbox/${inbox}`]) !== null;
    for (const [file, entry] of Object.entries(reading.value.entries)) {
      if (entry.type === 'unsettled') times.push(entry.until);
      if (entry.type === 'bad') rejected.push({ inbox, spec, file, ...entry });
      if (entry.type !== 'task') continue;
      const { task, identity } = entry;
      const weighed = weigh(input, spec, task);
      if (!weighed.ok) {
        rejected.push({ inbox, spec, file, identity, reason: 'not-allowed', detail: weighed.detail });
        continue;
      }
      const past = reading.value.history[task.id] ?? [];
      const from = Math.max(task.notBefore ?? 0, retryAt(past));
      if (from > input.observed.at) times.push(from);
      else if (!held && !claimed.has(task.id)) {
        const number = trailingReturns(past).length + 1;
        (waiting[spec.pool] ??= []).push({ inbox, spec, file, entry, granted: weighed.granted, number });
      }
    }
  }
  const sorted = Object.entries(waiting).map(([pool, tasks]) => [pool, inOrder(tasks)] as const);
  return {
    waiting: Object.fromEntries(sorted),
    rejected: rejected.toSorted((a, b) => naturally(a.inbox, b.inbox) || naturally(a.file, b.file)),
    nextAt: earliest(times),
  };
}

/** The attempts since the task last ended, all of them interrupted. */
function trailingReturns(past: readonly PastAttempt[]): readonly PastAttempt[] {
  const end = past.findLastIndex(({ result }) => result !== 'returned');
  return past.slice(end + 1);
}

function retryAt(past: readonly PastAttempt[]): number {
  const returns = trailingReturns(past);
  const last = returns.at(-1);
  if (last === undefined) return 0;
  return last.at + (RETRY_DELAYS_MS[Math.min(returns.length, RETRY_DELAYS_MS.length) - 1] ?? 0);
}

/** One of each id and inbox; two files of one id go one after the other. */
function inOrder(tasks: readonly Waiting[]): readonly Waiting[] {
  const sorted = tasks.toSorted(
    (a, b) =>
      PRIORITIES.indexOf(a.entry.task.priority) - PRIORITIES.indexOf(b.entry.task.priority) ||
      a.entry.since - b.entry.since ||
      naturally(a.inbox, b.inbox) ||
      naturally(a.file, b.file),
  );
  const seen = new Set<string>();
  return sorted.filter(({ inbox, entry }) => {
    const address = `${inbox}/${entry.task.id}`;
    if (seen.has(address)) return false;
    seen.add(address);
    return true;
  });
}
