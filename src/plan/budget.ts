import type { Budget, Reconcile } from '../model/desired.ts';
import type { Action, Withheld } from '../model/plan.ts';
import { withhold } from './draft.ts';

/** How many disruptions a budget allows among `total` things; a share is worth at least one. */
export function allowance(budget: Budget, total: number): number {
  return budget.type === 'count' ? budget.count : Math.max(1, Math.floor(budget.share * total));
}

/** Cuts ordered actions to what one cycle may do to `owned` sessions; the rest is withheld and comes in the next. */
export function withinBudget(
  reconcile: Reconcile,
  owned: number,
  actions: readonly Action[],
): { readonly actions: readonly Action[]; readonly withheld: readonly Withheld[] } {
  const { maxActions, maxDisruptions } = reconcile;
  const disruptionsAllowed = allowance(maxDisruptions, owned);
  const kept: Action[] = [];
  const withheld: Withheld[] = [];
  let disruptions = 0;
  for (const action of actions) {
    if (action.disrupts && disruptions >= disruptionsAllowed) {
      const because = `reconcile.maxDisruptions allows ${String(disruptionsAllowed)} in one cycle; the next one goes on`;
      withheld.push(withhold(action, { reason: 'max-disruptions', because, until: null }));
    } else if (kept.length >= maxActions) {
      const because = `reconcile.maxActions allows ${String(maxActions)} in one cycle; the next one goes on`;
      withheld.push(withhold(action, { reason: 'max-actions', because, until: null }));
    } else {
      kept.push(action);
      if (action.disrupts) disruptions += 1;
    }
  }
  return { actions: kept, withheld };
}
