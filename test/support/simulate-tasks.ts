import type { Observed, ObservedSession } from '../../src/model/observed.ts';
import type {
  AgentStop,
  SessionRelaunch,
  TaskFinish,
  TaskReject,
  TaskReturn,
  TaskStart,
  TaskSubmit,
  TaskUnclaim,
} from '../../src/model/plan.ts';
import { read } from '../../src/model/reading.ts';
import type { ObservedRun } from '../../src/model/run.ts';
import { NO_FACTS } from '../../src/model/run.ts';
import type { AttemptRecord, Claim, InboxEntry, PastAttempt } from '../../src/model/task.ts';
import { task } from './queue.ts';
import {
  carrierOf,
  claimAt,
  inboxNamed,
  ownedBy,
  placeOf,
  runOf,
  withInbox,
  without,
  withRun,
  withSession,
  withWork,
} from './world.ts';

/** One step of an action as the machine sees it; dying between two of them leaves a state of its own. */
export type Step = (before: Observed) => Observed;

/** Reserve, write the record, claim, start (DESIGN §3). What lies in the run folder before, nobody sees yet. */
export function startSteps(effect: TaskStart): readonly Step[] {
  const { session, claim, from, claimed, identity, launch, record } = effect;
  const { attempt } = claim;
  const reserve: Step = (before) => {
    const there = ownedBy(before, session, { dead: false });
    if (there.stamp?.work !== null) throw new Error(`${session.name} has a task`);
    const reserved = withWork(before, there, { attempt, phase: null, since: null });
    return withRun(reserved, attempt, { ...freshRun(record, launch.runDir), record: read(null) });
  };
  const note: Step = (before) => withRecord(before, record);
  const takeIn: Step = (before) => {
    const { inbox, folder, name } = placeOf(before, from);
    const to = placeOf(before, claimed);
    const { entries, claims } = inboxNamed(before, inbox);
    const entry = entries[name];
    if (folder !== 'inbox' || entry?.type !== 'task' || entry.identity !== identity)
      throw new Error(`ESTALE ${from}`);
    if (to.folder !== 'claimed' || to.inbox !== inbox || to.name !== claim.file)
      throw new Error(`no claim: ${claimed}`);
    const left = { entries: without(entries, name), claims: { ...claims, [attempt]: claim } };
    const taken = withInbox(before, inbox, left);
    return withRun(taken, attempt, { ...runOf(before, attempt), claim });
  };
  const begin: Step = (before) => {
    const there = ownedBy(before, session, { dead: false });
    const work = there.stamp?.work;
    if (work?.attempt !== attempt || work.phase !== null) throw new Error('the fence is another one');
    return launched(before, there, session.pane, attempt);
  };
  return [reserve, note, takeIn, begin];
}

/** Unset the fence, take the start back, put the task back: the reverse order. */
export function unclaimSteps(effect: TaskUnclaim): readonly Step[] {
  const { attempt, session, claimed, to } = effect;
  const unfence: Step = (before) => {
    if (session === null) return before;
    const there = ownedBy(before, session, {});
    const work = there.stamp?.work;
    if (work?.attempt !== attempt || work.phase !== null) throw new Error('the fence is another one');
    return withWork(before, there, null);
  };
  const takeBack: Step = (before) => {
    const run = before.runs[attempt];
    if (run === undefined) return before;
    if (run.spec === 'taken') throw new Error('its agent has been started');
    return withRun(before, attempt, { ...run, spec: 'void' });
  };
  const putBack: Step = (before) => {
    if (claimed === null || to === null) return before;
    return putIn(before, claimAt(before, claimed), to, effect.otherwise ?? to);
  };
  return [unfence, takeBack, putBack];
}

export function rejectSteps({ from, to, identity }: TaskReject): readonly Step[] {
  return [
    (before) => {
      const { inbox, folder, name } = placeOf(before, from);
      if (folder !== 'inbox' || placeOf(before, to).folder !== 'rejected') throw new Error('no rejection');
      const { entries, counts } = inboxNamed(before, inbox);
      const entry = entries[name];
      if (entry === undefined || entry.type === 'unsettled' || entry.identity !== identity)
        throw new Error(`ESTALE ${from}`);
      const counted = { ...counts, rejected: counts.rejected + 1 };
      return withInbox(before, inbox, { entries: without(entries, name), counts: counted });
    },
  ];
}

