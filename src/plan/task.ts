import type { PlanInput } from '../model/plan-input.ts';
import type { Action, ActionOf, Withheld } from '../model/plan.ts';
import { queueFolders, rejectedFile } from '../model/queue.ts';
import { pointerStep } from '../model/source.ts';
import { goesWhole } from './after-task.ts';
import { type Demand, dispatch } from './dispatch.ts';
import type { Draft } from './draft.ts';
import { withhold } from './draft.ts';
import { backingOff, firstHold, suspended } from './holds.ts';
import { attemptId } from './ids.ts';
import { earliest } from './earliest.ts';
import { GRACE_MS } from './ending.ts';
import { lineOf, type Rejected } from './line.ts';
import { inTurn } from './in-turn.ts';
import { relocations } from './relocations.ts';
import { besides } from './run-parts.ts';
import { runUpkeep } from './run-upkeep.ts';
import { isUntold } from './run-witnesses.ts';
import { type Run, runsOf } from './runs.ts';
import { words } from './session-proposal.ts';
import type { Sighting } from './sight.ts';
import { taskDiagnostics } from './task-diagnostics.ts';
import type { TaskProposal } from './task-proposal.ts';

/** What the tasks contribute to a plan, and what they ask of the sessions. */
export interface TaskDraft extends Draft<'tasks' | 'agents' | 'work'> {
  /** Keyed by pool. */
  readonly demand: Readonly<Record<string, Demand>>;
  /** Sessions that this plan gives a task. */
  readonly taken: ReadonlySet<string>;
  /** Sessions without a place in the fleet that carry an attempt which is over and ended: session -> attempt. */
  readonly spent: ReadonlyMap<string, string>;
  readonly nextAt: number | null;
}

/**
 * What can be no task is put aside, each attempt is taken one step further, and free sessions are given the next
 * tasks in line. Nothing of it rests on sessions that could not be read.
 */
export function draftTasks(input: PlanInput, seen: Readonly<Record<string, Sighting>> | null): TaskDraft {
  const line = lineOf(input);
  const rejections = line.rejected.map((rejected, index) => rejection(input, rejected, index));
  if (seen === null) {
    const none = {
      demand: {},
      taken: new Set<string>(),
      spent: new Map<string, string>(),
      nextAt: line.nextAt,
    };
    return { ...documents(rejections), diagnostics: taskDiagnostics(input, {}), ...none };
  }
  const runs = runsOf(input, seen);
  const taken = Object.values(runs).map((run) => ({ run, step: runUpkeep(input, run) }));
  const steps = oneForEach(taken.flatMap(({ step }) => step ?? []));
  const idle = taken.flatMap(({ run, step }) => (step === null ? [run] : []));
  const moved = relocations(input, seen, idle);
  const busy = new Set([...rejections, ...steps].map(({ action }) => action.target));
  const given = dispatch(input, seen, line, {
    taken: new Set(moved.given.map(({ session }) => session)),
    waiting: moved.waiting,
  });
  const starts = given.proposals.filter(({ action }) => !busy.has(action.target));
  return {
    ...documents([
      ...rejections,
      ...inTurn(input, Object.values(runs), [...steps, ...moved.given.map(({ proposal }) => proposal)]),
      ...starts,
    ]),
    diagnostics: taskDiagnostics(input, runs),
    demand: given.demand,
    taken: new Set([...given.taken, ...moved.given.map(({ session }) => session)]),
    spent: new Map(
      Object.values(runs).flatMap((run) =>
        run.carrier !== null && goesWhole(input, run) ? [[run.carrier.name, run.attempt] as const] : [],
      ),
    ),
    nextAt: earliest([given.nextAt, ...Object.values(runs).map((run) => nextOf(input, run))]),
  };
}

function rejection(
  input: PlanInput,
  { inbox, spec, file, identity, reason, detail }: Rejected,
  index: number,
): TaskProposal {
  const folders = queueFolders(spec.dir);
  const target = `task/${inbox}/${file}`;
  const token = attemptId(input.observed.at, input.observed.nonce, index);
  const action: ActionOf<'task.reject'> = {
    ...words(
      input.desired,
      target,
      'not-a-task',
      `${reason}: ${detail}`,
      `/inboxes/${pointerStep(inbox)}`,
      false,
    ),
    type: 'task.reject',
    effect: {
      type: 'task.reject',
      from: `${folders.inbox}/${file}`,
      to: `${folders.rejected}/${rejectedFile(file)}`,
      otherwise: `${folders.rejected}/${besides(rejectedFile(file), token)}`,
      identity,
      reason,
      detail,
    },
  };
  const hold = firstHold(suspended(input, [`inbox/${inbox}`]), backingOff(input, target));
  return { at: 'tasks', action, hold, from: 'inbox', to: 'rejected' };
}

/** Two attempts of one id at a time are somebody's doing, not ours: they are cleared up one after the other. */
function oneForEach(proposals: readonly TaskProposal[]): readonly TaskProposal[] {
  const first = new Map(proposals.toReversed().map((proposal) => [proposal.action.target, proposal]));
  return proposals.filter((proposal) => first.get(proposal.action.target) === proposal);
}

type Documents = Pick<TaskDraft, 'current' | 'target' | 'actions' | 'withheld'>;

/** The differences as two documents; what is held back is in neither. */
function documents(proposals: readonly TaskProposal[]): Documents {
  const current: Record<TaskProposal['at'], Record<string, string>> = { tasks: {}, agents: {}, work: {} };
  const target: typeof current = { tasks: {}, agents: {}, work: {} };
  const actions: Record<string, Action> = {};
  const withheld: Withheld[] = [];
  for (const { action, hold, at, from, to } of proposals) {
    if (hold !== null) {
      withheld.push(withhold(action, hold));
      continue;
    }
    const name = action.target.slice(action.target.indexOf('/') + 1);
    current[at][name] = from;
    target[at][name] = to;
    actions[`/${at}/${pointerStep(name)}`] = action;
  }
  return { current, target, actions, withheld };
}

/** What is watched only by looking is looked at so often. */
const DELIVERING_MS = 200;
const SCREEN_ONLY_MS = 2_000;

/** When an attempt may need a step by itself, for its time is up or its screen is all there is. */
function nextOf(input: PlanInput, { run, record, judgement, carrier }: Run): number | null {
  const { at } = input.observed;
  if (run.endingSince !== null && run.agent?.alive === true)
    return Math.max(at + 20, run.endingSince + GRACE_MS);
  if (record === null || judgement === null || run.claim === null || judgement.state === 'exited')
    return null;
  const timeout = record.timeoutMs === null ? null : Math.max(at + 20, record.startedAt + record.timeoutMs);
  const phase = carrier?.session.stamp?.work?.phase ?? null;
  const delivering = record.delivery === 'paste' && phase !== null;
  const young = at - record.launchedAt < 120_000;
  const untold = isUntold(run, at) ? at + 500 : null;
  const pace =
    delivering && young && ['starting', 'idle'].includes(judgement.state)
      ? DELIVERING_MS
      : input.agents[record.agent]?.hasRecords === true
        ? null
        : SCREEN_ONLY_MS;
  return earliest([timeout, untold, pace === null ? null : at + pace]);
}
