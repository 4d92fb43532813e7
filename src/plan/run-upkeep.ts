import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf } from '../model/plan.ts';
import { recordFile } from '../model/queue.ts';
import type { AttemptEnd, Claim } from '../model/task.ts';
import { submission } from './delivery.ts';
import type { Hold } from './draft.ts';
import { backingOff, firstHold, suspended } from './holds.ts';
import { type Judgement, timeoutOf } from './judge.ts';
import { homeOf } from './launch-account.ts';
import { afterParking, goesOn, NO_ACCOUNT, parking, relaunch } from './go-on.ts';
import { besides, foldersOf, handsOff, sourceOfRun } from './run-parts.ts';
import { ending } from './ending.ts';
import { isPaused, neverStarted, type Run } from './runs.ts';
import { folderHold, inheritedHold, typingHold } from './session-holds.ts';
import { words } from './session-proposal.ts';
import { poolPlaces } from './sight.ts';
import type { TaskProposal } from './task-proposal.ts';

/** A turn that failed goes on so long after it, by how often it did before. */
const CONTINUE_DELAYS_MS = [5_000, 30_000, 120_000] as const;
/** So often a turn that ended in an error goes on where the task does not say (SPEC §5.5). */
const CONTINUES = 3;

/** What is next for one attempt; null: nothing. One step at a time: the next look plans the one behind it. */
export function runUpkeep(input: PlanInput, run: Run): TaskProposal | null {
  if (isAnothersRun(input, run)) return null;
  if (run.run.claim === null) return afterTask(input, run);
  // What was said of it counts, even where its agent never started.
  if (run.run.word === null && neverStarted(run.run, run.carrier)) return unclaim(input, run, run.run.claim);
  const { judgement } = run;
  if (run.run.word === null && isPaused(run) && resumes(input, run)) {
    const late = run.record === null ? null : timeoutOf({ record: run.record, now: input.observed.at });
    return late === null || judgement === null ? goesOn(input, run) : finished(input, run, judgement, late);
  }
  // Without its record nothing says what it was; once nothing of it lives it has ended somehow.
  if (judgement === null) return withoutRecord(input, run, run.run.claim);
  // A crash came between the record and the move: what was decided is carried out.
  const end = run.record?.end ?? null;
  if (end !== null) return ended(input, run, judgement, end);
  const { next } = judgement;
  if (next.type === 'interrupted' && isPaused(run)) {
    // What was prepared for it may still be taken by a start that comes late, so it is not tried again by itself.
    const detail = 'it was to go on, and its agent cannot any more';
    return finished(input, run, judgement, { result: 'failed', reason: 'interrupted', detail });
  }
  switch (next.type) {
    case 'go-on':
      return submission(input, run, judgement);
    case 'finish':
      return finished(input, run, judgement, next);
    case 'interrupted':
      return interrupted(input, run, judgement, next.detail);
    case 'turn-failed':
      return turnFailed(input, run, judgement, next.at, next.detail);
    case 'orphaned':
      return ending(input, run, 'interrupted', 'its launcher is gone, and nobody can reach it');
    case 'limited':
      return parking(input, run, next.resetsAt);
    case 'parked':
      return run.run.agent?.alive === true || resumes(input, run)
        ? afterParking(input, run)
        : interrupted(input, run, judgement, 'it was parked, and its agent cannot go on');
  }
}

function resumes({ agents }: PlanInput, { record }: Run): boolean {
  return record !== null && agents[record.agent]?.resumes === true;
}

/** Two fleets with one inbox: what the other one runs is its own. */
function isAnothersRun({ desired }: PlanInput, { record }: Run): boolean {
  return record !== null && record.fleet !== desired.name;
}

/** Its task has left `claimed/`: the agent is ended, then its session is free again. */
function afterTask(input: PlanInput, run: Run): TaskProposal | null {
  const { carrier } = run;
  const reserved = carrier !== null && carrier.session.stamp?.work?.phase === null;
  // Reserved for a start that never came, the first or a later one.
  if (reserved || neverStarted(run.run, carrier)) return carrier === null ? null : unclaim(input, run, null);
  // That no claim was seen says something only where its inbox could be read.
  if (run.record === null) return null;
  if (input.observed.inboxes[run.record.inbox]?.ok !== true) {
    // Of an inbox that is not declared any more nothing is known but what is dead: its session is free again.
    const undeclared = !Object.hasOwn(input.desired.inboxes, run.record.inbox);
    return undeclared && run.run.agent?.alive !== true && carrier?.ended === true ? freed(input, run) : null;
  }
  if (run.run.agent?.alive === true) return ending(input, run, 'task-over', 'its task is over');
  return carrier?.ended === true && !goesWhole(input, run) ? freed(input, run) : null;
}