/** The record first, then the task: dying between the two leaves a claim that says how it ended. */
export function finishSteps({ claimed, to, record }: TaskFinish): readonly Step[] {
  const move: Step = (before) => {
    const { inbox, claim } = claimAt(before, claimed);
    const { folder } = placeOf(before, to);
    if (folder !== 'done' && folder !== 'failed') throw new Error(`no end: ${to}`);
    const { claims, counts } = inboxNamed(before, inbox);
    const counted = { ...counts, [folder]: counts[folder] + 1 };
    const left = { claims: without(claims, claim.attempt), counts: counted };
    const moved = withPast(withInbox(before, inbox, left), claim, folder);
    return withRun(moved, claim.attempt, { ...runOf(moved, claim.attempt), claim: null });
  };
  return [(before) => withRecord(before, record), move];
}

export function returnSteps({ claimed, to, otherwise, record }: TaskReturn): readonly Step[] {
  const move: Step = (before) => {
    const found = claimAt(before, claimed);
    return withPast(putIn(before, found, to, otherwise), found.claim, 'returned');
  };
  return [(before) => withRecord(before, record), move];
}

/** The text, or the Enter behind it, which the agent takes. */
export function submitSteps({ session, attempt, from, to, at }: TaskSubmit): readonly Step[] {
  return [
    (before) => {
      const there = ownedBy(before, session, { dead: false });
      const work = there.stamp?.work;
      if (work?.attempt !== attempt || work.phase !== from) throw new Error('it is at another step');
      const run = runOf(before, attempt);
      const { screen } = run.facts;
      const pasted = to === 'pasted';
      const box = { text: pasted ? `task, attempt ${attempt}` : '', pasted };
      const facts = { ...run.facts, screen: screen === null ? null : { ...screen, at, box } };
      const then = withWork(before, there, { attempt, phase: to, since: at });
      return withRun(then, attempt, { ...run, facts });
    },
  ];
}

/** A signal sent; only the one that nobody can ignore ends the agent by itself. */
export function agentStopSteps({ attempt, pid, start, signal }: AgentStop): readonly Step[] {
  return [
    (before) => {
      const run = runOf(before, attempt);
      const { agent } = run;
      if (agent?.alive !== true || agent.pid !== pid || agent.start !== start) throw new Error('it is gone');
      const told = withRun(before, attempt, { ...run, endingSince: run.endingSince ?? before.at });
      return signal === 'SIGKILL' ? agentEnded(told, attempt, { code: null, signal }) : told;
    },
  ];
}

/** Where its session is gone another one is reserved, and the claim renamed; then it is recorded, and started. */
export function relaunchSteps(effect: SessionRelaunch): readonly Step[] {
  const { session, attempt, launch, record, moves, from, dead } = effect;
  const reserve: Step = (before) => {
    const there = ownedBy(before, session, { dead: false });
    if (there.stamp?.work !== null) throw new Error(`${session.name} has a task`);
    return withWork(before, there, { attempt, phase: null, since: null });
  };
  const rename: Step = (before) => {
    if (moves === null) return before;
    const { inbox, claim } = claimAt(before, moves.claimed);
    const { folder, name: file } = placeOf(before, moves.to);
    if (folder !== 'claimed') throw new Error(`no claim: ${moves.to}`);
    const renamed: Claim = { ...claim, session: session.name, file };
    const { claims } = inboxNamed(before, inbox);
    const moved = withInbox(before, inbox, { claims: { ...claims, [attempt]: renamed } });
    return withRun(moved, attempt, { ...runOf(before, attempt), claim: renamed });
  };
  const note: Step = (before) => {
    const { claim, facts } = runOf(before, attempt);
    return withRun(before, attempt, { ...freshRun(record, launch.runDir), claim, facts });
  };
  const begin: Step = (before) => {
    const there = ownedBy(before, session, { dead });
    if (there.stamp?.work?.attempt !== attempt) throw new Error('the fence is another one');
    return launched(before, there, session.pane, attempt);
  };
  return [...(from === 'free' ? [reserve] : []), rename, note, begin];
}

