import type { AgentFacts } from './run.ts';

/** An agent that lives in a dedicated session, as its own records and the machine show it. Read only (SPEC §6.10). */
export interface DedicatedAgent {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat. */
  readonly start: string;
  /** When it was started, epoch milliseconds; null: not known. */
  readonly startedAt: number | null;
  /** Which agent of the file it is. */
  readonly agent: string;
  readonly pane: string;
  readonly panePid: number;
  readonly place: AgentPlace;
  /** Its home, the real path; null: it has none, or it cannot be told. And whether it is reached through the active link. */
  readonly home: string | null;
  /** The variable that tells it its home: `CLAUDE_CONFIG_DIR`; null: none does. */
  readonly homeVariable: string | null;
  readonly throughLink: boolean;
  /** The account whose home that is; null: none of the file's. */
  readonly account: string | null;
  /** By its own registry, checked to be a UUID; null: none is known, so it cannot be resumed. */
  readonly conversation: string | null;
  /** Absolute, real path. */
  readonly cwd: string | null;
  readonly commandLine: CommandLine;
  readonly facts: AgentFacts;
}

/** What stands between its pane and it. */
export type AgentPlace =
  /** It is the pane's own process; `stays`: the pane is still there when it has ended. */
  | { readonly type: 'pane'; readonly stays: boolean }
  /** It runs in the foreground of an interactive shell, the pane's process, as its child and in its folder. */
  | { readonly type: 'shell' }
  /** Anything else: how to start it again cannot be told. */
  | { readonly type: 'other' };

/** What may be said of how it was started. The command line itself may hold secrets and is read only when it is used. */
export interface CommandLine {
  /** Why it cannot be started again with it; null: it can. */
  readonly problem: string | null;
  /** It is short and plain enough to be typed. */
  readonly typeable: boolean;
  /** Program and flags that are known to be no secrets, without those that name a conversation. */
  readonly shown: readonly string[];
  /** It has others, too. */
  readonly more: boolean;
  /** What goes on with its conversation behind them, `{conversation}` for its id; left out: it is not known. */
  readonly again?: readonly string[];
}

/**
 * An agent in a dedicated session that was told to end, so that its conversation goes on under another account. What
 * is in the file that was written before; what it takes to start it again, which may hold secrets, lies beside it.
 */
export interface StoppedNote {
  readonly version: 1;
  readonly session: string;
  readonly agent: string;
  readonly pid: number;
  readonly start: string;
  readonly pane: string;
  readonly panePid: number;
  readonly via: 'pane' | 'shell';
  readonly conversation: string;
  /** The account it ran under. */
  readonly from: string;
  readonly cwd: string;
  readonly homeVariable: string;
  readonly shown: readonly string[];
  readonly more: boolean;
  /** Epoch milliseconds of the look by which it was told to end. */
  readonly at: number;
  /** When it was started again; written before that is done, so that it is done once. Null: not yet. */
  readonly resumedAt: number | null;
}

/** A note, and what of it is still true. */
export interface StoppedAgent {
  readonly note: StoppedNote;
  /** The process that was told to end still lives. */
  readonly alive: boolean;
  /** Where the pane's shell is in the foreground with an empty line; null: it is not, or it cannot be told. */
  readonly prompt: ShellPrompt | null;
}

/** A shell that waits for a command: its program, and where the cursor stands, from 0. */
export interface ShellPrompt {
  readonly command: string;
  readonly x: number;
  readonly y: number;
}
