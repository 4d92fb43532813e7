import type { AgentTraits } from '../model/plan-input.ts';
import type { ObservedRun } from '../model/run.ts';
import type { AttemptRecord, TaskReason } from '../model/task.ts';
import type { SessionState } from '../model/words.ts';
import { restsAt } from './at-rest.ts';
import { isRecalled } from './recalled.ts';
import { isUntold, turnOf, type Witness, witnessesOf } from './run-witnesses.ts';

/** What an agent is doing, by all witnesses, and what follows for its task. */
export interface Judgement {
  readonly state: SessionState;
  /** Newest first. */
  readonly witnesses: readonly Witness[];
  /** What it asks, or which dialog stands; foreign text. Null: nothing. */
  readonly question: string | null;
  readonly next: Next;
}

export type Next =
  | { readonly type: 'go-on' }
  | {
      readonly type: 'finish';
      readonly result: 'done' | 'failed';
      readonly reason: TaskReason;
      readonly detail: string;
    }
  /** Its process is gone with the turn not ended. */
  | { readonly type: 'interrupted'; readonly detail: string }
  /** A limit ended the turn. */
  | { readonly type: 'limited'; readonly resetsAt: number | null }
  /** It waits for quota; nothing of it is to run meanwhile. */
  | { readonly type: 'parked' }
  /** It lives without a terminal that anybody could reach: it is to be ended. */
  | { readonly type: 'orphaned' }
  /** A turn ended in an error: the conversation is to go on. */
  | { readonly type: 'turn-failed'; readonly at: number; readonly detail: string };

/** What a judgement rests on. */
export interface Case {
  readonly run: ObservedRun;
  readonly record: AttemptRecord;
  readonly traits: AgentTraits;
  /** Whether its launcher is known to have ended: no session carries it, or the pane's process is dead. */
  readonly launcherGone: boolean;
  /** Whether it lives on without its launcher, in nobody's pane. */
  readonly orphaned: boolean;
  /** Whether its prompt is known to be given: on the command line, or pasted and sent. */
  readonly promptGiven: boolean;
  /** Since when its screen looks as it does; null: not known. */
  readonly screenSince: number | null;
  readonly idleTimeoutMs: number;
  readonly now: number;
}

/** Judges one attempt. What is not known is `unknown`, and nothing follows from it but the limits of time. */
export function judge(given: Case): Judgement {
  const { run, now } = given;
  const gone = isGone(given);
  const parked = given.record.parkedUntil !== null;
  const state = parked ? 'limited' : gone ? 'exited' : stateOf(given);
  return {
    state,
    witnesses: witnessesOf(run, now),
    question: state === 'waiting' ? questionOf(run) : null,
    next: wordOf(run) ?? nextOf(given, state, gone),
  };
}

function nextOf(given: Case, state: SessionState, gone: boolean): Next {
  if (given.record.parkedUntil !== null) return timeoutOf(given) ?? { type: 'parked' };
  if (given.orphaned) return { type: 'orphaned' };
  return gone ? afterEnd(given) : (limitsOf(given, state) ?? whileAlive(given, state));
}

/** What somebody said counts before anything seen: the first word does. */
export function wordOf({ word }: ObservedRun): Extract<Next, { type: 'finish' }> | null {
  if (word === null) return null;
  const told = word.message === null || word.message.trim() === '' ? '' : `: ${word.message.trim()}`;
  switch (word.type) {
    case 'done':
      return finish('done', 'agent-said-so', `its agent said that it is done${told}`);
    case 'failed':
      return finish('failed', 'agent-said-so', `its agent said that it failed${told}`);
    case 'cancelled':
      return finish('failed', 'cancelled', `cancelled${told}`);
  }
}

/** Nothing of it lives. An agent nobody knows of may just be starting under a launcher that lives. */
function isGone({ run, record, launcherGone, now }: Case): boolean {
  if (run.agent?.alive === true) return false;
  if (run.exit !== null) return true;
  // Between taking what is to be started and writing down what was, a launcher needs a moment.
  const unheardOf = run.agent === null && run.spec === 'taken' && now - record.launchedAt < UNHEARD_MS;
  return launcherGone && !unheardOf;
}

const UNHEARD_MS = 10_000;

function afterEnd({ run, record, traits, now }: Case): Next {
  const turn = turnOf(run, record.launchedAt, now);
  if (isUntold(run, now)) return { type: 'go-on' };
  if (turn?.type === 'ended') return finish('done', 'turn-ended', 'its turn had ended, and so did its agent');
  if (turn?.type === 'failed' && turn.quota) return limited(run);
  if (turn?.type === 'failed') return { type: 'turn-failed', at: turn.at, detail: turn.detail };
  const { exit } = run;
  if (traits.exitMeansDone && exit !== null && exit.signal === null && exit.code !== null) {
    return exit.code === 0
      ? finish('done', 'agent-exited', 'its agent ended in good order')
      : finish('failed', 'agent-exited', `its agent ended with code ${String(exit.code)}`);
  }
  const how =
    exit === null
      ? 'and left no exit code'
      : exit.signal === null
        ? `with code ${String(exit.code)}`
        : `by ${exit.signal}`;
  return { type: 'interrupted', detail: `its agent ended ${how} before its turn did` };
}

