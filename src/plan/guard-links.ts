import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf } from '../model/plan.ts';
import { broken } from './guard-broken.ts';

/** A link is made only where nothing stands and an account declares it. */
export function linksOnlyWhereNothingIs(
  action: ActionOf<'link.create'>,
  input: PlanInput,
): readonly string[] {
  const { path, to, makeLink, makeTarget } = action.effect;
  const { accounts, sharedState } = input.desired;
  const declared = Object.values(accounts).some(({ agent, home }) =>
    (sharedState?.entries[agent] ?? []).some(
      (entry) => path === `${home}/${entry}` && to === `${sharedState?.root ?? ''}/${entry}`,
    ),
  );
  const at = input.observed.paths[path];
  const behind = input.observed.directories[to];
  return broken(`link.create at ${path}`, [
    [declared, 'no account declares it'],
    [makeLink || makeTarget, 'it does nothing'],
    [!makeLink || (at?.ok === true && at.value.type === 'absent'), 'something is there'],
    [makeLink || (at?.ok === true && at.value.type === 'link'), 'the link it relies on is not there'],
    [!makeTarget || (behind?.ok === true && behind.value.type === 'absent'), 'its target is there'],
  ]);
}

/** The active link moves only from what was seen to a declared home with quota, and under no live agent. */
export function activatesOnlyDeclared(
  action: ActionOf<'account.activate'>,
  input: PlanInput,
): readonly string[] {
  const { agent, link, home, from } = action.effect;
  const { accounts, activeAccounts } = input.desired;
  const name = action.target.slice('account/'.length);
  const there = input.observed.paths[link];
  const absent = there?.ok === true && there.value.type === 'absent';
  const same = there?.ok === true && there.value.type === 'link' && there.value.target === from;
  const folder = input.observed.directories[home];
  const users = input.observed.linkUsers[agent];
  const { exhaustedUntil } = input;
  const until = exhaustedUntil.ok ? (exhaustedUntil.value[name] ?? 0) : Number.POSITIVE_INFINITY;
  return broken(`account.activate at ${link}`, [
    [activeAccounts[agent]?.link === link, 'it is not the active link of the agent'],
    [accounts[name]?.home === home && accounts[name].agent === agent, 'it is not a declared home'],
    [from === null ? absent : same, 'something else is there'],
    [folder?.ok === true && folder.value.type === 'present', 'the home was not seen'],
    [from === null || (users?.ok === true && users.value.length === 0), 'live agents use the link'],
    [until <= input.observed.at, 'the account is not known to have quota'],
  ]);
}
