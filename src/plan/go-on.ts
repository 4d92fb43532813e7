import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf, OwnedPoolSession } from '../model/plan.ts';
import { claimFile, recordFile } from '../model/queue.ts';
import type { AttemptRecord } from '../model/task.ts';
import type { Reason } from '../model/words.ts';
import type { Hold } from './draft.ts';
import { durationWords } from './duration.ts';
import { ending } from './ending.ts';
import { backingOff, firstHold, suspended } from './holds.ts';
import { accountTakingOver, homeOf, type LaunchAccount, launchAccount } from './launch-account.ts';
import { launchOf } from './launch.ts';
import { limitIsOver } from './quota/over.ts';
import { foldersOf, handsOff, resumes, sourceOfRun } from './run-parts.ts';
import type { Run } from './runs.ts';
import { folderHold, inheritedHold, typingHold } from './session-holds.ts';
import { words } from './session-proposal.ts';
import type { TaskProposal } from './task-proposal.ts';
import { exhaustedUntil } from './wanted-account.ts';

/** For agents without accounts. */
export const NO_ACCOUNT: LaunchAccount = { ok: true, account: null, home: null };

/** Where nothing says when a limit ends, a task without an account is tried again after this. */
const ASSUMED_MS = 3_600_000;

/** A limit ended its turn: once its account is known to have no quota, its record says that it waits. */
export function parking(input: PlanInput, run: Run, resetsAt: number | null): TaskProposal | null {
  const { record } = run;
  const folders = record === null ? null : foldersOf(input, record.inbox);
  // One that cannot go on after its process has ended is left to wait for its limit.
  if (record === null || folders === null || !resumes(input, record)) return null;
  const { at } = input.observed;
  const until =
    record.account === null ? (resetsAt ?? at + ASSUMED_MS) : exhaustedUntil(input, record.account);
  // Only suspected: it is looked at again.
  if (until === null && !limitIsOver(input, record, run.run.facts)) return null;
  const next = accountFor(input, record);
  const atOnce = until === null || (next.ok && next.account !== null);
  const parkedUntil = atOnce ? at : earliest(input, record, until);
  const target = `task/${record.inbox}/${record.id}`;
  const under = next.ok && next.account !== null ? ` under ${next.account}` : '';
  const successor = atOnce ? null : accountTakingOver(input, record.agent);
  const onward =
    successor === null
      ? atOnce
        ? under
        : ` in ${durationWords(parkedUntil - at)}`
      : ` under ${successor}, which takes over now`;
  const because =
    until === null
      ? `the limit that ended its turn is over, as far as can be told; it goes on${under}`
      : `${record.account ?? 'its agent'} has no quota left; it goes on${onward}`;
  const action: ActionOf<'task.park'> = {
    ...words(input.desired, target, 'quota', because, sourceOfRun(run), false),
    type: 'task.park',
    effect: {
      type: 'task.park',
      record: { ...record, parkedUntil },
      recordPath: `${folders.attempts}/${recordFile(record.id, record.attempt)}`,
    },
  };
  const hold = firstHold(suspended(input, [target, `inbox/${record.inbox}`]), backingOff(input, target));
  return { at: 'tasks', action, hold, from: 'claimed', to: 'parked' };
}

/** A parked task: its agent is ended, then it goes on as soon as an account can take it. */
export function afterParking(input: PlanInput, run: Run): TaskProposal | null {
  if (run.run.agent?.alive === true) return ending(input, run, 'quota', 'its account has no quota left');
  return goesOn(input, run);
}

/** Its conversation goes on, in its own session or, where that is gone, in one it is given later. */
export function goesOn(input: PlanInput, run: Run): TaskProposal | null {
  const { record, carrier } = run;
  if (record === null || carrier?.owned == null) return null;
  const reserved = carrier.session.stamp?.work?.phase == null;
  if (!reserved && !carrier.ended) return null;
  return goesOnIn(input, run, carrier.owned, reserved ? 'reserved' : 'ended');
}

/** Its conversation goes on in this session, under the account that can take it. */
export function goesOnIn(
  input: PlanInput,
  run: Run,
  session: OwnedPoolSession,
  from: 'ended' | 'free' | 'reserved',
): TaskProposal | null {
  const { record } = run;
  if (record === null) return null;
  const account = accountFor(input, record);
  const under = account.ok && account.account !== null ? ` under ${account.account}` : '';
  return relaunch(
    input,
    run,
    session,
    {
      record,
      account,
      reason: 'goes-on',
      because: `${waitedFor(record)}; its conversation goes on${under}`,
      hold: parkedHold(input, record, account),
    },
    from,
  );
}

/** A start that was cut off before its agent was there leaves a record that waits for nothing. */
function waitedFor({ parkedUntil }: AttemptRecord): string {
  return parkedUntil === null ? 'its last start was cut off' : 'it waited for quota';
}

export interface Relaunch {
  /** As it was, but for what the reason changes. */
  readonly record: AttemptRecord;
  readonly account: LaunchAccount;
  readonly reason: Extract<Reason, 'turn-failed' | 'goes-on'>;
  readonly because: string;
  readonly hold: Hold | null;
}

