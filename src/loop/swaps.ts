import type { Memory } from '../model/memory.ts';
import type { Action } from '../model/plan.ts';
import type { Swap } from '../model/quota.ts';
import type { StepResult } from '../model/step.ts';

/**
 * The memory with the swaps that are about to be made: written down before, so that a crash cannot make their cooldown
 * forgotten. One that is not made after all is told by the active link.
 */
export function withSwaps(memory: Memory, actions: readonly Action[], at: number): Memory {
  const swaps = actions.flatMap((action) => swapOf(memory, action, at) ?? []);
  if (swaps.length === 0) return memory;
  return { ...memory, quota: { ...memory.quota, swaps: [...memory.quota.swaps, ...swaps] } };
}

/** The memory without the swaps that were refused or failed. */
export function withoutFailedSwaps(
  memory: Memory,
  results: readonly StepResult[],
  actions: readonly Action[],
  at: number,
): Memory {
  const done = new Set(
    results
      .filter(({ outcome }) => outcome === 'applied' || outcome === 'unknown')
      .map(({ target }) => target),
  );
  const undone = actions.flatMap((action) => {
    const swap = done.has(action.target) ? null : swapOf(memory, action, at);
    return swap === null ? [] : [swap];
  });
  if (undone.length === 0) return memory;
  const swaps = memory.quota.swaps.filter(
    (swap) => !undone.some(({ agent, to }) => swap.agent === agent && swap.to === to && swap.at === at),
  );
  return { ...memory, quota: { ...memory.quota, swaps } };
}

/** The swap that an action is; null: it is none, or makes the first link of all. */
function swapOf(memory: Memory, action: Action, at: number): Swap | null {
  if (action.type !== 'account.activate' || action.effect.from === null) return null;
  const { agent } = action.effect;
  const from = memory.quota.swaps.findLast((swap) => swap.agent === agent)?.to ?? null;
  const to = action.target.slice('account/'.length);
  return { agent, from, to, at, byHand: action.reason === 'by-hand' };
}
