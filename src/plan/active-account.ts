import type { PlanInput } from '../model/plan-input.ts';
import { activeLink } from './active-link.ts';
import { usableAccounts } from './usable.ts';

/** The account new agents of `agent` start under: the active link's, or, with no link declared, the first usable. */
export function activeAccount(input: PlanInput, agent: string): string | null {
  const link = activeLink(input, agent);
  if (link.type === 'account') return link.account;
  if (link.type !== 'undeclared') return null;
  const spec = input.desired.activeAccounts[agent];
  return spec === undefined ? null : (usableAccounts(input, spec)[0] ?? null);
}
