import type { Diagnostic } from './diagnostic.ts';
import type { Incarnation } from './observed.ts';
import type { Source } from './source.ts';
import type { ActionType, Reason, WithheldReason } from './words.ts';

/** What would change, in order, and why; what may not change, and why not. Plain readonly JSON. */
export interface Plan {
  readonly fleet: string;
  /** Hash of the file it was made from. */
  readonly desiredHash: string;
  /** Epoch milliseconds of the look it was made from. */
  readonly observedAt: number;
  /** Nothing to do, nothing withheld and no error: the world is as declared. */
  readonly converged: boolean;
  readonly actions: readonly Action[];
  readonly withheld: readonly Withheld[];
  /** RFC 6902: what we own of what was observed -> target. */
  readonly patch: readonly PatchOperation[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  readonly value?: unknown;
}

interface ActionWords {
  /** `session/ccl-auto-12`, `link/backup/projects`, `account/main`. */
  readonly target: string;
  readonly reason: Reason;
  /** The facts behind the reason, for people; apply never reads it. */
  readonly because: string;
  readonly source: Source | null;
  /** Ends something that lives: counts towards `reconcile.maxDisruptions`. */
  readonly disrupts: boolean;
}

/** One guarded step. `effect` is all that apply needs, and all that it may use. */
export type Action = {
  [E in Effect as E['type']]: ActionWords & { readonly type: E['type']; readonly effect: E };
}[Effect['type']];

export type ActionOf<T extends Effect['type']> = Extract<Action, { type: T }>;

export type Effect = LinkCreate | AccountActivate | SessionCreate | SessionRecreate | SessionStop;

/** Action types this version can carry out. */
export type EffectType = Effect['type'] & ActionType;

export interface LinkCreate {
  readonly type: 'link.create';
  readonly path: string;
  readonly to: string;
  /** Whether the folder behind it, and the link itself, are to be made. */
  readonly makeTarget: boolean;
  readonly makeLink: boolean;
}

export interface AccountActivate {
  readonly type: 'account.activate';
  readonly agent: string;
  readonly link: string;
  readonly home: string;
  /** The link's text when looked at, null where it was absent; anything else there now makes the action stale. */
  readonly from: string | null;
}

export interface SessionCreate {
  readonly type: 'session.create';
  readonly name: string;
  readonly owner: string;
  readonly cwd: string;
  /** The server it was planned for; null: none was running, and creating the session starts one. */
  readonly incarnation: Incarnation | null;
  /** A holder in a pool session, the operator's own shell in a dedicated one. */
  readonly runs: { readonly type: 'holder'; readonly pool: string } | { readonly type: 'shell' };
}

export interface SessionRecreate {
  readonly type: 'session.recreate';
  readonly session: OwnedPoolSession;
  readonly pool: string;
  readonly cwd: string;
}

export interface SessionStop {
  readonly type: 'session.stop';
  readonly session: OwnedPoolSession;
  /** Whether its process had ended when looked at. */
  readonly ended: boolean;
}

declare const owned: unique symbol;

/**
 * A pool session that carried this fleet's own stamp when looked at. Only `ownedPoolSession()` in plan/ mints
 * one, so an action that disrupts cannot be built for any other session.
 */
export interface OwnedPoolSession {
  readonly [owned]: true;
  readonly name: string;
  readonly id: string;
  readonly pane: string;
  readonly panePid: number;
  readonly owner: string;
  readonly incarnation: Incarnation;
}

export interface Withheld {
  readonly type: ActionType;
  readonly target: string;
  readonly reason: WithheldReason;
  readonly because: string;
  readonly source: Source | null;
  /** Epoch milliseconds from which it may be made; null: not a matter of time. */
  readonly until: number | null;
}
