import type { Source } from './source.ts';

/** The answer to `why NAME`. */
export interface Explanation {
  /** `session/ccl-auto-12`. */
  readonly target: string;
  /** What it is now, in one sentence. */
  readonly is: string;
  /** Each rule or fact that makes it so, with the line of the file that asks for it where one does. */
  readonly because: readonly { readonly text: string; readonly source: Source | null }[];
  /** What Rollcall does next about it; null: nothing. */
  readonly next: string | null;
  /** When, epoch milliseconds; null: in the next cycle, or no matter of time. */
  readonly nextAt: number | null;
  /** A command a person could run, or null. */
  readonly help: string | null;
}
