import type { ObservedSession } from '../model/observed.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { OwnedPoolSession } from '../model/plan.ts';
import type { ObservedRun } from '../model/run.ts';
import type { AttemptRecord } from '../model/task.ts';
import { type Judgement, judge } from './judge.ts';
import { entriesOf } from './order.ts';
import type { Sighting } from './sight.ts';

/** One attempt with the session that carries it. */
export interface Run {
  readonly attempt: string;
  readonly run: ObservedRun;
  readonly record: AttemptRecord | null;
  readonly carrier: Carrier | null;
  /** Null: its agent was never started, or nothing is known to judge by. */
  readonly judgement: Judgement | null;
}

/** The session of ours that carries an attempt. */
export interface Carrier {
  readonly name: string;
  readonly session: ObservedSession;
  /** False: it is the operator's by now, or its stamp is contradicted; what runs in it is left to them. */
  readonly ours: boolean;
  /** Null: something else is in it, too, so it cannot be acted on. */
  readonly owned: OwnedPoolSession | null;
  /** Whether the pane we started the agent in has no living process any more. */
  readonly ended: boolean;
}

/** Every attempt of the look, keyed by attempt, judged. Only where the server could be read: sessions decide. */
export function runsOf(
  input: PlanInput,
  seen: Readonly<Record<string, Sighting>>,
): Readonly<Record<string, Run>> {
  const carriers = carriersOf(seen);
  return Object.fromEntries(
    entriesOf(input.observed.runs).map(([attempt, run]) => {
      const carrier = carriers[attempt] ?? null;
      const record = run.record.ok ? run.record.value : null;
      return [attempt, { attempt, run, record, carrier, judgement: judged(input, run, record, carrier) }];
    }),
  );
}

/** A stamp that is contradicted or names another fleet, or a name that is dedicated by now, is no reason to think that nobody carries it. */
function carriersOf(seen: Readonly<Record<string, Sighting>>): Readonly<Record<string, Carrier>> {
  const carriers: Record<string, Carrier> = {};
  for (const [name, sighting] of Object.entries(seen)) {
    const { session } = sighting;
    const attempt = session.stamp?.work?.attempt;
    if (attempt === undefined) continue;
    const pane = session.panes[session.stamp?.pane ?? ''];
    // Another process than the one on record may be a start that came between the two readings of a look: not known to
    // have ended.
    const ended = pane === undefined || (pane.dead && pane.pid === session.stamp?.pid);
    const ours = sighting.type === 'pool';
    const owned = ours && sighting.life.type === 'task' ? sighting.life.owned : null;
    if (ours || carriers[attempt] === undefined) carriers[attempt] = { name, session, ours, owned, ended };
  }
  return carriers;
}

/** Whether its agent was never started: nobody took what was to be started, and no session says so. */
export function neverStarted(run: ObservedRun, carrier: Carrier | null): boolean {
  const phase = carrier?.session.stamp?.work?.phase ?? null;
  if (phase !== null || run.agent !== null || run.exit !== null) return false;
  // A later start of it is not its first.
  if (run.record.ok && run.record.value !== null && goesOnLater(run.record.value)) return false;
  return run.spec === 'waiting' || run.spec === 'void' || (run.spec === 'absent' && carrier !== null);
}

/**
 * Whether its agent was started a moment ago: the parts of a look are apart, so what the session shows may be from before
 * it, and says nothing of an agent that lives.
 */
export function hasJustStarted(
  { observed }: PlanInput,
  run: ObservedRun,
  record: Pick<AttemptRecord, 'launchedAt'>,
): boolean {
  return observed.at - (run.agent?.at ?? record.launchedAt) < SEEN_APART_MS;
}

const SEEN_APART_MS = 10_000;

/** Whether it ran before and is to go on: parked, or started again. */
function goesOnLater({ launches, parkedUntil }: AttemptRecord): boolean {
  return launches > 1 || parkedUntil !== null;
}

/** Whether it is to go on and nothing of its latest start was ever begun. */
export function isPaused({ run, record, carrier }: Omit<Run, 'judgement'>): boolean {
  if (record === null || record.launches < 2 || record.parkedUntil !== null) return false;
  const untaken = run.spec !== 'taken' && run.agent === null && run.exit === null;
  const phase = carrier?.session.stamp?.work?.phase ?? null;
  return untaken && (carrier === null || carrier.ended || phase === null);
}

function judged(
  input: PlanInput,
  run: ObservedRun,
  record: AttemptRecord | null,
  carrier: Carrier | null,
): Judgement | null {
  const traits = record === null ? undefined : input.agents[record.agent];
  if (record === null || traits === undefined) return null;
  // What was said of it counts, even where its agent never started.
  if (run.word === null && neverStarted(run, carrier)) return null;
  const phase = carrier?.session.stamp?.work?.phase ?? null;
  return judge({
    run,
    record,
    traits,
    launcherGone: carrier === null || carrier.ended,
    // Only where the pane is ours and dead: a session that was handed over is none of our business.
    orphaned:
      carrier?.owned != null &&
      carrier.ended &&
      run.agent?.alive === true &&
      !hasJustStarted(input, run, record),
    promptGiven: record.delivery !== 'paste' || phase === 'submitted' || phase === 'resubmitted',
    screenSince: input.memory.screens[record.attempt]?.since ?? null,
    idleTimeoutMs: input.desired.tasks.idleTimeoutMs,
    now: input.observed.at,
  });
}
