import type { PlanInput } from '../model/plan-input.ts';
import { pointerStep, sourceOf } from '../model/source.ts';
import type { About, Fact } from './about.ts';
import { activeLink } from './active-link.ts';
import { sharedLinks } from './shared-link.ts';
import { activeAccount } from './status.ts';
import { linksOf, usableAccounts } from './usable.ts';

/** What there is to say of an account; null: not declared. */
export function aboutAccount(input: PlanInput, name: string): About | null {
  const account = input.desired.accounts[name];
  if (account === undefined) return null;
  const spec = input.desired.activeAccounts[account.agent];
  const active = activeAccount(input, account.agent);
  const usable = spec === undefined ? [] : usableAccounts(input, spec);
  const order = spec?.prefer ?? [];
  const until = input.exhaustedUntil.ok ? (input.exhaustedUntil.value[name] ?? null) : null;
  const sources = input.desired.sources;
  const because: Fact[] = [
    { text: `its home is ${account.home}`, source: sourceOf(sources, `/accounts/${pointerStep(name)}`) },
    {
      text: `number ${String(order.indexOf(name) + 1)} of ${order.join(', ')}; select: ${spec?.select ?? 'sticky'}`,
      source: sourceOf(sources, '/activeAccount'),
    },
    { text: `its shared links are ${linksOf(input, name)}`, source: sourceOf(sources, '/sharedState') },
  ];
  if (until !== null && until > input.observed.at) because.push({ text: 'it is exhausted', source: null });
  because.push({
    text: usable.includes(name) ? 'it can be worked under' : 'it cannot be worked under now',
    source: null,
  });
  if (active !== null && active !== name) {
    because.push({
      text: `the active account is ${active}`,
      source: sourceOf(sources, '/activeAccount/link'),
    });
  }
  return { is: `account ${name} is ${active === name ? 'the active account' : 'not active'}`, because };
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
