import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf, SessionRelaunch, TaskStart } from '../model/plan.ts';
import { claimFile, queueFolders, recordFile } from '../model/queue.ts';
import type { LaunchRequest, ObservedInbox } from '../model/task.ts';
import type { Claims } from './guard-broken.ts';
import { broken } from './guard-broken.ts';
import { asksOnlyWhatIsAllowed, launchesSoundly } from './guard-launch.ts';
import { isNameIn } from './guard-paths.ts';
import { isOurs, nobodyTypes, notSuspended, poolOf, seenAs } from './guard-sessions.ts';

/** A task is started only from a settled file of its inbox, in a free and rested session of the inbox's pool. */
export function startsOnlyWaiting(action: ActionOf<'task.start'>, input: PlanInput): readonly string[] {
  const { effect } = action;
  const { session, claim, launch, record } = effect;
  const pool = poolOf(session.name, input);
  return broken(`task.start of ${claim.inbox}/${claim.id} in ${session.name}`, [
    ...isOurs(session, input),
    ...nobodyTypes(session, input),
    ...notSuspended(input, [`session/${session.name}`, `pool/${pool ?? ''}`]),
    ...isFreeAndRested(effect, pool, input),
    ...isNextInItsInbox(effect, input),
    ...launchesSoundly(launch, record, input),
    [action.target === `task/${claim.inbox}/${claim.id}`, 'the target is another one'],
    [!action.disrupts, 'starting a task disrupts nothing'],
    [launch.mode === 'start' && launch.launch === 1, 'it is no first start'],
    [record.session === session.name && record.pool === pool, 'the record names another session'],
    [isNewAttempt(launch.attempt, input), 'its attempt is known already'],
    [isNobodys(launch, input), 'its conversation is known already'],
  ]);
}

function isFreeAndRested({ session, claim }: TaskStart, pool: string | null, input: PlanInput): Claims {
  const there = seenAs(session, input);
  const { pools, inboxes } = input.desired;
  const { at } = input.observed;
  const freedAt = there?.stamp?.freedAt ?? null;
  const rest = pool === null ? 0 : (pools[pool]?.cooldownMs ?? 0);
  return [
    [there?.panes[session.pane]?.dead === false, 'its holder does not live'],
    [there?.stamp?.work === null, 'it has a task already'],
    // A clock that was put back must not keep it resting for longer than it ever should.
    [freedAt === null || freedAt > at || freedAt + rest <= at, 'it still rests'],
    [pool !== null && inboxes[claim.inbox]?.pool === pool, 'its pool does not work for that inbox'],
  ];
}

function isNextInItsInbox(effect: TaskStart, input: PlanInput): Claims {
  const { claim, from, claimed, identity, record, recordPath, maxBytes } = effect;
  const spec = input.desired.inboxes[claim.inbox];
  const reading = input.observed.inboxes[claim.inbox];
  if (spec === undefined || reading?.ok !== true) return [[false, 'its inbox was not read']];
  const folders = queueFolders(spec.dir);
  const name = from.slice(folders.inbox.length + 1);
  const entry = Object.hasOwn(reading.value.entries, name) ? reading.value.entries[name] : undefined;
  if (entry?.type !== 'task') return [[false, 'no settled task of that name was seen']];
  const { task } = entry;
  return [
    ...asksOnlyWhatIsAllowed(effect.launch, task, input),
    [isNameIn(folders.inbox, from) && name.endsWith('.md'), 'it does not come out of its inbox'],
    [task.id === claim.id && effect.launch.id === claim.id, 'the file is another task'],
    [effect.launch.inbox === claim.inbox, 'the launch is for another inbox'],
    [entry.identity === identity, 'the file is another one by now'],
    [task.notBefore === null || task.notBefore <= input.observed.at, 'it is too early'],
    [!isClaimed(claim.id, reading.value), 'a task of that id is claimed'],
    [claim.attempt === effect.launch.attempt, 'it is claimed for another attempt'],
    [claim.session === effect.session.name, 'it is claimed for another session'],
    [claim.file === claimFile(claim), 'its claimed name is not of the form'],
    [
      claimed === `${folders.claimed}/${claim.file}` && isNameIn(folders.claimed, claimed),
      'it is not claimed',
    ],
    [
      recordPath === `${folders.attempts}/${recordFile(claim.id, claim.attempt)}`,
      'its record lies elsewhere',
    ],
    [record.file === name && record.sha256 === entry.sha256, 'the record is of another file'],
    [maxBytes === input.desired.tasks.maxBytes, 'it would read more than the file allows'],
  ];
}

function isClaimed(id: string, { claims }: ObservedInbox): boolean {
  return Object.values(claims).some((each) => each.id === id);
}

function isNewAttempt(attempt: string, input: PlanInput): boolean {
  const { tmux, runs, inboxes } = input.observed;
  const sessions = tmux.ok && tmux.value.type === 'up' ? Object.values(tmux.value.sessions) : [];
  const carried = sessions.some(({ stamp }) => stamp?.work?.attempt === attempt);
  const past = Object.values(inboxes).some(
    (reading) =>
      reading.ok &&
      Object.values(reading.value.history).some((all) => all.some((each) => each.attempt === attempt)),
  );
  return !Object.hasOwn(runs, attempt) && !carried && !past;
}

/** Whether no other attempt and no agent of an operator's is in this conversation; one that is not known yet is new. */
function isNobodys({ conversation, attempt }: LaunchRequest, { observed }: PlanInput): boolean {
  const others = Object.entries(observed.runs).filter(([each]) => each !== attempt);
  const taken = [
    ...others.map(([, { record }]) => (record.ok ? record.value?.conversation : null)),
    ...Object.values(observed.operators).flatMap((all) => all.map((each) => each.conversation)),
  ];
  return conversation === null || !taken.includes(conversation);
}

