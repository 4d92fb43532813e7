import type { Diagnostic } from './diagnostic.ts';
import type { Withheld } from './plan.ts';
import type { ActionType } from './words.ts';

/**
 * What became of one action. `stale`: the world had moved, nothing was done. `unknown`: no answer in time, it may
 * have happened or may still; nothing rests on it before the next look.
 */
export const STEP_OUTCOMES = ['applied', 'stale', 'failed', 'unknown'] as const;
export type StepOutcome = (typeof STEP_OUTCOMES)[number];

export interface StepResult {
  readonly type: ActionType;
  readonly target: string;
  readonly outcome: StepOutcome;
  /** What was found or said, for a person; null: nothing to add. Foreign text. */
  readonly text: string | null;
  /** Milliseconds. */
  readonly tookMs: number;
}

/** How an `apply` came out as a whole. */
export const APPLY_OUTCOMES = [
  'converged',
  'withheld',
  'incomplete',
  'failed',
  'timed-out',
  'interrupted',
] as const;
export type ApplyOutcome = (typeof APPLY_OUTCOMES)[number];

/** What one `apply` did, and what remains. */
export interface ApplyReport {
  readonly fleet: string;
  readonly outcome: ApplyOutcome;
  readonly cycles: number;
  /** Milliseconds. */
  readonly tookMs: number;
  readonly results: readonly StepResult[];
  /** Actions not carried out yet. */
  readonly remaining: number;
  readonly withheld: readonly Withheld[];
  readonly diagnostics: readonly Diagnostic[];
}
