import { posix } from 'node:path';
import type { InboxSpec } from '../model/desired.ts';
import { matchesGlob } from '../model/glob.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { AttemptRecord, LaunchRequest } from '../model/task.ts';
import type { Claims } from './guard-broken.ts';
import { isWithin, leads, realOf } from './guard-paths.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What must hold of any start of an agent: where, under whom, and that request and record agree. */
export function launchesSoundly(launch: LaunchRequest, record: AttemptRecord, input: PlanInput): Claims {
  const { attempt, id, inbox, conversation } = launch;
  return [
    [/^[a-z0-9]{4,32}$/.test(attempt), 'its attempt is no word of ours'],
    [conversation === null || UUID.test(conversation), 'its conversation is no UUID'],
    [
      conversation !== null ||
        (launch.mode === 'start' && input.agents[launch.agent]?.choosesConversation === true),
      'nobody knows its conversation',
    ],
    [launch.runDir === `${input.runsDir}/${attempt}`, 'its run folder is another one'],
    [
      record.attempt === attempt && record.id === id && record.inbox === inbox,
      'the record is of another run',
    ],
    [record.conversation === conversation, 'the record names another conversation'],
    [record.agent === launch.agent && record.model === launch.model, 'the record names another agent'],
    [record.cwd === launch.cwd, 'the record names another folder'],
    [record.launches === launch.launch && launch.launch >= 1, 'the record counts other launches'],
    [record.end === null && record.parkedUntil === null, 'the record says that it is over'],
    [input.agents[launch.agent] !== undefined, 'nobody knows how to start its agent'],
    ...worksUnder(launch, record.account, input),
    ...isTrusted(launch, input),
  ];
}

/** The account is declared for the agent, the active one, with quota, its home and links as they should be. */
function worksUnder(launch: LaunchRequest, account: string | null, input: PlanInput): Claims {
  const { accounts, activeAccounts } = input.desired;
  const declared = Object.values(accounts).some(({ agent }) => agent === launch.agent);
  if (account === null || !declared) {
    // A conversation goes on where it began, though the file may have come to declare accounts since.
    const meant = !declared || launch.mode === 'resume';
    return [[meant && account === null && launch.home === null, 'it names no account of its agent']];
  }
  const spec = accounts[account];
  if (spec?.agent !== launch.agent) return [[false, `${account} is no account of its agent`]];
  const active = activeAccounts[launch.agent];
  const until = input.exhaustedUntil.ok ? (input.exhaustedUntil.value[account] ?? 0) : Infinity;
  return [
    [launch.home !== null && launch.home === realOf(spec.home, input), 'the home was not seen there'],
    [launch.mode === 'resume' || until <= input.observed.at, 'the account is not known to have quota'],
    [active?.prefer.includes(account) === true, 'the account is not one to be used'],
    [
      launch.mode === 'resume' ||
        active?.link == null ||
        leads(active.link, spec.home, input) ||
        isLinkHeld(launch.agent, input),
      'the account is not the active one',
    ],
    [linksIntact(spec.home, launch.agent, input), 'not all links of the account were seen intact'],
  ];
}

/** Live agents reach their home through the link, so it cannot say yet where new ones go (SPEC §4.4). */
function isLinkHeld(agent: string, { observed }: PlanInput): boolean {
  const users = observed.linkUsers[agent];
  return users?.ok === true && users.value.length > 0;
}

function linksIntact(home: string, agent: string, input: PlanInput): boolean {
  const { sharedState } = input.desired;
  return (sharedState?.entries[agent] ?? []).every((entry) => {
    const to = posix.join(sharedState?.root ?? '', entry);
    return leads(posix.join(home, entry), to, input) && realOf(to, input) !== null;
  });
}

/** Dialogs are answered beforehand only where the file says so (SPEC §5.6). */
function isTrusted({ trusted, agent, cwd }: LaunchRequest, input: PlanInput): Claims {
  const folders = input.desired.agents[agent]?.trust ?? [];
  const said = folders.some(
    (folder) => isWithin(realOf(folder, input) ?? folder, cwd) || matchesGlob(folder, cwd),
  );
  return [[!trusted || said, 'the file does not say that its folder is trusted']];
}

/** What a task may ask for in its frontmatter. */
export interface Asked {
  readonly cwd: string | null;
  readonly model: string | null;
  readonly agent: string | null;
}

/** What must hold of the first start: folder, model and agent are ones that the inbox allows (SPEC §5.2). */
export function asksOnlyWhatIsAllowed(launch: LaunchRequest, asked: Asked, input: PlanInput): Claims {
  const inbox = input.desired.inboxes[launch.inbox];
  if (inbox === undefined) return [[false, 'its inbox is not declared']];
  const agent = asked.agent ?? input.desired.pools[inbox.pool]?.agent;
  return [
    ...allows(inbox, asked, input),
    [launch.cwd === realOf(asked.cwd ?? inbox.cwd, input), 'its folder was not seen there'],
    [launch.agent === agent, 'it is for another agent'],
    [asked.model === null || launch.model === asked.model, 'it was to have another model'],
    [
      launch.model === null || asked.model !== null || named(launch.agent, input).includes(launch.model),
      'nobody named its model',
    ],
  ];
}

/** Whether an inbox allows what a task asks for; what inbox, pool and file give by themselves needs no leave. */
function allows(inbox: InboxSpec, asked: Asked, input: PlanInput): Claims {
  const own = input.desired.pools[inbox.pool]?.agent ?? null;
  const given = named(asked.agent ?? own ?? '', input);
  const beyond = wishesBeyond(inbox, asked, input);
  return [
    [!beyond.includes('cwd'), 'its inbox does not allow its folder'],
    [!beyond.includes('agent'), 'its inbox does not allow its agent'],
    [!beyond.includes('model') || given.includes(asked.model ?? ''), 'its inbox does not allow its model'],
  ];
}

/** What of its wishes an inbox has not written down as allowed. */
export function wishesBeyond(
  inbox: InboxSpec,
  { cwd, model, agent }: Asked,
  input: PlanInput,
): readonly (keyof Asked)[] {
  const { allow, pool } = inbox;
  const own = input.desired.pools[pool]?.agent;
  const beyond: readonly (readonly [keyof Asked, boolean])[] = [
    ['cwd', cwd !== null && cwd !== inbox.cwd && !folderAllowed(inbox, cwd, input)],
    ['model', model !== null && !allow.models.includes(model)],
    ['agent', agent !== null && agent !== own && !allow.agents.includes(agent)],
  ];
  return beyond.filter(([, is]) => is).map(([wish]) => wish);
}

/** By its path, and by where that really leads: a link in an allowed folder may lead out of it. */
function folderAllowed({ cwd: own, allow }: InboxSpec, cwd: string, input: PlanInput): boolean {
  const real = realOf(cwd, input) ?? cwd;
  const base = realOf(own, input) ?? own;
  const really = allow.cwd.map((glob) => (isWithin(own, glob) ? base + glob.slice(own.length) : glob));
  return (
    allow.cwd.some((glob) => matchesGlob(glob, cwd)) &&
    (real === cwd || really.some((glob) => matchesGlob(glob, real)))
  );
}

/** The models that the file names for an agent, whatever the priority. */
function named(agent: string, { desired }: PlanInput): readonly string[] {
  return [...Object.values(desired.agents[agent]?.models ?? {}), ...Object.values(desired.tasks.models)];
}
