import type { PoolSpec, Reconcile, TmuxSocket } from './desired.ts';
import { NO_NOTICES, type NoticesMemory } from './notice.ts';
import { NO_QUOTA, type QuotaMemory } from './quota.ts';

/**
 * What cannot be observed, in one small file whose loss is safe: without it back-off starts anew and a mass
 * removal has to be confirmed once more.
 */
export interface Memory {
  /** What was last put in force, to tell what an edit would remove. Null: not known. */
  readonly accepted: Accepted | null;
  /** The tmux server we last saw; `procStart` is field 22 of its /proc/PID/stat. */
  readonly server: SeenServer | null;
  /** Keyed by session name. */
  readonly deaths: Readonly<Record<string, Deaths>>;
  /** Failed actions, keyed by target (`session/ccl-auto-12`). */
  readonly failures: Readonly<Record<string, Failure>>;
  /** Screens of running agents, keyed by attempt: since when each has looked as it does. */
  readonly screens: Readonly<Record<string, SeenScreenHash>>;
  /** What is known of the accounts' quota, and the last swaps. */
  readonly quota: QuotaMemory;
  /** What was said in the journal and stands as said: each of these once, also across restarts. */
  readonly announced: Announced;
  /** What stands to be told, and to whom; empty where the file has no rules. */
  readonly notices: NoticesMemory;
}

/** Keyed by what it is about (`fleet.blocked`, `swap.withheld claude`); the value tells one occurrence from the next. */
export type Announced = Readonly<Record<string, string>>;

export interface SeenScreenHash {
  readonly hash: string;
  /** Epoch milliseconds. */
  readonly since: number;
}

/** The part of a file that decides which sessions have a place. */
export interface Accepted {
  readonly pools: Readonly<Record<string, PoolSpec>>;
  readonly prune: Reconcile['prune'];
  /** The server for which it was put in force: of another one, it says nothing. */
  readonly socket: TmuxSocket;
}

export interface SeenServer {
  readonly socket: string;
  readonly pid: number;
  readonly procStart: string;
}

export interface Deaths {
  /** Epoch milliseconds at which a process of the session was found ended by itself, oldest first, within the last hour. */
  readonly at: readonly number[];
  /** The corpse seen last: the pid its process had, so that it is counted once, and when it was first seen. */
  readonly lastPid: number;
  readonly lastAt: number;
}

export interface Failure {
  readonly count: number;
  /** Epoch milliseconds. */
  readonly lastAt: number;
  readonly why: string;
}

export const NO_MEMORY: Memory = {
  accepted: null,
  server: null,
  deaths: {},
  failures: {},
  screens: {},
  quota: NO_QUOTA,
  announced: {},
  notices: NO_NOTICES,
};

/** Hands off, asked for by an operator; keyed by target (`session/ccl-auto-12`) or `*` for all. */
export type Suspensions = Readonly<Record<string, Suspension>>;

export interface Suspension {
  /** Epoch milliseconds. */
  readonly since: number;
  /** Epoch milliseconds; null: until resumed. */
  readonly until: number | null;
  readonly reason: string | null;
  readonly by: string;
}
