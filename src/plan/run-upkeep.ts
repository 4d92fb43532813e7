import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf } from '../model/plan.ts';
import { queueFolders, recordFile } from '../model/queue.ts';
import { pointerStep } from '../model/source.ts';
import type { AttemptEnd, AttemptRecord, Claim } from '../model/task.ts';
import { submission } from './delivery.ts';
import type { Hold } from './draft.ts';
import { durationWords } from './duration.ts';
import { backingOff, firstHold, suspended } from './holds.ts';
import type { Judgement } from './judge.ts';
import { launchOf } from './launch.ts';
import { homeOf } from './launch-account.ts';
import { neverStarted, type Run } from './runs.ts';
import { folderHold, inheritedHold, typingHold } from './session-holds.ts';
import { words } from './session-proposal.ts';
import { poolPlaces } from './sight.ts';
import type { TaskProposal } from './task-proposal.ts';

/** How long an agent has to end by itself after SIGTERM. */
const GRACE_MS = 10_000;
/** A turn that failed goes on so long after it, by how often it did before. */
const CONTINUE_DELAYS_MS = [5_000, 30_000, 120_000] as const;
/** So often a turn that ended in an error goes on where the task does not say (SPEC §5.5). */
const CONTINUES = 3;

/** What is next for one attempt; null: nothing. One step at a time: the next look plans the one behind it. */
export function runUpkeep(input: PlanInput, run: Run): TaskProposal | null {
  if (run.run.claim === null) return afterTask(input, run);
  if (neverStarted(run.run, run.carrier)) return unclaim(input, run, run.run.claim);
  const { judgement } = run;
  // Without its record nothing says what it was; once nothing of it lives it has ended somehow.
  if (judgement === null) return withoutRecord(input, run, run.run.claim);
  const { next } = judgement;
  switch (next.type) {
    case 'go-on':
      return submission(input, run, judgement);
    case 'finish':
      return finished(input, run, judgement, next);
    case 'interrupted':
      return interrupted(input, run, judgement, next.detail);
    case 'turn-failed':
      return turnFailed(input, run, judgement, next.at, next.detail);
  }
}

/** Its task has left `claimed/`: the agent is ended, then its session is free again. */
function afterTask(input: PlanInput, run: Run): TaskProposal | null {
  const { carrier } = run;
  if (neverStarted(run.run, carrier)) return carrier === null ? null : unclaim(input, run, null);
  // That no claim was seen says something only where its inbox could be read.
  if (run.record === null || input.observed.inboxes[run.record.inbox]?.ok !== true) return null;
  if (run.run.agent?.alive === true) return ending(input, run, 'task-over', 'its task is over');
  return carrier?.ended === true && !goesWhole(input, run) ? freed(input, run) : null;
}

/** Whether its session, whose task is over and whose agent has ended, has no place any more and is to be stopped as it is. */
export function goesWhole(input: PlanInput, { run, record, carrier }: Run): boolean {
  if (run.claim !== null || run.agent?.alive === true || carrier?.owned == null || !carrier.ended)
    return false;
  if (record === null || input.observed.inboxes[record.inbox]?.ok !== true) return false;
  return input.desired.reconcile.prune === 'owned' && poolPlaces(input.desired.pools)(carrier.name) === null;
}

