import type { Sources } from './source.ts';

/**
 * `desired-state.yaml` resolved: every default filled in, every path absolute, every duration in milliseconds,
 * every size in bytes. What was written is another type (`WrittenState`, desired/). Plain readonly JSON.
 */
export interface DesiredState {
  /** The fleet's name: its lock, its state folder and its stamp go by it. */
  readonly name: string;
  /** Absolute path of the file it came from. */
  readonly file: string;
  /** sha256 of the file's bytes, hex. */
  readonly hash: string;
  readonly reconcile: Reconcile;
  readonly tmux: { readonly socket: TmuxSocket };
  /** Keyed by agent name: the ones declared and the ones used. */
  readonly agents: Readonly<Record<string, AgentSpec>>;
  readonly accounts: Readonly<Record<string, AccountSpec>>;
  /** Keyed by agent name: exhaustion, preference and swap are per agent (SPEC §2). */
  readonly activeAccounts: Readonly<Record<string, ActiveAccountSpec>>;
  readonly sharedState: SharedStateSpec | null;
  readonly dedicated: Readonly<Record<string, DedicatedSpec>>;
  readonly pools: Readonly<Record<string, PoolSpec>>;
  readonly inboxes: Readonly<Record<string, InboxSpec>>;
  readonly tasks: TasksSpec;
  readonly quota: QuotaSpec;
  readonly janitor: JanitorSpec;
  readonly notify: NotifySpec;
  readonly sources: Sources;
}

export interface Reconcile {
  readonly everyMs: number;
  readonly maxActions: number;
  readonly maxDisruptions: Budget;
  readonly prune: 'owned' | 'never';
}

/** A number of things, or a share (0..1) of them; a share is always worth at least one. */
export type Budget =
  | { readonly type: 'count'; readonly count: number }
  | { readonly type: 'share'; readonly share: number };

/** `tmux -L name` or `tmux -S path`. */
export type TmuxSocket =
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'path'; readonly path: string };

export type Secret =
  | { readonly type: 'env'; readonly name: string }
  | { readonly type: 'file'; readonly path: string };

export interface AgentSpec {
  /** `builtin:claude` …; the profile's own data is resolved by agents/. */
  readonly extends: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | Secret>>;
  /** Absolute folders whose first-start dialogs are answered beforehand. */
  readonly trust: readonly string[];
  /** Priority -> model, where the agent brings its own; null: `tasks.models`. */
  readonly models: Readonly<Record<string, string>> | null;
  /** Profile keys overridden in the file, as written; checked against the profile schema by agents/. */
  readonly overrides: Readonly<Record<string, unknown>>;
}

export interface AccountSpec {
  readonly agent: string;
  readonly home: string;
}

export interface ActiveAccountSpec {
  /** Absolute path of the active link; null where none is declared: sessions are then told their home directly. */
  readonly link: string | null;
  /** Every account of the agent, most wanted first. */
  readonly prefer: readonly string[];
  readonly select: 'sticky' | 'preferred';
}

export interface SharedStateSpec {
  readonly root: string;
  /** Keyed by agent name. */
  readonly entries: Readonly<Record<string, readonly string[]>>;
}

export interface DedicatedSpec {
  readonly cwd: string;
  readonly agent: string | null;
  readonly onSwap: 'leave' | 'resume';
}

export interface PoolSpec {
  readonly prefix: string;
  readonly startIndex: number;
  readonly min: number;
  readonly max: number;
  readonly cwd: string;
  readonly agent: string;
  readonly cooldownMs: number;
}

export interface InboxSpec {
  readonly dir: string;
  readonly pool: string;
  readonly cwd: string;
  readonly allow: {
    /** Absolute globs. */
    readonly cwd: readonly string[];
    readonly models: readonly string[];
    readonly agents: readonly string[];
  };
}

export interface TasksSpec {
  readonly models: Readonly<Record<string, string>>;
  readonly idleTimeoutMs: number;
  readonly maxBytes: number;
}

export interface QuotaSpec {
  readonly confirmations: number;
  readonly thresholds: { readonly pool: number; readonly dedicated: number };
  readonly cooldownMs: number;
  readonly maxSwaps: { readonly count: number; readonly perMs: number };
  /** Percent of the limit (0..100), or null for off. */
  readonly switchAtPercent: number | null;
}

export interface JanitorSpec {
  readonly keepDoneMs: number;
  readonly keepFailedMs: number;
  readonly keepEventsMs: number;
}

export type ChannelSpec =
  | {
      readonly type: 'telegram';
      readonly chat: string;
      readonly token: Secret;
      readonly baseUrl: string | null;
    }
  | {
      readonly type: 'resend';
      readonly from: string;
      readonly to: readonly string[];
      readonly key: Secret;
      readonly baseUrl: string | null;
    }
  | {
      readonly type: 'webhook';
      readonly url: string;
      readonly headers: Readonly<Record<string, string | Secret>>;
    }
  | { readonly type: 'command'; readonly command: readonly string[] };

export interface NotifyRule {
  readonly events: readonly string[];
  readonly to: readonly string[];
  readonly groupMs: number;
  readonly repeatMs: number | null;
}

export interface NotifySpec {
  readonly channels: Readonly<Record<string, ChannelSpec>>;
  readonly rules: readonly NotifyRule[];
  readonly quiet: {
    readonly from: string;
    readonly to: string;
    readonly zone: string;
    readonly except: readonly string[];
  } | null;
}

/** Name of the session at `index` of a pool. */
export function poolSessionName(pool: PoolSpec, index: number): string {
  return `${pool.prefix}${String(index)}`;
}

/**
 * The index of `name` in the pool, or null where it lies outside `[startIndex, startIndex + max)`. Only the
 * spelling Rollcall itself uses counts: `auto-07` is not index 7.
 */
export function poolIndex(pool: PoolSpec, name: string): number | null {
  if (!name.startsWith(pool.prefix)) return null;
  const digits = name.slice(pool.prefix.length);
  if (!/^(0|[1-9]\d{0,8})$/.test(digits)) return null;
  const index = Number(digits);
  return index >= pool.startIndex && index < pool.startIndex + pool.max ? index : null;
}
