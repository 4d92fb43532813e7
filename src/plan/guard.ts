import type { Diagnostic } from '../model/diagnostic.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { Action } from '../model/plan.ts';

/**
 * A second opinion on a finished plan. It shares no code with the planner: each promise of SPEC §9 that a plan
 * can break is checked again here from what was observed, plainly and slowly. Anything found refuses the whole plan.
 */
export function guard(actions: readonly Action[], input: PlanInput): readonly Diagnostic[] {
  const found = [...actions.flatMap((action) => checkOne(action, input)), ...checkTogether(actions, input)];
  return found.map((detail) => ({
    severity: 'error',
    code: 'guard',
    target: 'plan',
    summary: 'The plan broke a promise and was refused whole; this is a bug in Rollcall',
    detail,
    help: 'Please report it with the output of: rollcall plan -o json',
  }));
}

function checkOne(action: Action, input: PlanInput): readonly string[] {
  switch (action.type) {
    case 'session.stop':
    case 'session.recreate':
      return touchesOnlyOurs(action, input);
    case 'session.create':
      return createsOnlyDeclared(action, input);
    case 'link.create':
      return linksOnlyWhereNothingIs(action, input);
    case 'account.activate':
      return activatesOnlyDeclared(action, input);
  }
}

type Of<T extends Action['type']> = Extract<Action, { type: T }>;

function touchesOnlyOurs(
  action: Of<'session.stop'> | Of<'session.recreate'>,
  input: PlanInput,
): readonly string[] {
  const { session } = action.effect;
  const { tmux } = input.observed;
  if (!tmux.ok || tmux.value.type !== 'up') return [`${action.type} without a server that was read`];
  const server = tmux.value;
  const there = server.sessions[session.id];
  if (there === undefined) return [`${action.type} of ${session.id}, which was not seen`];
  const problems: string[] = [];
  const claim = (holds: boolean, text: string): void => {
    if (!holds) problems.push(`${action.type} of ${there.name} (${session.id}): ${text}`);
  };
  claim(there.name === session.name && action.target === `session/${there.name}`, 'the name is another one');
  claim(session.incarnation.pid === server.incarnation.pid, 'another server');
  claim(session.incarnation.startTime === server.incarnation.startTime, 'another life of the server');
  claim(there.stamp?.owner === input.desired.name, 'it does not carry our stamp');
  claim(session.owner === input.desired.name, 'the effect names another owner');
  claim(there.stamp?.kind === 'pool', 'it is not a pool session');
  claim(!(there.name in input.desired.dedicated), 'it is declared as dedicated');
  claim(there.contradictedBy === null && !server.stampInherited, 'its stamp is contradicted');
  claim(Object.keys(there.panes).join() === session.pane, 'its panes are not just the one we started');
  const pane = there.panes[session.pane];
  claim(pane?.pid === session.panePid, 'its process is another one');
  claim(pane?.dead === true || pane?.pid === there.stamp?.pid, 'what runs in it is not ours');
  const believed = action.type === 'session.recreate' || action.effect.ended;
  claim(believed === pane?.dead, 'it is mistaken whether its process has ended');
  claim(action.disrupts === (pane?.dead === false), 'it is said wrongly whether it disrupts');
  claim(there.typedAt === null || there.typedAt + 60_000 <= input.observed.at, 'somebody types in it');
  return problems;
}

function createsOnlyDeclared(action: Of<'session.create'>, input: PlanInput): readonly string[] {
  const { name, runs, owner, incarnation, cwd } = action.effect;
  const { tmux, directories } = input.observed;
  if (!tmux.ok) return [`session.create of ${name} with the server unread`];
  const problems: string[] = [];
  const claim = (holds: boolean, text: string): void => {
    if (!holds) problems.push(`session.create of ${name}: ${text}`);
  };
  const sessions = tmux.value.type === 'up' ? Object.values(tmux.value.sessions) : [];
  claim(!sessions.some((session) => session.name === name), 'there is one of that name');
  claim(owner === input.desired.name, 'it would be stamped for another fleet');
  claim(/^[A-Za-z0-9_-]+$/.test(name), 'tmux would mangle the name');
  const seenPid = tmux.value.type === 'up' ? tmux.value.incarnation.pid : null;
  claim((incarnation?.pid ?? null) === seenPid, 'it is meant for another server');
  const folder = directories[cwd];
  claim(folder?.ok === true && folder.value.type === 'present', `its folder ${cwd} was not seen`);
  claim(!action.disrupts, 'creating disrupts nothing');
  if (runs.type === 'shell') {
    claim(input.desired.dedicated[name] !== undefined, 'it is not declared as dedicated');
  } else {
    const pool = input.desired.pools[runs.pool];
    const suffix = pool !== undefined && name.startsWith(pool.prefix) ? name.slice(pool.prefix.length) : '';
    const index = Number(suffix);
    const inside =
      pool !== undefined &&
      suffix === String(index) &&
      index >= pool.startIndex &&
      index < pool.startIndex + pool.max;
    claim(inside, `it lies outside the range of pool ${runs.pool}`);
  }
  return problems;
}

