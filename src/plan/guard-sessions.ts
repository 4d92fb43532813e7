import type { ObservedSession } from '../model/observed.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf, OwnedPoolSession } from '../model/plan.ts';
import type { ObservedRun } from '../model/run.ts';
import type { Claims } from './guard-broken.ts';
import { broken } from './guard-broken.ts';

/** What was seen of the session that an effect names, whose it is notwithstanding; null: nothing. */
export function seenAs(session: OwnedPoolSession, input: PlanInput): ObservedSession | null {
  const { tmux } = input.observed;
  return tmux.ok && tmux.value.type === 'up' ? (tmux.value.sessions[session.id] ?? null) : null;
}

/** What must hold of any session that is touched: ours, a pool's, alone in its window, as it was seen. */
export function isOurs(session: OwnedPoolSession, input: PlanInput): Claims {
  const { tmux } = input.observed;
  if (!tmux.ok || tmux.value.type !== 'up') return [[false, 'no server was read']];
  const server = tmux.value;
  const there = server.sessions[session.id];
  if (there === undefined) return [[false, `${session.id} was not seen`]];
  const { desired } = input;
  const pane = there.panes[session.pane];
  return [
    [there.name === session.name, 'the name is another one'],
    [session.incarnation.pid === server.incarnation.pid, 'another server'],
    [session.incarnation.startTime === server.incarnation.startTime, 'another life of the server'],
    [there.stamp?.owner === desired.name, 'it does not carry our stamp'],
    [session.owner === desired.name, 'the effect names another owner'],
    [there.stamp?.kind === 'pool', 'it is not a pool session'],
    [!(there.name in desired.dedicated), 'it is declared as dedicated'],
    [there.contradictedBy === null && !server.stampInherited, 'its stamp is contradicted'],
    [Object.keys(there.panes).join() === session.pane, 'its panes are not just the one we started'],
    [pane?.pid === session.panePid, 'its process is another one'],
    [pane?.dead === true || pane?.pid === there.stamp?.pid, 'what runs in it is not ours'],
  ];
}

/** Nobody is at it: no attached client typed within the last minute (SPEC §3.10). */
export function nobodyTypes(session: OwnedPoolSession, input: PlanInput): Claims {
  const typedAt = seenAs(session, input)?.typedAt ?? null;
  return [[typedAt === null || typedAt + 60_000 <= input.observed.at, 'somebody types in it']];
}

/** No operator asked for hands off, as far as is known. */
export function notSuspended(input: PlanInput, keys: readonly string[]): Claims {
  const { suspensions, observed } = input;
  if (!suspensions.ok) return [[false, 'who asked for hands off is not known']];
  const held = ['*', ...keys].some((key) => {
    const found = suspensions.value[key];
    return found !== undefined && (found.until === null || found.until > observed.at);
  });
  return [[!held, 'an operator asked for hands off']];
}

/** The name of the pool in whose range the session's name lies; null: in none's. */
export function poolOf(name: string, input: PlanInput): string | null {
  const found = Object.entries(input.desired.pools).find(([, { prefix, startIndex, max }]) => {
    const index = name.startsWith(prefix) ? name.slice(prefix.length) : '';
    const inside = Number(index) >= startIndex && Number(index) < startIndex + max;
    return index === String(Number(index)) && inside;
  });
  return found?.[0] ?? null;
}

/** A session is ended or started anew only where it is ours, and where no task goes on in it. */
export function touchesOnlyOurs(
  action: ActionOf<'session.stop'> | ActionOf<'session.recreate'>,
  input: PlanInput,
): readonly string[] {
  const { session } = action.effect;
  const there = seenAs(session, input);
  const dead = there?.panes[session.pane]?.dead;
  const believed = action.type === 'session.recreate' || action.effect.ended;
  return broken(`${action.type} of ${session.name} (${session.id})`, [
    ...isOurs(session, input),
    ...nobodyTypes(session, input),
    ...(there === null ? [] : noTaskGoesOn(action, there, input)),
    [action.target === `session/${session.name}`, 'the target is another one'],
    [believed === dead, 'it is mistaken whether its process has ended'],
    [action.disrupts === (dead === false), 'it is said wrongly whether it disrupts'],
  ]);
}

function noTaskGoesOn(
  action: ActionOf<'session.stop'> | ActionOf<'session.recreate'>,
  there: ObservedSession,
  input: PlanInput,
): Claims {
  const attempt = there.stamp?.work?.attempt ?? null;
  const run = attempt === null ? undefined : input.observed.runs[attempt];
  const over =
    run !== undefined && (isOver(run, input) || isOfNoInbox(run, input)) && run.agent?.alive !== true;
  const frees = action.type === 'session.recreate' ? action.effect.frees : attempt;
  return [
    [frees === attempt, 'it is mistaken about what the session carries'],
    [attempt === null || over, 'a task goes on in it'],
    [attempt === null || action.type !== 'session.stop' || action.effect.ended, 'it carries a task'],
  ];
}

/** Whether the task of a run has left `claimed/`: that no claim was seen says so only where its inbox was read. */
export function isOver({ claim, record }: ObservedRun, input: PlanInput): boolean {
  const inbox = record.ok ? (record.value?.inbox ?? null) : null;
  return claim === null && inbox !== null && input.observed.inboxes[inbox]?.ok === true;
}

/** Whether no inbox of the file knows of a run: what it worked on was taken out of the file. */
function isOfNoInbox({ claim, record }: ObservedRun, input: PlanInput): boolean {
  const allRead = Object.values(input.observed.inboxes).every(({ ok }) => ok);
  return claim === null && record.ok && record.value === null && allRead;
}

/** A session is made only under a name that the file declares and nobody has. */
export function createsOnlyDeclared(action: ActionOf<'session.create'>, input: PlanInput): readonly string[] {
  const { name, runs, owner, incarnation, cwd } = action.effect;
  const { tmux, directories } = input.observed;
  if (!tmux.ok) return [`session.create of ${name}: the server was not read`];
  const sessions = tmux.value.type === 'up' ? Object.values(tmux.value.sessions) : [];
  const seenPid = tmux.value.type === 'up' ? tmux.value.incarnation.pid : null;
  const folder = directories[cwd];
  const place: Claims =
    runs.type === 'shell'
      ? [[input.desired.dedicated[name] !== undefined, 'it is not declared as dedicated']]
      : [[poolOf(name, input) === runs.pool, `it lies outside the range of pool ${runs.pool}`]];
  return broken(`session.create of ${name}`, [
    [!sessions.some((session) => session.name === name), 'there is one of that name'],
    [owner === input.desired.name, 'it would be stamped for another fleet'],
    [/^[A-Za-z0-9_-]+$/.test(name), 'tmux would mangle the name'],
    [(incarnation?.pid ?? null) === seenPid, 'it is meant for another server'],
    [folder?.ok === true && folder.value.type === 'present', `its folder ${cwd} was not seen`],
    [!action.disrupts, 'creating disrupts nothing'],
    ...place,
  ]);
}
