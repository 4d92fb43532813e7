import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { suspensionsFile } from '../host/state/suspensions.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { FileProblem } from '../model/seams.ts';
import type { StepResult } from '../model/step.ts';
import type { Phase } from '../model/words.ts';
import type { Crew } from './crew.ts';
import { note } from './crew.ts';
import type { FileSource } from './desired-source.ts';
import { tmuxInOwnCgroup } from './own-cgroup.ts';
import type { FileKeeper } from './in-force.ts';
import type { Look } from './look.ts';
import { lookAndPlan } from './look.ts';
import { phaseOf, phaseWith } from '../plan/phase.ts';
import { keepLook } from './keep-look.ts';
import { noteNews, notePhase } from './news.ts';
import { pollTmux } from './poll.ts';
import { recordFoldersOf } from './record-folders.ts';
import { hasUnheard } from './heard.ts';
import { step } from './step.ts';
import type { Bell } from './wake.ts';
import { taskFolders } from './task-folders.ts';
import { watchFolders } from './watch-folders.ts';
import { watchPaths } from './watch.ts';
import { watchedPlaces } from './watched-places.ts';

export interface RunOptions {
  readonly keeper: FileKeeper;
  readonly source: FileSource;
  /** Rung from outside on SIGHUP, and when it is time to end. */
  readonly bell: Bell;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Longest time between two looks, whatever the file says, milliseconds; left out: no such limit. */
  readonly longestWaitMs?: number;
  /** Called after the first look of every cycle. */
  readonly onLook?: () => void;
  /** Called after every cycle, with the look it ended with. */
  readonly onCycle: (cycle: Cycle) => void;
}

/** One completed cycle, as its onlookers see it. */
export interface Cycle {
  /** The look it began with, and the one it ended with. */
  readonly first: Look;
  readonly look: Look;
  readonly phase: Phase;
  readonly problems: readonly FileProblem[];
  readonly results: readonly StepResult[];
  /** Milliseconds; and epoch milliseconds. */
  readonly tookMs: number;
  readonly endedAt: number;
}

/** Between two looks at a file that changed, and after a burst of events. */
const SETTLE_MS = 150;

/**
 * The loop: wake, look, plan, act, look again, and reckon when to look next. Level-triggered: an event only makes
 * the next look come sooner. Ends after the action at hand when `signal` fires or the lock is lost.
 */
export async function runLoop(crew: Crew, options: RunOptions): Promise<void> {
  const { bell, signal, log, keeper, source } = options;
  const ring = (why: string) => (): void => {
    bell.ring(why);
  };
  const stopFile = source.watch(ring('file'));
  const { stateDir } = crew.place;
  const stopHandsOff = watchPaths([suspensionsFile(stateDir)], [stateDir], ring('suspensions'));
  let now = crew;
  let stopPoll = pollTmux(now.place.host.tmux, ring('tmux'));
  const folders = watchFolders(ring('tasks'));
  let places = '';
  let stopPlaces: (() => Promise<void>) | null = null;
  let state: LoopState = { look: null, phase: null, stale: {}, ownCgroup: null, unheard: false };
  try {
    while (!signal.aborted && crew.stillHeld()) {
      const settling = await lookAtFile(crew, options);
      const { desired } = keeper.now();
      if (desired !== now.place.desired) {
        now = { ...crew, place: crew.placeFor(desired) };
        stopPoll();
        stopPoll = pollTmux(now.place.host.tmux, ring('tmux'));
      }
      const watched = watchedPlaces(now.place.desired);
      if (JSON.stringify(watched) !== places) {
        await stopPlaces?.();
        places = JSON.stringify(watched);
        stopPlaces = watchPaths(watched.paths, watched.folders, ring('paths'));
      }
      state = await cycle(now, options, state);
      if (state.look !== null) folders.keep(taskFolders(state.look, recordFoldersOf(now.place)));
      const every = Math.min(now.place.desired.reconcile.everyMs, options.longestWaitMs ?? Infinity);
      const wait = settling ? SETTLE_MS : untilNext(state, every);
      const why = await bell.wait(wait);
      log.debug({ why }, 'woken');
      if (why !== 'tick' && !signal.aborted) await sleep(SETTLE_MS / 3);
    }
    if (!crew.stillHeld()) log.error('the lock was taken from this loop; it acts no more');
  } finally {
    stopPoll();
    folders.stop();
    await Promise.all([stopFile(), stopHandsOff(), stopPlaces?.()]);
  }
}