function ending(
  input: PlanInput,
  run: Run,
  reason: 'task-over' | 'turn-failed',
  why: string,
): TaskProposal | null {
  const { agent, endingSince, runDir } = run.run;
  if (agent === null || !agent.alive) return null;
  const { at } = input.observed;
  if (endingSince !== null && endingSince + GRACE_MS > at && endingSince <= at) return null;
  const signal = endingSince === null ? 'SIGTERM' : 'SIGKILL';
  const because =
    signal === 'SIGTERM'
      ? `${why}; its agent still runs as pid ${String(agent.pid)}`
      : `${why}; pid ${String(agent.pid)} has not ended ${durationWords(at - (endingSince ?? at))} after SIGTERM`;
  const target = addressOf(run);
  const action: ActionOf<'agent.stop'> = {
    ...words(input.desired, target, reason, because, sourceOfRun(run), false),
    type: 'agent.stop',
    effect: {
      type: 'agent.stop',
      attempt: run.attempt,
      launchDir: `${runDir}/${String(run.record?.launches ?? 1)}`,
      pid: agent.pid,
      start: agent.start,
      signal,
    },
  };
  const session = run.carrier?.session;
  const hold = firstHold(
    handsOff(input, run),
    session === undefined ? null : typingHold(input, session.typedAt),
    backingOff(input, target),
  );
  return { at: 'agents', action, hold, from: 'running', to: signal === 'SIGTERM' ? 'signalled' : 'ended' };
}

function freed(input: PlanInput, run: Run): TaskProposal | null {
  const { carrier } = run;
  if (carrier?.owned == null) return null;
  const place = poolPlaces(input.desired.pools)(carrier.name);
  const cwd = place?.spec.cwd ?? run.record?.cwd ?? '/';
  const target = `session/${carrier.name}`;
  const action: ActionOf<'session.recreate'> = {
    ...words(input.desired, target, 'task-over', 'its task is over and its agent has ended', '/pools', false),
    type: 'session.recreate',
    effect: {
      type: 'session.recreate',
      session: carrier.owned,
      pool: place?.pool ?? run.record?.pool ?? 'none',
      cwd,
      frees: run.attempt,
      at: input.observed.at,
    },
  };
  const hold = firstHold(
    handsOff(input, run),
    inheritedHold(input),
    typingHold(input, carrier.session.typedAt),
    place === null ? null : folderHold(input, cwd),
    backingOff(input, target),
  );
  return { at: 'work', action, hold, from: 'spent', to: 'free' };
}

function unclaim(input: PlanInput, run: Run, claim: Claim | null): TaskProposal | null {
  const { carrier, record } = run;
  // A session that cannot be named safely is left as it is.
  if (carrier !== null && carrier.owned === null) return null;
  const folders = claim === null ? null : foldersOf(input, claim.inbox);
  const target = claim === null ? `session/${carrier?.name ?? ''}` : `task/${claim.inbox}/${claim.id}`;
  const file = record?.file ?? `${claim?.id ?? 'task'}.md`;
  const action: ActionOf<'task.unclaim'> = {
    ...words(
      input.desired,
      target,
      'never-started',
      'it was reserved, and its agent was never started',
      sourceOfRun(run),
      false,
    ),
    type: 'task.unclaim',
    effect: {
      type: 'task.unclaim',
      attempt: run.attempt,
      launchDir: `${run.run.runDir}/1`,
      session: carrier?.owned ?? null,
      claimed: claim === null || folders === null ? null : `${folders.claimed}/${claim.file}`,
      to: folders === null ? null : `${folders.inbox}/${file}`,
      otherwise: folders === null ? null : `${folders.inbox}/${besides(file, run.attempt)}`,
      recordPath:
        claim === null || folders === null
          ? null
          : `${folders.attempts}/${recordFile(claim.id, claim.attempt)}`,
    },
  };
  const hold = firstHold(handsOff(input, run), backingOff(input, target));
  return { at: 'tasks', action, hold, from: 'stuck', to: 'inbox' };
}

