import type { ActiveAccountSpec } from '../model/desired.ts';
import type { PlanInput } from '../model/plan-input.ts';
import { activationHold } from './account.ts';
import { activeLink } from './active-link.ts';
import type { Hold } from './draft.ts';
import { linksOf, usableAccounts } from './usable.ts';
import { wantedAccount } from './wanted-account.ts';

/** The account an agent is to be started under, or why it may not be started. */
export type LaunchAccount =
  /** `home` is a real path, never the active link (SPEC §3.8); both null: the agent has no accounts. */
  | { readonly ok: true; readonly account: string | null; readonly home: string | null }
  | { readonly ok: false; readonly hold: Hold };

/** The active account of the agent, where it can be worked under right now. */
export function launchAccount(input: PlanInput, agent: string): LaunchAccount {
  const spec = input.desired.activeAccounts[agent];
  if (spec === undefined || spec.prefer.length === 0) return { ok: true, account: null, home: null };
  const usable = usableAccounts(input, spec);
  if (usable.length === 0) return held('no-account', 'no account is left to work under');
  const link = activeLink(input, agent);
  if (link.type === 'stuck') return { ok: false, hold: link.hold };
  if (link.type === 'absent') return held('account-not-active', 'the active link is not there yet');
  const active = link.type === 'account' ? link.account : (usable[0] ?? '');
  const account = link.type === 'account' ? (meanwhile(input, agent, spec, active) ?? active) : active;
  if (!usable.includes(account)) return held('no-account', `account ${account} cannot be worked under`);
  return homeOf(input, account);
}

/**
 * The account that is to be active and cannot be, for live agents reach their home through the link: our own launches
 * never do, so they go to it meanwhile (SPEC §4.4).
 */
function meanwhile(input: PlanInput, agent: string, spec: ActiveAccountSpec, active: string): string | null {
  const wanted = wantedAccount(input, agent, spec, active);
  const hold = wanted === null ? null : activationHold(input, agent, wanted, active);
  return hold?.reason === 'link-in-use' ? (wanted?.account ?? null) : null;
}

/** The account that this very plan makes the active one; null: it stays as it is. */
export function accountTakingOver(input: PlanInput, agent: string): string | null {
  const spec = input.desired.activeAccounts[agent];
  const link = activeLink(input, agent);
  if (spec === undefined || link.type !== 'account') return null;
  const wanted = wantedAccount(input, agent, spec, link.account);
  if (wanted === null || activationHold(input, agent, wanted, link.account) !== null) return null;
  return wanted.account;
}

/** The home of a named account; for an agent that goes on under the account it was started with. */
export function homeOf(input: PlanInput, account: string): LaunchAccount {
  const home = input.desired.accounts[account]?.home;
  const there = home === undefined ? undefined : input.observed.directories[home];
  if (there?.ok !== true || there.value.type !== 'present') {
    return held('home-missing', `the home of account ${account} is not a folder`);
  }
  const links = linksOf(input, account);
  if (links !== 'intact') {
    return held('links-diverged', `the links of account ${account} are not all intact (${links})`);
  }
  return { ok: true, account, home: there.value.real };
}

function held(reason: Hold['reason'], because: string): LaunchAccount {
  return { ok: false, hold: { reason, because, until: null } };
}
