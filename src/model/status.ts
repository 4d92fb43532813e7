import type { Diagnostic } from './diagnostic.ts';
import type { Suspensions } from './memory.ts';
import type { Exhaustion, Suspicion, Usage } from './quota.ts';
import type { Phase, SessionState } from './words.ts';

/** The fleet as one look shows it (`status -o json`, SPEC §8; more keys are added, none renamed). */
export interface Status {
  readonly fleet: string;
  readonly file: string;
  readonly phase: Phase;
  /** Epoch milliseconds of the look. */
  readonly observedAt: number;
  /** `Blocked` only: when it goes on by itself, epoch milliseconds; null: a person has to do something. */
  readonly blockedUntil: number | null;
  readonly loop: LoopStatus;
  readonly accounts: Readonly<Record<string, AccountStatus>>;
  readonly sessions: Readonly<Record<string, SessionStatus>>;
  readonly pools: Readonly<Record<string, PoolStatus>>;
  readonly inboxes: Readonly<Record<string, InboxStatus>>;
  /** Tasks that wait for quota, keyed by address (`task/secumon/fix-login`). */
  readonly parked: Readonly<Record<string, ParkedStatus>>;
  readonly suspensions: Suspensions;
  /** What the next cycle would do, in words of the plan. */
  readonly pending: { readonly actions: number; readonly withheld: number };
  readonly diagnostics: readonly Diagnostic[];
}

export interface LoopStatus {
  readonly running: boolean;
  readonly pid: number | null;
  /** Epoch milliseconds. */
  readonly since: number | null;
  readonly lastCycleAt: number | null;
}

export interface AccountStatus {
  readonly agent: string;
  readonly home: string;
  readonly active: boolean;
  /** Epoch milliseconds; null: not known to be exhausted. */
  readonly exhaustedUntil: number | null;
  readonly links: 'intact' | 'missing' | 'diverged' | 'unknown';
  /** What `exhaustedUntil` rests on. */
  readonly exhaustion: Omit<Exhaustion, 'text'> | null;
  /** Evidence that is not enough yet. */
  readonly suspicion: Omit<Suspicion, 'at'> | null;
  /** By window (`five_hour`), as the agent's status line tells it. */
  readonly used: Readonly<Record<string, Usage>>;
}

export interface ParkedStatus {
  /** Where it goes on; another one where this is gone. */
  readonly session: string;
  readonly account: string | null;
  readonly conversation: string | null;
  /** Epoch milliseconds; null: as soon as it may, `why` says what for. */
  readonly until: number | null;
  /** What it waits for, or that it goes on now; null: not known. */
  readonly why: string | null;
}

export interface SessionStatus {
  readonly kind: 'pool' | 'dedicated';
  readonly pool: string | null;
  readonly state: SessionState;
  /** Whether it carries this fleet's stamp. */
  readonly owned: boolean;
  readonly account: string | null;
  readonly task: string | null;
  readonly conversation: string | null;
  /** Epoch milliseconds. */
  readonly since: number | null;
  readonly attached: boolean;
  /** One line for a person, or null: what is unusual about it. */
  readonly note: string | null;
}

export interface PoolStatus {
  readonly min: number;
  readonly max: number;
  readonly alive: number;
  readonly free: number;
}

export interface InboxStatus {
  readonly waiting: number;
  readonly running: number;
  readonly parked: number;
  readonly done: number;
  readonly failed: number;
  readonly rejected: number;
}