function finished(
  input: PlanInput,
  run: Run,
  judgement: Judgement,
  { result, reason, detail }: Pick<AttemptEnd, 'reason' | 'detail'> & { readonly result: 'done' | 'failed' },
): TaskProposal | null {
  const { claim } = run.run;
  const folders = claim === null ? null : foldersOf(input, claim.inbox);
  if (claim === null || folders === null) return null;
  const end: AttemptEnd = {
    result,
    reason,
    detail,
    at: input.observed.at,
    lastLines: lastLines(run),
  };
  const file = run.record?.file ?? `${claim.id}.md`;
  const target = `task/${claim.inbox}/${claim.id}`;
  const because = `${detail}; ${judgement.state} by ${witnessWords(judgement)}`;
  const action: ActionOf<'task.finish'> = {
    ...words(
      input.desired,
      target,
      result === 'done' ? 'task-done' : 'task-failed',
      because,
      sourceOfRun(run),
      false,
    ),
    type: 'task.finish',
    effect: {
      type: 'task.finish',
      claimed: `${folders.claimed}/${claim.file}`,
      to: `${folders[result]}/${file}`,
      otherwise: `${folders[result]}/${besides(file, run.attempt)}`,
      record: run.record === null ? null : { ...run.record, end },
      recordPath: `${folders.attempts}/${recordFile(claim.id, claim.attempt)}`,
    },
  };
  const hold = firstHold(suspended(input, [target, `inbox/${claim.inbox}`]), backingOff(input, target));
  return { at: 'tasks', action, hold, from: 'claimed', to: result };
}

/** Back to the inbox where the task allows another attempt, else failed. By itself it never runs twice. */
function interrupted(input: PlanInput, run: Run, judgement: Judgement, detail: string): TaskProposal | null {
  const { claim } = run.run;
  const { record } = run;
  const folders = claim === null ? null : foldersOf(input, claim.inbox);
  if (claim === null || folders === null) return null;
  if (record === null || (record.retries ?? 0) < record.number) {
    return finished(input, run, judgement, { result: 'failed', reason: 'interrupted', detail });
  }
  const end: AttemptEnd = {
    result: 'returned',
    reason: 'interrupted',
    detail,
    at: input.observed.at,
    lastLines: lastLines(run),
  };
  const target = `task/${claim.inbox}/${claim.id}`;
  const because = `${detail}; attempt ${String(record.number)} of ${String((record.retries ?? 0) + 1)}`;
  const action: ActionOf<'task.return'> = {
    ...words(input.desired, target, 'interrupted', because, sourceOfRun(run), false),
    type: 'task.return',
    effect: {
      type: 'task.return',
      claimed: `${folders.claimed}/${claim.file}`,
      to: `${folders.inbox}/${record.file}`,
      otherwise: `${folders.inbox}/${besides(record.file, run.attempt)}`,
      record: { ...record, end },
      recordPath: `${folders.attempts}/${recordFile(claim.id, claim.attempt)}`,
    },
  };
  const hold = firstHold(suspended(input, [target, `inbox/${claim.inbox}`]), backingOff(input, target));
  return { at: 'tasks', action, hold, from: 'claimed', to: 'inbox' };
}

/** The agent is ended; then, after a while, its conversation goes on in the same session. */
function turnFailed(
  input: PlanInput,
  run: Run,
  judgement: Judgement,
  failedAt: number,
  detail: string,
): TaskProposal | null {
  const { record, carrier } = run;
  const resumes = record !== null && input.agents[record.agent]?.resumes === true;
  if (record === null) return null;
  const allowed = record.retries ?? CONTINUES;
  if (!resumes || record.launches > allowed) {
    const after = `${String(record.launches)} turn(s) ended in an error, the last: ${detail}`;
    return finished(input, run, judgement, { result: 'failed', reason: 'agent-error', detail: after });
  }
  if (run.run.agent?.alive === true) return ending(input, run, 'turn-failed', `its turn failed: ${detail}`);
  if (carrier === null) return interrupted(input, run, judgement, `its session is gone after: ${detail}`);
  if (carrier.owned === null || !carrier.ended) return null;
  return relaunch(input, run, carrier.owned, record, failedAt, detail);
}

