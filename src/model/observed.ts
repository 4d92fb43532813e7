import type { DedicatedAgent, StoppedAgent } from './dedicated-agent.ts';
import type { Leftovers } from './leftovers.ts';
import type { OutboxReading } from './notice.ts';
import type { Reading } from './reading.ts';
import type { ObservedRun } from './run.ts';
import type { ObservedInbox } from './task.ts';

/** One look at the world. Plain readonly JSON, keyed by identity. */
export interface Observed {
  /** Epoch milliseconds; the only clock `plan` knows. */
  readonly at: number;
  readonly tmux: Reading<TmuxState>;
  /** Every path where a link or the thing behind one may stand (lstat, readlink), keyed by absolute path. */
  readonly paths: Readonly<Record<string, Reading<PathState>>>;
  /** Every folder something must start in or lead to, links followed (stat), keyed by absolute path. */
  readonly directories: Readonly<Record<string, Reading<DirectoryState>>>;
  /** Live agents that reach their home through the agent's active link, keyed by agent name. */
  readonly linkUsers: Readonly<Record<string, Reading<readonly LinkUser[]>>>;
  /** Keyed by inbox. Looked at before tmux: the reverse of the order in which a dispatch writes. */
  readonly inboxes: Readonly<Record<string, Reading<ObservedInbox>>>;
  /** Keyed by attempt: all that are claimed, and all that a session of ours carries. */
  readonly runs: Readonly<Record<string, ObservedRun>>;
  /** Keyed by dedicated session: the agents that live in it, as an onlooker sees them. */
  readonly operators: Readonly<Record<string, readonly DedicatedAgent[]>>;
  /** Keyed by dedicated session: the agent in it that we told to end last, so that its conversation goes on. */
  readonly stopped: Readonly<Record<string, StoppedAgent>>;
  /** What of ours is kept for a while. Left out: this look did not look at it, and nothing of it is removed. */
  readonly leftovers?: Leftovers;
  /** 32 random hex digits, new at each look: what a plan makes ids from. */
  readonly nonce: string;
  /** Messages on the disk; left out: the file has no rules for any. */
  readonly outbox?: OutboxReading;
}

export type TmuxState =
  | { readonly type: 'none' }
  | {
      readonly type: 'up';
      readonly incarnation: Incarnation;
      /** A global or server option of ours exists: a format would show it on every session. */
      readonly stampInherited: boolean;
      /** Keyed by session id (`$3`). */
      readonly sessions: Readonly<Record<string, ObservedSession>>;
    };

/** Which life of the server: ids restart with it, so an id means nothing without it. */
export interface Incarnation {
  readonly pid: number;
  /** Epoch seconds, tmux's `start_time`. */
  readonly startTime: number;
}

export interface ObservedSession {
  readonly id: string;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly attached: number;
  /** When somebody attached last pressed a key; epoch milliseconds; null: nobody is attached. */
  readonly typedAt: number | null;
  /** Our marks, read from the session's own options only: a global or pane option cannot forge them. */
  readonly stamp: Stamp | null;
  /** What a format shows for the owner mark in one of its panes, where that is not the session's own. */
  readonly contradictedBy: string | null;
  /** Keyed by pane id (`%5`). */
  readonly panes: Readonly<Record<string, ObservedPane>>;
}

export interface ObservedPane {
  readonly id: string;
  readonly pid: number;
  readonly dead: boolean;
  /** Exit status or signal of a dead pane; tmux 3.3a often knows neither. */
  readonly deadStatus: number | null;
  readonly deadSignal: number | null;
  /** Foreground program's name, foreign text. */
  readonly command: string;
  /** Its folder, foreign text. */
  readonly cwd: string;
  readonly inMode: boolean;
  /** Its keys go to other panes, too (`synchronize-panes`), or it takes none (`select-pane -d`). */
  readonly inputOdd: boolean;
}

/** The ownership stamp, as session-local user options `@rollcall_*`, set in the creating command. */
export interface Stamp {
  readonly owner: string;
  readonly kind: 'pool' | 'dedicated';
  /** The pane we started and the process we started in it; null: adopted, we started neither. */
  readonly pane: string | null;
  readonly pid: number | null;
  /** The task it is reserved for or works on; null: none. */
  readonly work: Work | null;
  /** When its last task ended, epoch milliseconds; null: it had none. */
  readonly freedAt: number | null;
}

/** The part of a stamp that says what a pool session works on. */
export interface Work {
  /** The fence: set first, by test-and-set. */
  readonly attempt: string;
  /** Null: reserved only, its agent was never started. Set in the very step that starts the agent. */
  readonly phase: Phase | null;
  /** When the phase was set, epoch milliseconds; null: no phase. */
  readonly since: number | null;
}

/** How far a task has come in its session; the last three for agents whose prompt is pasted. */
export const WORK_PHASES = ['started', 'pasted', 'submitted', 'resubmitted'] as const;
export type WorkPhase = (typeof WORK_PHASES)[number];
type Phase = WorkPhase;

export type PathState =
  | { readonly type: 'absent' }
  /** `target` as readlink gives it; `resolved` is the real path behind it, null where it dangles or loops. */
  | { readonly type: 'link'; readonly target: string; readonly resolved: string | null }
  | { readonly type: 'directory' }
  | { readonly type: 'file' }
  | { readonly type: 'other' };

/** `real` is the real path. */
export type DirectoryState =
  | { readonly type: 'present'; readonly real: string }
  | { readonly type: 'absent' }
  | { readonly type: 'not-a-directory' };

export interface LinkUser {
  readonly pid: number;
  /** Its program's name, foreign text. */
  readonly command: string;
}
