import type { DesiredState } from './desired.ts';
import type { Reading } from './reading.ts';
import type { InboxStatus } from './status.ts';

/**
 * Where more than one machine would plug in: each of these is a file or folder today, and may be a NATS bucket or
 * stream later (facts/cluster.md) without a change in plan, apply or report.
 */

/** Where the desired state comes from. */
export interface DesiredSource {
  /** The state as written now, or every problem with it. Never "nothing is desired". */
  read(): Promise<DesiredReading>;
  /** Rings when it may have changed; a hint only. Returns how to stop. */
  watch(ring: () => void): () => Promise<void>;
}

export type DesiredReading =
  | { readonly ok: true; readonly desired: DesiredState; readonly warnings: readonly FileProblem[] }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

/** One thing wrong with the file, at its place. */
export interface FileProblem {
  readonly severity: 'error' | 'warning';
  /** A stable word for scripts: `unknown-key`, `pool-overlap`. */
  readonly code: string;
  readonly file: string;
  /** From 1; 0 where the file as a whole is meant. */
  readonly line: number;
  readonly column: number;
  /** JSON pointer. */
  readonly path: string;
  readonly message: string;
  /** What to do, or null. */
  readonly help: string | null;
  /** The error frame as text: source lines and caret, without colour. */
  readonly frame: string;
}

/** The queue of tasks. */
export interface TaskQueue {
  /** Inbox name -> how many tasks are where. */
  counts(desired: DesiredState): Promise<Readonly<Record<string, Reading<InboxStatus>>>>;
}
