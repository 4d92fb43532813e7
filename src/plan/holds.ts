import type { PlanInput } from '../model/plan-input.ts';
import type { Hold } from './draft.ts';

const FAILURE_DELAYS_MS = [2_000, 5_000, 15_000, 60_000, 300_000] as const;

/** How long after its `count`-th failure in a row something is tried again. */
export function failureDelayMs(count: number): number {
  return FAILURE_DELAYS_MS[Math.min(count, FAILURE_DELAYS_MS.length) - 1] ?? 0;
}

/** Whether an operator asked for hands off: on everything, or on one of `targets`. */
export function suspended(input: PlanInput, targets: readonly string[]): Hold | null {
  const { suspensions } = input;
  if (!suspensions.ok) {
    const because = 'who asked for hands off could not be read';
    return { reason: 'suspended', because, until: null };
  }
  for (const key of ['*', ...targets]) {
    const found = suspensions.value[key];
    if (found === undefined) continue;
    if (found.until !== null && found.until <= input.observed.at) continue;
    const why = found.reason === null ? '' : `: ${found.reason}`;
    return { reason: 'suspended', because: `suspended by ${found.by}${why}`, until: found.until };
  }
  return null;
}

/** Whether the last try at `target` failed a moment ago. */
export function backingOff(input: PlanInput, target: string): Hold | null {
  const failure = input.memory.failures[target];
  if (failure === undefined) return null;
  const until = failure.lastAt + failureDelayMs(failure.count);
  // A clock that jumped back must not keep it down for longer than the delay.
  if (until <= input.observed.at || failure.lastAt > input.observed.at) return null;
  const because = `failed ${String(failure.count)} time(s) in a row, last: ${failure.why}`;
  return { reason: 'backing-off', because, until };
}

/** The first hold that applies, or null. */
export function firstHold(...holds: readonly (Hold | null)[]): Hold | null {
  return holds.find((hold) => hold !== null) ?? null;
}
