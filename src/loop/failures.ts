import type { Failure, Memory } from '../model/memory.ts';
import type { Plan } from '../model/plan.ts';
import type { StepResult } from '../model/step.ts';

const FORGET_MS = 3_600_000;
/** So many refusals of one target in a row are no race any more. */
const STALE_ALLOWED = 2;

/**
 * The failures to remember after the steps of a cycle and the look that followed. What was applied and is wanted
 * again on that look did not hold: that is a failure too, or a session that dies at once would be made for ever.
 */
export function failuresAfter(
  memory: Memory,
  results: readonly StepResult[],
  next: Plan,
  staleBefore: Readonly<Record<string, number>>,
): Readonly<Record<string, Failure>> {
  const now = next.observedAt;
  const kept = Object.entries(memory.failures).filter(
    ([, { lastAt }]) => lastAt > now - FORGET_MS && lastAt <= now,
  );
  const failures: Record<string, Failure> = Object.fromEntries(kept);
  for (const result of results) {
    const why = whyFailed(result, next, staleBefore);
    const count = (failures[result.target]?.count ?? 0) + 1;
    if (why !== null) failures[result.target] = { count, lastAt: now, why };
    else if (result.outcome === 'applied') delete failures[result.target];
  }
  return failures;
}

/** How often in a row each target was refused because the world had moved. */
export function staleAfter(
  before: Readonly<Record<string, number>>,
  results: readonly StepResult[],
): Readonly<Record<string, number>> {
  const after = { ...before };
  for (const { target, outcome } of results) {
    if (outcome === 'stale') after[target] = (after[target] ?? 0) + 1;
    else delete after[target];
  }
  return after;
}

function whyFailed(
  { target, type, outcome, text }: StepResult,
  next: Plan,
  staleBefore: Readonly<Record<string, number>>,
): string | null {
  switch (outcome) {
    case 'applied':
      return next.actions.some((action) => action.target === target && action.type === type)
        ? 'it was done, and was not so any more on the next look'
        : null;
    case 'stale':
      return (staleBefore[target] ?? 0) + 1 > STALE_ALLOWED ? `refused again and again: ${text ?? ''}` : null;
    case 'failed':
    case 'unknown':
      return text ?? outcome;
  }
}
