import type { StepOutcome } from '../model/step.ts';

/** What became of one effect; `text` is what was found or said. */
export interface Outcome {
  readonly outcome: StepOutcome;
  readonly text: string | null;
}