/** The limits of time hold whatever the agent is doing, but for a wait that is somebody else's doing. */
function limitsOf({ run, record, screenSince, idleTimeoutMs, now }: Case, state: SessionState): Next | null {
  const { launchedAt } = record;
  const late = timeoutOf({ record, now });
  if (late !== null) return late;
  if (state === 'waiting' || state === 'limited') return null;
  const { registry, hooks, transcript } = run.facts;
  const moved = Math.max(
    launchedAt,
    ...[registry?.at, hooks.at(-1)?.at, transcript?.at, screenSince].map((at) => at ?? 0),
  );
  if (moved + idleTimeoutMs > now) return null;
  return finish('failed', 'stalled', `nothing moved for ${String(Math.round((now - moved) / 1000))} s`);
}

/** The task's own timeout, whatever its agent is doing or waits for; null: it has none, or time left. */
export function timeoutOf({
  record,
  now,
}: Pick<Case, 'record' | 'now'>): Extract<Next, { type: 'finish' }> | null {
  const { timeoutMs, startedAt } = record;
  if (timeoutMs === null || startedAt + timeoutMs > now) return null;
  return finish('failed', 'timeout', `not done within its timeout of ${String(timeoutMs / 1000)} s`);
}

function limited({ facts }: ObservedRun): Next {
  const { transcript, screen, hooks } = facts;
  const told = transcript?.resetsAt ?? hooks.at(-1)?.resetsAt;
  return { type: 'limited', resetsAt: told ?? screen?.verdict.resetsAt ?? null };
}

function whileAlive(given: Case, state: SessionState): Next {
  const { run, record, now } = given;
  const turn = turnOf(run, record.launchedAt, now);
  // Whatever its screen shows already: it would be ended, and its conversation is not on the disk yet.
  if (isUntold(run, now)) return { type: 'go-on' };
  if (state === 'limited') return limited(run);
  if (state === 'error' && turn?.type === 'failed') {
    return { type: 'turn-failed', at: turn.at, detail: turn.detail };
  }
  if (state === 'idle' && turn?.type === 'ended' && given.promptGiven) {
    return finish('done', 'turn-ended', `its turn ended (${turn.by})`);
  }
  const rest = restsAt(given, state, turn);
  return rest === null ? { type: 'go-on' } : finish('done', 'at-rest', rest);
}

/**
 * The agent's own records first; the screen where they are silent, and as a second witness: a rest it contradicts
 * is none.
 */
function stateOf({ run, record, now }: Case): SessionState {
  const { registry, screen } = run.facts;
  const turn = turnOf(run, record.launchedAt, now);
  const shown = screen?.verdict.state ?? 'unknown';
  const seen = shown === 'limited' && turn === null && isRecalled(run.facts) ? 'unknown' : shown;
  if (registry?.status === 'working') return 'working';
  if (registry?.status === 'waiting') return seen === 'limited' ? 'limited' : 'waiting';
  if (registry?.status === 'idle') {
    if (seen === 'working') return 'working';
    if (turn === null || turn.type === 'interrupted') return seen === 'limited' ? 'limited' : 'idle';
    if (turn.type === 'failed') return turn.quota ? 'limited' : 'error';
    // At rest, with something of it in the background.
    return turn.type === 'open' ? 'working' : 'idle';
  }
  // A dialog of its first start stands before it registers anything.
  if (seen === 'waiting' || seen === 'limited') return seen;
  const asked = run.facts.hooks.at(-1)?.event === 'asked';
  if (turn !== null && turn.at >= record.launchedAt) {
    if (turn.type === 'failed') return turn.quota ? 'limited' : 'error';
    if (asked && seen !== 'working') return 'waiting';
    if (turn.type === 'open') return 'working';
    if (turn.type === 'ended') return seen === 'working' ? 'working' : 'idle';
  }
  if (seen === 'unknown' && now - record.launchedAt < STARTING_MS) return 'starting';
  return seen;
}

/** So long an agent that shows nothing yet counts as starting. */
const STARTING_MS = 60_000;

function questionOf({ facts }: ObservedRun): string | null {
  const { screen, registry, hooks } = facts;
  const asked = hooks.findLast(({ event }) => event === 'asked');
  return screen?.question ?? asked?.text ?? screen?.verdict.dialog ?? registry?.waitingFor ?? null;
}

function finish(
  result: 'done' | 'failed',
  reason: TaskReason,
  detail: string,
): Extract<Next, { type: 'finish' }> {
  return { type: 'finish', result, reason, detail };
}
