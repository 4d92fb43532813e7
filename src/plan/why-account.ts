import type { ActiveAccountSpec } from '../model/desired.ts';
import type { PlanInput } from '../model/plan-input.ts';
import { pointerStep, sourceOf } from '../model/source.ts';
import type { About, Fact } from './about.ts';
import { activeLink } from './active-link.ts';
import { sharedLinks } from './shared-link.ts';
import { activeAccount } from './active-account.ts';
import { unusable } from './unusable.ts';
import { linksOf } from './usable.ts';
import { exhaustedUntil, wantedAccount } from './wanted-account.ts';
import { quotaFacts, swapFacts } from './why-quota.ts';

/** What there is to say of an account; null: not declared. */
export function aboutAccount(input: PlanInput, name: string): About | null {
  const account = input.desired.accounts[name];
  if (account === undefined) return null;
  const { agent, home } = account;
  const spec = input.desired.activeAccounts[agent];
  const active = activeAccount(input, agent);
  const order = spec?.prefer ?? [];
  const { sources } = input.desired;
  const against = unusable(input, name);
  const because: Fact[] = [
    { text: `its home is ${home}`, source: sourceOf(sources, `/accounts/${pointerStep(name)}`) },
    {
      text: `number ${String(order.indexOf(name) + 1)} of ${order.join(', ')}; select: ${spec?.select ?? 'sticky'}`,
      source: sourceOf(sources, '/activeAccount'),
    },
    { text: `its shared links are ${linksOf(input, name)}`, source: sourceOf(sources, '/sharedState') },
    ...quotaFacts(input, name),
    {
      text:
        against.length === 0
          ? 'it can be worked under'
          : `it cannot be worked under now: ${against.join('; ')}`,
      source: null,
    },
    ...swapFacts(input, agent),
    ...linkFacts(input, agent),
  ];
  if (active !== null && active !== name) {
    because.push({
      text: `the active account is ${active}`,
      source: sourceOf(sources, '/activeAccount/link'),
    });
  }
  const stays = active === null || spec === undefined ? null : staysFact(input, agent, spec, active, name);
  if (stays !== null) because.push(stays);
  return { is: `account ${name} is ${active === name ? 'the active account' : 'not active'}`, because };
}

/** Who keeps the active link where it is. */
function linkFacts({ desired, observed }: PlanInput, agent: string): readonly Fact[] {
  const link = desired.activeAccounts[agent]?.link;
  const users = observed.linkUsers[agent];
  if (link == null || users?.ok !== true || users.value.length === 0) return [];
  const who = users.value.map(({ pid, command }) => `${command} (pid ${String(pid)})`).join(', ');
  return [
    {
      text: `${link} cannot be moved while live agents reach their home through it: ${who}`,
      source: sourceOf(desired.sources, '/activeAccount/link'),
    },
  ];
}

/** Why the active account stays, or which one is to follow it. */
function staysFact(
  input: PlanInput,
  agent: string,
  spec: ActiveAccountSpec,
  active: string,
  name: string,
): Fact | null {
  const wanted = wantedAccount(input, agent, spec, active);
  if (wanted !== null && wanted.account !== name) {
    return { text: `${wanted.account} is to be the active account: ${wanted.because}`, source: null };
  }
  // That it is to follow is what comes next, and stands there.
  if (wanted !== null) return null;
  const text =
    active === name
      ? `it stays: ${exhaustedUntil(input, active) === null ? 'it is not known to be exhausted' : 'no other account can be worked under'}`
      : `${active} stays: ${spec.select === 'sticky' ? 'select: sticky keeps an account until it is exhausted' : 'it comes first of those that can be worked under'}`;
  return { text, source: sourceOf(input.desired.sources, '/activeAccount/select') };
}

/** What there is to say of an agent's active link; null: none is declared. */
export function aboutActiveLink(input: PlanInput, agent: string): About | null {
  const path = input.desired.activeAccounts[agent]?.link;
  if (path == null) return null;
  const link = activeLink(input, agent);
  const is = {
    undeclared: 'is not declared',
    absent: 'does not exist',
    account: `points at ${link.type === 'account' ? link.account : ''}`,
    stuck: `cannot be used: ${link.type === 'stuck' ? link.diagnostic.detail : ''}`,
  }[link.type];
  const source = sourceOf(input.desired.sources, '/activeAccount/link');
  return { is: `${path} ${is}`, because: [{ text: `the active link of ${agent}`, source }] };
}

/** What there is to say of a shared link; null: not declared. */
export function aboutLink(input: PlanInput, account: string, entry: string): About | null {
  const link = sharedLinks(input).find((each) => each.account === account && each.entry === entry);
  if (link === undefined) return null;
  const { state } = link;
  const is = {
    intact: 'is intact',
    missing: 'is missing, and nothing is in the way',
    stuck: state.type === 'stuck' ? `is not right: ${state.diagnostic.detail}` : '',
    homeless: 'cannot be made: the home is not there',
  }[state.type];
  const { sources } = input.desired;
  return {
    is: `${link.path} ${is}`,
    because: [
      { text: `${entry} is shared`, source: sourceOf(sources, '/sharedState/entries') },
      { text: `so it must lead to ${link.to}`, source: sourceOf(sources, '/sharedState/root') },
    ],
  };
}
