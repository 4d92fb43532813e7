import type { DesiredState } from '../../model/desired.ts';
import type { Observed } from '../../model/observed.ts';
import type { QuotaMemory, Swap } from '../../model/quota.ts';
import { activeLink } from '../active-link.ts';

/** Epoch milliseconds of the last move of the agent's active account; 0: none. A time ahead of the clock is now. */
export function lastSwap({ swaps }: Pick<QuotaMemory, 'swaps'>, agent: string, now: number): number {
  return swaps
    .filter((swap) => swap.agent === agent)
    .reduce((last, { at }) => Math.max(last, Math.min(at, now)), 0);
}

/** The swaps that still matter: for the cooldown, for how many there may be, and for what was said before them. */
export function swapsAfter(
  desired: DesiredState,
  observed: Observed,
  { swaps }: QuotaMemory,
): QuotaMemory['swaps'] {
  const { maxSwaps, cooldownMs } = desired.quota;
  const since = observed.at - Math.max(maxSwaps.perMs, cooldownMs);
  const real = swaps.flatMap((swap) => {
    const at = Math.min(swap.at, observed.at);
    return wasMade(desired, observed, swap) ? [{ ...swap, made: true, at }] : [];
  });
  // The last one of each agent always: what was said before it does not count.
  const last = new Map(real.map((swap) => [swap.agent, swap]));
  return real.filter((swap) => swap.at > since || last.get(swap.agent) === swap).slice(-100);
}

/**
 * A swap is written down before it is made, and the first look after it tells whether it was. Later the link tells
 * nothing: an operator may have moved it since. Where it cannot be told, it counts as made.
 */
function wasMade(desired: DesiredState, observed: Observed, swap: Swap): boolean {
  if (swap.made) return true;
  const link = activeLink({ desired, observed }, swap.agent);
  if (link.type === 'account') return link.account === swap.to;
  return link.type !== 'absent';
}