function relaunch(
  input: PlanInput,
  run: Run,
  session: NonNullable<NonNullable<Run['carrier']>['owned']>,
  before: AttemptRecord,
  failedAt: number,
  detail: string,
): TaskProposal {
  const { at } = input.observed;
  const record: AttemptRecord = { ...before, launches: before.launches + 1, launchedAt: at };
  const account =
    record.account === null
      ? ({ ok: true, account: null, home: null } as const)
      : homeOf(input, record.account);
  const target = `session/${session.name}`;
  const because = `its turn failed (${detail}); conversation ${record.conversation} goes on, start ${String(record.launches)}`;
  const action: ActionOf<'session.relaunch'> = {
    ...words(input.desired, target, 'turn-failed', because, sourceOfRun(run), false),
    type: 'session.relaunch',
    effect: {
      type: 'session.relaunch',
      session,
      attempt: run.attempt,
      launch: launchOf(input, record, account.ok ? account.home : null, 'resume'),
      record,
      recordPath: `${foldersOf(input, record.inbox)?.attempts ?? ''}/${recordFile(record.id, record.attempt)}`,
      moves: null,
    },
  };
  const delay = CONTINUE_DELAYS_MS[Math.min(before.launches, CONTINUE_DELAYS_MS.length) - 1] ?? 0;
  const hold = firstHold(
    handsOff(input, run),
    inheritedHold(input),
    typingHold(input, run.carrier?.session.typedAt ?? null),
    account.ok ? null : account.hold,
    folderHold(input, record.cwd),
    failedAt + delay > at && failedAt <= at
      ? { reason: 'backing-off', because: `its turn failed: ${detail}`, until: failedAt + delay }
      : null,
    backingOff(input, target),
  );
  return { at: 'work', action, hold, from: 'paused', to: 'running' };
}

function withoutRecord(input: PlanInput, run: Run, claim: Claim): TaskProposal | null {
  const lives = run.run.agent?.alive === true || (run.carrier !== null && !run.carrier.ended);
  // A record that cannot be read now may be read later; one that is missing never will be.
  if (lives || !run.run.record.ok || claim === null) return null;
  const judgement: Judgement = { state: 'exited', witnesses: [], question: null, next: { type: 'go-on' } };
  const detail = 'nothing of it runs any more, and its record is missing';
  return finished(input, run, judgement, { result: 'failed', reason: 'interrupted', detail });
}

function handsOff(input: PlanInput, { carrier, record, run }: Run): Hold | null {
  const place = carrier === null ? null : poolPlaces(input.desired.pools)(carrier.name);
  return suspended(input, [
    ...(carrier === null ? [] : [`session/${carrier.name}`]),
    ...(place === null ? [] : [`pool/${place.pool}`]),
    ...(record === null ? [] : [`inbox/${record.inbox}`, `task/${record.inbox}/${record.id}`]),
    ...(run.claim === null ? [] : [`task/${run.claim.inbox}/${run.claim.id}`]),
  ]);
}

/** The folders of a declared inbox; null: it is not declared any more, and nothing of it is touched. */
function foldersOf(input: PlanInput, inbox: string): ReturnType<typeof queueFolders> | null {
  const spec = input.desired.inboxes[inbox];
  return spec === undefined ? null : queueFolders(spec.dir);
}

function addressOf({ record, run, carrier, attempt }: Run): string {
  if (run.claim !== null) return `task/${run.claim.inbox}/${run.claim.id}`;
  if (record !== null) return `task/${record.inbox}/${record.id}`;
  return `session/${carrier?.name ?? attempt}`;
}

function sourceOfRun({ record, run }: Run): string {
  const inbox = run.claim?.inbox ?? record?.inbox;
  return inbox === undefined ? '/pools' : `/inboxes/${pointerStep(inbox)}`;
}

/** The name beside a name that is taken. */
export function besides(file: string, token: string): string {
  return file.endsWith('.md') ? `${file.slice(0, -3)}@${token}.md` : `${file}@${token}`;
}

function lastLines({ run }: Run): readonly string[] {
  const { transcript, screen } = run.facts;
  const said = transcript?.lastLines ?? [];
  return said.length > 0 ? said : (screen?.lastLines ?? []);
}

function witnessWords({ witnesses }: Judgement): string {
  const first = witnesses.find(({ source }) => source !== 'process') ?? witnesses[0];
  return first === undefined ? 'no witness' : `${first.source}, which says ${first.says}`;
}
