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

/** The memory with what became of those swaps: made, or refused and failed and so none. */
export function afterSwaps(
  memory: Memory,
  results: readonly StepResult[],
  actions: readonly Action[],
  at: number,
): Memory {
  const outcomes = new Map(results.map(({ target, outcome }) => [target, outcome]));
  const tried = actions.filter((action) => swapOf(memory, action, at) !== null);
  if (tried.length === 0) return memory;
  const swaps = memory.quota.swaps.flatMap((swap) => {
    const target = `account/${swap.to}`;
    if (swap.at !== at || !tried.some((action) => action.target === target)) return [swap];
    const outcome = outcomes.get(target);
    if (outcome === 'applied') return [{ ...swap, made: true }];
    // What cannot be known the next look sees.
    return outcome === 'unknown' ? [swap] : [];
  });
  return { ...memory, quota: { ...memory.quota, swaps } };
}

/** The swap that an action is; null: it is none, or makes the first link of all. */
function swapOf(memory: Memory, action: Action, at: number): Swap | null {
  if (action.type !== 'account.activate' || action.effect.from === null) return null;
  const { agent } = action.effect;
  const from = memory.quota.swaps.findLast((swap) => swap.agent === agent)?.to ?? null;
  const to = action.target.slice('account/'.length);
  return { agent, from, to, at, byHand: action.reason === 'by-hand', made: false };
}