/** The agent ends and the launcher with it: an exit code is left, and a pane without a process. */
export function agentEnded(
  before: Observed,
  attempt: string,
  how: { readonly code: number | null; readonly signal: string | null },
): Observed {
  const run = runOf(before, attempt);
  const agent = run.agent === null ? null : { ...run.agent, alive: false };
  const ended = withRun(before, attempt, { ...run, agent, exit: { ...how, at: before.at } });
  const carrier = carrierOf(ended, attempt);
  const pane = carrier?.panes[carrier.stamp?.pane ?? ''];
  if (carrier === null || pane === undefined) return ended;
  const dead = { ...pane, dead: true, deadStatus: how.code };
  return withSession(ended, { ...carrier, panes: { ...carrier.panes, [pane.id]: dead } });
}

/** The launcher runs in the pane; the server writes its process down in the same step. */
function launched(before: Observed, there: ObservedSession, pane: string, attempt: string): Observed {
  const old = there.panes[pane];
  if (old === undefined || there.stamp === null) throw new Error(`no pane ${pane}`);
  const pid = old.pid + 100_000;
  const alive = { ...old, pid, dead: false, deadStatus: null, deadSignal: null };
  const work = { attempt, phase: 'started', since: before.at } as const;
  return withSession(before, {
    ...there,
    stamp: { ...there.stamp, pid, work },
    panes: { ...there.panes, [pane]: alive },
  });
}

function freshRun(record: AttemptRecord, runDir: string): ObservedRun {
  return {
    claim: null,
    record: read(record),
    runDir,
    spec: 'waiting',
    agent: null,
    exit: null,
    word: null,
    endingSince: null,
    facts: NO_FACTS,
  };
}

function withRecord(before: Observed, record: AttemptRecord | null): Observed {
  if (record === null) return before;
  return withRun(before, record.attempt, {
    ...runOf(before, record.attempt),
    record: read(record),
  });
}

function withPast(before: Observed, claim: Claim, result: PastAttempt['result']): Observed {
  const { history } = inboxNamed(before, claim.inbox);
  const past = [...(history[claim.id] ?? []), { attempt: claim.attempt, result, at: before.at }];
  return withInbox(before, claim.inbox, { history: { ...history, [claim.id]: past } });
}

/** A claimed task back in its inbox, under the first of two names that nobody has. */
function putIn(
  before: Observed,
  { inbox, claim, record }: ReturnType<typeof claimAt>,
  to: string,
  otherwise: string,
): Observed {
  const { entries, claims } = inboxNamed(before, inbox);
  const place = [to, otherwise]
    .map((path) => placeOf(before, path))
    .find(({ folder, name }) => folder === 'inbox' && !Object.hasOwn(entries, name));
  if (place === undefined) throw new Error(`EEXIST ${to}`);
  const back = { ...entries, [place.name]: entryOf(claim, record) };
  const left = withInbox(before, inbox, {
    entries: back,
    claims: without(claims, claim.attempt),
  });
  const run = left.runs[claim.attempt];
  return run === undefined ? left : withRun(left, claim.attempt, { ...run, claim: null });
}

/** The file as it would be read again: its bytes are the same, and so is what a record keeps of them. */
function entryOf({ id }: Claim, record: AttemptRecord | null): InboxEntry {
  const { priority = 'normal', timeoutMs = null, retries = null, title = null } = record ?? {};
  const bytes = record?.bytes ?? 20;
  const sha256 = record?.sha256 ?? `sha-${id}`;
  const known = task(id, { title, priority, timeoutMs, retries });
  return { type: 'task', task: known, identity: `back:${sha256}`, since: 0, bytes, sha256 };
}