interface LoopState {
  readonly look: Look | null;
  readonly phase: Phase | null;
  readonly stale: Readonly<Record<string, number>>;
  /** What was last said about the unit that the tmux server lives in. */
  readonly ownCgroup: string | null;
  /** Somebody is to be told of what was written down by now. */
  readonly unheard: boolean;
}

/** Looks at the file; true: it is changing, look again soon. */
async function lookAtFile(crew: Crew, { keeper, log }: RunOptions): Promise<boolean> {
  const news = await keeper.look();
  if (news.type === 'accepted') {
    log.info({ file: news.desired.file, hash: news.desired.hash.slice(0, 12) }, 'file accepted');
    note(crew, 'file.accepted', 'info', 'file', 'the changed file is in force', { hash: news.desired.hash });
  }
  if (news.type === 'rejected') {
    const first = news.problems[0];
    const where =
      first === undefined ? '' : `${String(first.line)}:${String(first.column)}: ${first.message}`;
    log.error(
      { problems: news.problems.length, first: where },
      'file rejected, the last good one stays in force',
    );
    note(crew, 'file.rejected', 'error', 'file', where, { problems: news.problems.length });
  }
  return news.type === 'unsettled';
}

async function cycle(crew: Crew, options: RunOptions, before: LoopState): Promise<LoopState> {
  const { log, signal, keeper } = options;
  const { problems } = keeper.now();
  const begun = performance.now();
  const look = await lookAndPlan(crew.place, crew.memory.now());
  options.onLook?.();
  report(log, keepLook(crew, look));
  noteNews(crew, before.look, look);
  const results: StepResult[] = [];
  let last = look;
  let { stale } = before;
  if (look.plan.actions.length > 0) {
    const stepped = await step(crew, look, look.plan.actions, {
      massRemovalConfirmed: false,
      staleBefore: stale,
      stop: () => signal.aborted,
      onStep: (result) => {
        logStep(log, result);
        results.push(result);
      },
    });
    ({ next: last, stale } = stepped);
  }
  noteNews(crew, look, last);
  const phase = phaseWith(phaseOf(last.input, last.plan), problems);
  notePhase(crew, before.phase, phase, last.plan);
  if (phase !== before.phase) log.info({ phase, withheld: last.plan.withheld.length }, 'phase');
  const tookMs = performance.now() - begun;
  const endedAt = crew.place.host.now();
  options.onCycle({ first: look, look: last, phase, problems, results, tookMs, endedAt });
  const { desired, stateDir } = crew.place;
  // Where the outbox cannot be read nothing is heard, and looking again at once would not help.
  const hears = last.input.observed.outbox?.ok === true;
  const unheard =
    hears && (last.unheard === true || hasUnheard(desired, stateDir, crew.memory.now().notices));
  return { look: last, phase, stale, unheard, ownCgroup: noteOwnCgroup(log, last, before.ownCgroup) };
}

/** Says once per server that it lives where it should not. */
function noteOwnCgroup(log: Logger, look: Look, before: string | null): string | null {
  const problem = tmuxInOwnCgroup(look.input.observed, process.pid);
  if (problem !== null && problem.detail !== before) {
    const { code, detail, help } = problem;
    log.warn({ code, detail, help }, 'tmux lives in the unit of this loop');
  }
  return problem?.detail ?? null;
}

function logStep(log: Logger, { type, target, outcome, text, tookMs }: StepResult): void {
  const fields = { action: type, target, outcome, text, tookMs: Math.round(tookMs) };
  if (outcome === 'applied') log.info(fields, 'action');
  else log.warn(fields, 'action');
}

function report(log: Logger, problem: Diagnostic | null): void {
  if (problem !== null) log.warn({ detail: problem.detail }, 'memory not written');
}

/** How long until the next look is due by itself: something to do at once, something held back for a while, the tick. */
function untilNext({ look, unheard }: LoopState, everyMs: number): number {
  if (look === null) return everyMs;
  if (unheard) return 0;
  if (look.plan.actions.length > 0) return 0;
  if (look.plan.withheld.some(({ reason }) => reason === 'max-actions' || reason === 'max-disruptions'))
    return 0;
  const now = look.plan.observedAt;
  const { nextAt } = look.plan;
  const times = [
    ...look.plan.withheld.flatMap(({ until }) => (until === null ? [] : [until - now + 10])),
    ...(nextAt === null ? [] : [nextAt - now + 10]),
  ];
  return Math.max(20, Math.min(everyMs, ...times));
}
