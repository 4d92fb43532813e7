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
  /** It is the pane's own process, not started from a shell in it. */
  readonly isPaneProcess: boolean;
  /** Its home as its environment says it; null: the default one. Real path; and whether it is reached through the active link. */
  readonly home: string | null;
  readonly throughLink: boolean;
  /** The account whose home that is; null: none of the file's. */
  readonly account: string | null;
  /** By its own registry, checked to be a UUID; null: none is known, so it cannot be resumed. */
  readonly conversation: string | null;
  /** Absolute, real path. */
  readonly cwd: string | null;
  /** Its command line, as it was started; may hold the operator's secrets: never shown, written or logged. */
  readonly argv: readonly string[];
  readonly facts: AgentFacts;
  /** Shells and multiplexed input only: whether a shell is in the pane's foreground with an empty line; null: cannot be told. */
  readonly shellReady: boolean | null;
}