/** Whether its session, whose task is over and whose agent has ended, has no place any more and is to be stopped as it is. */
export function goesWhole(input: PlanInput, { run, record, carrier }: Run): boolean {
  if (run.claim !== null || run.agent?.alive === true || carrier?.owned == null || !carrier.ended)
    return false;
  if (record === null || input.observed.inboxes[record.inbox]?.ok !== true) return false;
  if (carrier.session.stamp?.work?.phase == null) return false;
  return input.desired.reconcile.prune === 'owned' && poolPlaces(input.desired.pools)(carrier.name) === null;
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
      // What a later start was prepared with can start nothing: its session is not reserved for it any more.
      launchDir: (record?.launches ?? 1) > 1 ? null : `${run.run.runDir}/1`,
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
  const hold = firstHold(handsOff(input, run), inheritedHold(input), backingOff(input, target));
  return { at: 'tasks', action, hold, from: 'stuck', to: 'inbox' };
}

function finished(
  input: PlanInput,
  run: Run,
  judgement: Judgement,
  end: Pick<AttemptEnd, 'result' | 'reason' | 'detail'>,
): TaskProposal | null {
  const { result, reason, detail } = end;
  const { at } = input.observed;
  return ended(input, run, judgement, { result, reason, detail, at, lastLines: lastLines(run) });
}

/** Its task leaves `claimed/`, as its end says. */
function ended(input: PlanInput, run: Run, judgement: Judgement, end: AttemptEnd): TaskProposal | null {
  const { claim } = run.run;
  const folders = claim === null ? null : foldersOf(input, claim.inbox);
  if (claim === null || folders === null) return null;
  const { result, detail } = end;
  const file = run.record?.file ?? `${claim.id}.md`;
  const target = `task/${claim.inbox}/${claim.id}`;
  const folder = result === 'returned' ? folders.inbox : folders[result];
  const places = {
    claimed: `${folders.claimed}/${claim.file}`,
    to: `${folder}/${file}`,
    otherwise: `${folder}/${besides(file, run.attempt)}`,
    record: run.record === null ? null : { ...run.record, end },
    recordPath: `${folders.attempts}/${recordFile(claim.id, claim.attempt)}`,
  };
  const because = `${detail}; ${judgement.state} by ${witnessWords(judgement)}`;
  const about = words(input.desired, target, REASONS[result], because, sourceOfRun(run), false);
  const hold = firstHold(suspended(input, [target, `inbox/${claim.inbox}`]), backingOff(input, target));
  if (result === 'returned') {
    const action = { ...about, type: 'task.return', effect: { type: 'task.return', ...places } } as const;
    return { at: 'tasks', action, hold, from: 'claimed', to: 'inbox' };
  }
  const action = { ...about, type: 'task.finish', effect: { type: 'task.finish', ...places } } as const;
  return { at: 'tasks', action, hold, from: 'claimed', to: result };
}

const REASONS = { done: 'task-done', failed: 'task-failed', returned: 'interrupted' } as const;

/** Back to the inbox where the task allows another attempt, else failed. By itself it never runs twice. */
function interrupted(input: PlanInput, run: Run, judgement: Judgement, detail: string): TaskProposal | null {
  const { record } = run;
  const again = record !== null && (record.retries ?? 0) >= record.number;
  const attempt = again ? `; attempt ${String(record.number)} of ${String((record.retries ?? 0) + 1)}` : '';
  return finished(input, run, judgement, {
    result: again ? 'returned' : 'failed',
    reason: 'interrupted',
    detail: `${detail}${attempt}`,
  });
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
  if (record === null) return null;
  if (!resumes(input, run) || record.errors >= (record.retries ?? CONTINUES)) {
    const after = `${String(record.errors + 1)} turn(s) ended in an error, the last: ${detail}`;
    return finished(input, run, judgement, { result: 'failed', reason: 'agent-error', detail: after });
  }
  if (run.run.agent?.alive === true) return ending(input, run, 'turn-failed', `its turn failed: ${detail}`);
  if (carrier === null) return interrupted(input, run, judgement, `its session is gone after: ${detail}`);
  if (carrier.owned === null || !carrier.ended) return null;
  const delay = CONTINUE_DELAYS_MS[Math.min(record.errors, CONTINUE_DELAYS_MS.length - 1)] ?? 0;
  const { at } = input.observed;
  const wait: Hold | null =
    failedAt + delay > at && failedAt <= at
      ? { reason: 'backing-off', because: `its turn failed: ${detail}`, until: failedAt + delay }
      : null;
  return relaunch(input, run, carrier.owned, {
    record: { ...record, errors: record.errors + 1 },
    account: record.account === null ? NO_ACCOUNT : homeOf(input, record.account),
    reason: 'turn-failed',
    because: `its turn failed (${detail}); its conversation goes on`,
    hold: wait,
  });
}

function withoutRecord(input: PlanInput, run: Run, claim: Claim): TaskProposal | null {
  const lives = run.run.agent?.alive === true || (run.carrier !== null && !run.carrier.ended);
  // A record that cannot be read now may be read later; one that is missing never will be.
  if (lives || !run.run.record.ok || claim === null) return null;
  const judgement: Judgement = { state: 'exited', witnesses: [], question: null, next: { type: 'go-on' } };
  const detail = 'nothing of it runs any more, and its record is missing';
  return finished(input, run, judgement, { result: 'failed', reason: 'interrupted', detail });
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
