import type { Diagnostic } from './diagnostic.ts';
import type { Suspensions } from './memory.ts';
import type { Phase, SessionState } from './words.ts';

/** The fleet as one look shows it (`status -o json`, SPEC §8; more keys are added, none renamed). */
export interface Status {
  readonly fleet: string;
  readonly file: string;
  readonly phase: Phase;
  /** Epoch milliseconds of the look. */
  readonly observedAt: number;
  readonly loop: LoopStatus;
  readonly accounts: Readonly<Record<string, AccountStatus>>;
  readonly sessions: Readonly<Record<string, SessionStatus>>;
  readonly pools: Readonly<Record<string, PoolStatus>>;
  readonly inboxes: Readonly<Record<string, InboxStatus>>;
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
