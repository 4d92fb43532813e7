import type { ActiveAccountSpec } from '../model/desired.ts';
import type { PlanInput } from '../model/plan-input.ts';
import { draftLinks } from './link.ts';
import { sharedLinks } from './shared-link.ts';

/** Whether an account's shared links let an agent work under it. */
export type LinksState = 'intact' | 'missing' | 'diverged' | 'unknown';

/** What the shared links of an account add up to. */
export function linksOf(input: PlanInput, account: string): LinksState {
  const states = sharedLinks(input)
    .filter((link) => link.account === account)
    .map(({ state }) => state);
  if (states.some((state) => state.type === 'stuck' && state.hold.reason === 'unreadable')) return 'unknown';
  if (states.some((state) => state.type === 'stuck' && state.hold.reason === 'link-diverged'))
    return 'diverged';
  return states.every((state) => state.type === 'intact') ? 'intact' : 'missing';
}

/**
 * Accounts that can be worked under, most wanted first: not exhausted, their home there, and all their links
 * intact or made by this very plan, before the active link is touched.
 */
export function usableAccounts(input: PlanInput, spec: ActiveAccountSpec): readonly string[] {
  const { exhaustedUntil, observed, desired } = input;
  if (!exhaustedUntil.ok) return [];
  const stillMissing = new Set(draftLinks(input).withheld.map(({ target }) => target.split('/')[1]));
  return spec.prefer.filter((account) => {
    const home = observed.directories[desired.accounts[account]?.home ?? ''];
    if (home?.ok !== true || home.value.type !== 'present') return false;
    const until = exhaustedUntil.value[account] ?? null;
    return (until === null || until <= observed.at) && !stillMissing.has(account);
  });
}