/** A conversation goes on only in the session that has it, when its agent has ended and its task has not. */
export function relaunchesOnlyWhatEnded(
  action: ActionOf<'session.relaunch'>,
  input: PlanInput,
): readonly string[] {
  const { session, attempt, launch, record, recordPath } = action.effect;
  const run = input.observed.runs[attempt];
  const before = run?.record.ok === true ? run.record.value : null;
  const inbox = input.desired.inboxes[launch.inbox];
  const folder = inbox === undefined ? '' : queueFolders(inbox.dir).attempts;
  return broken(`session.relaunch of ${session.name}`, [
    ...isOurs(session, input),
    ...nobodyTypes(session, input),
    ...notSuspended(input, [`session/${session.name}`, `pool/${poolOf(session.name, input) ?? ''}`]),
    ...launchesSoundly(launch, record, input),
    ...goesOnInItsPlace(action.effect, input),
    [launch.attempt === attempt && launch.mode === 'resume', 'it would begin anew'],
    [run !== undefined && run.claim !== null, 'its task is over'],
    [run?.word === null, 'something was said about its task'],
    [run !== undefined && run.agent?.alive !== true, 'its agent lives'],
    [input.agents[launch.agent]?.resumes === true, 'its agent cannot go on'],
    [before !== null && before.conversation === launch.conversation, 'it would be another conversation'],
    [isNobodys(launch, input), 'its conversation is of another, too'],
    [before !== null && before.cwd === launch.cwd, 'it would be in another folder'],
    [before !== null && record.launches === before.launches + 1, 'it miscounts the launches'],
    [recordPath === `${folder}/${recordFile(launch.id, attempt)}`, 'its record lies elsewhere'],
  ]);
}

/** In the session that carries it; or, where none does any more, in one that carries nothing, under a new claim. */
function goesOnInItsPlace(effect: SessionRelaunch, input: PlanInput): Claims {
  const { session, attempt, launch, moves, from } = effect;
  const spec = input.desired.inboxes[launch.inbox];
  const claimed = spec === undefined ? '' : queueFolders(spec.dir).claimed;
  const there = seenAs(session, input);
  const work = there?.stamp?.work ?? null;
  const dead = there?.panes[session.pane]?.dead;
  const claim = input.observed.runs[attempt]?.claim ?? null;
  const { tmux } = input.observed;
  const sessions = tmux.ok && tmux.value.type === 'up' ? Object.values(tmux.value.sessions) : [];
  const others = sessions.filter(({ id, stamp }) => id !== session.id && stamp?.work?.attempt === attempt);
  const renamed = `${claimed}/${claimFile({ id: launch.id, session: session.name, attempt })}`;
  return [
    [from === 'free' ? work === null : work?.attempt === attempt, 'it carries something else'],
    [from !== 'reserved' || work?.phase === null, 'it is more than reserved'],
    [dead === effect.dead, 'it is mistaken whether its process has ended'],
    [
      from === 'reserved' || effect.dead === (from === 'ended'),
      'something still runs in it, or nothing does',
    ],
    [others.length === 0, 'another session carries the attempt'],
    [moves !== null || claim?.session === session.name, 'its task belongs to another session'],
    [
      moves === null || (claim !== null && moves.claimed === `${claimed}/${claim.file}`),
      'no such task was seen claimed',
    ],
    [moves === null || (moves.to === renamed && isNameIn(claimed, renamed)), 'it would go somewhere else'],
  ];
}

/** Text goes only to an agent of ours that is asked for it, one step at a time. */
export function submitsOnlyInStep(action: ActionOf<'task.submit'>, input: PlanInput): readonly string[] {
  const { session, attempt, runDir, from, to } = action.effect;
  const there = seenAs(session, input);
  const pane = there?.panes[session.pane];
  const run = input.observed.runs[attempt];
  const screen = run?.facts.screen ?? null;
  const record = run?.record.ok === true ? run.record.value : null;
  const steps = ['started pasted', 'pasted submitted', 'submitted resubmitted', 'resubmitted resubmitted'];
  const box = screen?.box ?? null;
  return broken(`task.submit in ${session.name}`, [
    ...isOurs(session, input),
    ...nobodyTypes(session, input),
    ...notSuspended(input, [`session/${session.name}`, `pool/${poolOf(session.name, input) ?? ''}`]),
    [there?.stamp?.work?.attempt === attempt && there.stamp.work.phase === from, 'it is at another step'],
    [steps.includes(`${from} ${to}`), `nothing leads from ${from} to ${to}`],
    [pane?.dead === false && !pane.inMode && !pane.inputOdd, 'its input does not reach the agent'],
    [run?.claim?.session === session.name, 'its task is not claimed for it'],
    [run?.agent?.alive === true, 'its agent does not live'],
    [run?.word === null, 'something was said about its task'],
    [record?.delivery === 'paste', 'its prompt is not pasted'],
    [runDir === `${input.runsDir}/${attempt}`, 'its run folder is another one'],
    [screen !== null && screen.verdict.dialog === null, 'something else would get the keys'],
    [
      from === 'started' ? box?.text === '' && !box.pasted : box !== null,
      'its input box is not as it must be',
    ],
    [
      from === 'started' || (box !== null && (box.text !== '' || box.pasted)),
      'no text of ours is in the box',
    ],
  ]);
}