function linksOnlyWhereNothingIs(action: Of<'link.create'>, input: PlanInput): readonly string[] {
  const { path, to, makeLink, makeTarget } = action.effect;
  const { accounts, sharedState } = input.desired;
  const problems: string[] = [];
  const claim = (holds: boolean, text: string): void => {
    if (!holds) problems.push(`link.create at ${path}: ${text}`);
  };
  const declared = Object.values(accounts).some(({ agent, home }) =>
    (sharedState?.entries[agent] ?? []).some(
      (entry) => path === `${home}/${entry}` && to === `${sharedState?.root ?? ''}/${entry}`,
    ),
  );
  claim(declared, 'no account declares it');
  const at = input.observed.paths[path];
  const behind = input.observed.directories[to];
  claim(makeLink || makeTarget, 'it does nothing');
  claim(!makeLink || (at?.ok === true && at.value.type === 'absent'), 'something is there');
  claim(makeLink || (at?.ok === true && at.value.type === 'link'), 'the link it relies on is not there');
  claim(!makeTarget || (behind?.ok === true && behind.value.type === 'absent'), 'its target is there');
  return problems;
}

function activatesOnlyDeclared(action: Of<'account.activate'>, input: PlanInput): readonly string[] {
  const { agent, link, home, from } = action.effect;
  const { accounts, activeAccounts } = input.desired;
  const problems: string[] = [];
  const claim = (holds: boolean, text: string): void => {
    if (!holds) problems.push(`account.activate at ${link}: ${text}`);
  };
  const name = action.target.slice('account/'.length);
  claim(activeAccounts[agent]?.link === link, 'it is not the active link of the agent');
  claim(accounts[name]?.home === home && accounts[name].agent === agent, 'it is not a declared home');
  const there = input.observed.paths[link];
  const absent = there?.ok === true && there.value.type === 'absent';
  const same = there?.ok === true && there.value.type === 'link' && there.value.target === from;
  claim(from === null ? absent : same, 'something else is there');
  const folder = input.observed.directories[home];
  claim(folder?.ok === true && folder.value.type === 'present', 'the home was not seen');
  const users = input.observed.linkUsers[agent];
  claim(from === null || (users?.ok === true && users.value.length === 0), 'live agents use the link');
  const { exhaustedUntil } = input;
  const until = exhaustedUntil.ok ? (exhaustedUntil.value[name] ?? 0) : Number.POSITIVE_INFINITY;
  claim(until <= input.observed.at, 'the account is not known to have quota');
  return problems;
}

function checkTogether(actions: readonly Action[], input: PlanInput): readonly string[] {
  const problems: string[] = [];
  const { reconcile } = input.desired;
  if (actions.length > reconcile.maxActions) problems.push('more actions than reconcile.maxActions');
  const targets = actions.map(({ target }) => target);
  if (new Set(targets).size !== targets.length) problems.push('two actions for one thing');
  const { tmux } = input.observed;
  const sessions = tmux.ok && tmux.value.type === 'up' ? Object.values(tmux.value.sessions) : [];
  const touched = new Set(
    actions.flatMap(({ effect }) => ('session' in effect ? [effect.session.pane] : [])),
  );
  const shown = sessions.flatMap(({ panes }) => Object.keys(panes).filter((id) => touched.has(id)));
  if (new Set(shown).size !== shown.length) problems.push('another session shows a pane to be touched, too');
  const ours = sessions.filter(
    ({ name, stamp }) =>
      stamp?.owner === input.desired.name && stamp.kind === 'pool' && !(name in input.desired.dedicated),
  );
  const { maxDisruptions } = reconcile;
  const allowed =
    maxDisruptions.type === 'count'
      ? maxDisruptions.count
      : Math.max(1, Math.floor(ours.length * maxDisruptions.share));
  if (actions.filter(({ disrupts }) => disrupts).length > allowed) {
    problems.push('more disruptions than reconcile.maxDisruptions');
  }
  return problems;
}