/** Starts the agent of an attempt again, with its conversation. */
export function relaunch(
  input: PlanInput,
  run: Run,
  session: OwnedPoolSession,
  { record: before, account, reason, because, hold }: Relaunch,
  from: 'ended' | 'free' | 'reserved' = 'ended',
): TaskProposal | null {
  const { at } = input.observed;
  const folders = foldersOf(input, before.inbox);
  const { claim } = run.run;
  if (folders === null || claim === null || !resumes(input, before)) return null;
  const record: AttemptRecord = {
    ...before,
    ...(input.agents[before.agent]?.resumeDelivery === 'paste' ? { delivery: 'paste' } : {}),
    session: session.name,
    account: account.ok ? account.account : before.account,
    launches: before.launches + 1,
    launchedAt: at,
    parkedUntil: null,
  };
  const target = `session/${session.name}`;
  const moved = claimFile({ ...claim, session: session.name });
  const action: ActionOf<'session.relaunch'> = {
    ...words(
      input.desired,
      target,
      reason,
      `${because}, start ${String(record.launches)}`,
      sourceOfRun(run),
      false,
    ),
    type: 'session.relaunch',
    effect: {
      type: 'session.relaunch',
      session,
      attempt: run.attempt,
      launch: launchOf(input, record, account.ok ? account.home : null, 'resume'),
      record,
      recordPath: `${folders.attempts}/${recordFile(record.id, record.attempt)}`,
      from,
      dead: from !== 'free' && run.carrier?.ended === true,
      moves:
        claim.file === moved
          ? null
          : { claimed: `${folders.claimed}/${claim.file}`, to: `${folders.claimed}/${moved}` },
    },
  };
  const holds = firstHold(
    handsOff(input, run),
    openElsewhere(input, record),
    tooYoung(input, record),
    inheritedHold(input),
    typingHold(input, run.carrier?.session.typedAt ?? null),
    hold,
    account.ok ? null : account.hold,
    folderHold(input, record.cwd),
    backingOff(input, target),
  );
  return { at: 'work', action, hold: holds, from: 'paused', to: 'running' };
}

/** Some agents name what they keep of a conversation by the minute, and harm it when it goes on within the same one. */
function tooYoung({ agents, observed }: PlanInput, { agent, startedAt }: AttemptRecord): Hold | null {
  const until = startedAt + (agents[agent]?.resumeAfterMs ?? 0);
  if (until <= observed.at || startedAt > observed.at) return null;
  return { reason: 'backing-off', because: `its agent ${agent} cannot go on so soon after it began`, until };
}

/** One live process per conversation: somebody may have gone on with it by hand. */
function openElsewhere({ observed }: PlanInput, { conversation, attempt }: AttemptRecord): Hold | null {
  if (conversation === null) return null;
  const operator = Object.entries(observed.operators).find(([, agents]) =>
    agents.some((each) => each.conversation === conversation),
  );
  const other = Object.entries(observed.runs).find(
    ([each, { record }]) => each !== attempt && record.ok && record.value?.conversation === conversation,
  );
  if (operator === undefined && other === undefined) return null;
  const where = operator === undefined ? `attempt ${other?.[0] ?? ''}` : `session ${operator[0]}`;
  return { reason: 'in-use', because: `its conversation is also that of ${where}`, until: null };
}

/** Under which account a conversation can go on now: the active one, or its own where only that has it. */
function accountFor(input: PlanInput, record: AttemptRecord): LaunchAccount {
  if (record.account === null) return NO_ACCOUNT;
  const active = launchAccount(input, record.agent);
  if (!active.ok || active.account === null) return active;
  if (active.account === record.account || isShared(input, record.agent)) {
    return exhaustedUntil(input, active.account) === null ? active : parked(input, active.account);
  }
  if (exhaustedUntil(input, record.account) === null) return homeOf(input, record.account);
  const because = `its conversation is in the home of ${record.account}, which ${active.account} does not share`;
  return { ok: false, hold: { reason: 'not-shared', because, until: exhaustedUntil(input, record.account) } };
}

/** Whether the accounts of an agent share what a conversation needs to go on under another one. */
export function isShared({ desired, agents }: PlanInput, agent: string): boolean {
  const shared = desired.sharedState?.entries[agent] ?? [];
  return (agents[agent]?.resumeShares ?? []).every((entry) => shared.includes(entry));
}

function parked(input: PlanInput, account: string): LaunchAccount {
  const until = exhaustedUntil(input, account);
  return { ok: false, hold: { reason: 'parked', because: `${account} has no quota left`, until } };
}

/** Its own time counts only where nothing else says that it can go on. */
function parkedHold(
  input: PlanInput,
  { account, parkedUntil }: AttemptRecord,
  next: LaunchAccount,
): Hold | null {
  if (next.ok && next.account !== null) return null;
  if (account !== null || parkedUntil === null || parkedUntil <= input.observed.at) return null;
  return { reason: 'parked', because: 'a limit ended its turn', until: parkedUntil };
}

/** When the first account of its agent has quota again, or `until` where none is known to have it sooner. */
function earliest(input: PlanInput, { agent }: AttemptRecord, until: number): number {
  const times = (input.desired.activeAccounts[agent]?.prefer ?? []).flatMap((account) => {
    const ends = exhaustedUntil(input, account);
    return ends === null ? [] : [ends];
  });
  return Math.min(until, ...times);
}
