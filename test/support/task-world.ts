import type { DesiredState } from '../../src/model/desired.ts';
import type { Observed, ObservedSession } from '../../src/model/observed.ts';
import type { PlanInput } from '../../src/model/plan-input.ts';
import type { Plan } from '../../src/model/plan.ts';
import { read } from '../../src/model/reading.ts';
import type { ObservedRun } from '../../src/model/run.ts';
import type { InboxEntry } from '../../src/model/task.ts';
import { plan } from '../../src/plan/plan.ts';
import { AGENTS } from './arbitrary-tasks.ts';
import { desired, HOME, input, NOW, observed, pool, server } from './fleet.ts';
import { inbox, inboxSpec } from './queue.ts';

/** A pool of two to four sessions, one inbox, and a session of the operator's. */
export const FLEET: DesiredState = desired({
  agents: AGENTS,
  pools: { auto: pool() },
  inboxes: { sec: inboxSpec('sec') },
  dedicated: { mine: { cwd: `${HOME}/work`, agent: null, onSwap: 'leave' } },
});

/** What a case is about; what is left out is as it is when nothing happens. */
export interface Case {
  readonly state?: Partial<DesiredState>;
  readonly sessions?: readonly ObservedSession[];
  readonly entries?: Readonly<Record<string, InboxEntry>>;
  readonly runs?: readonly ObservedRun[];
  readonly look?: Partial<Observed>;
  readonly over?: Partial<PlanInput>;
}

/** The input of one plan: claims are those of the runs. */
export function caseOf({ state, sessions = [], entries = {}, runs = [], look, over }: Case): PlanInput {
  const fleet = { ...FLEET, ...state };
  const claims = runs.flatMap(({ claim }) => claim ?? []);
  const plain = observed(fleet, {
    tmux: read(server(sessions)),
    runs: Object.fromEntries(runs.map((each) => [each.runDir.replace(/^.*\//, ''), each])),
  });
  const filled = { ...plain.inboxes, sec: read(inbox(entries, claims)) };
  return input(fleet, { ...plain, inboxes: filled, ...look }, over);
}

/** A plan as a table reads it: `type target reason`, and what is not about tasks left out. */
export interface Lines {
  readonly actions: readonly string[];
  readonly withheld: readonly string[];
  readonly codes: readonly string[];
  readonly plan: Plan;
}

/** Throws where the guard refused the plan: what is empty for that proves nothing. */
export function linesOf(given: PlanInput): Lines {
  const made = plan(given);
  const refused = made.diagnostics.find(({ code }) => code === 'guard');
  if (refused !== undefined) throw new Error(`the guard refused the plan: ${refused.detail}`);
  const line = ({ type, target, reason }: { type: string; target: string; reason: string }) =>
    `${type} ${target} ${reason}`;
  const isOther = ({ target }: { target: string }) => target === 'session/mine';
  return {
    actions: made.actions.filter((each) => !isOther(each)).map(line),
    withheld: made.withheld.filter((each) => !isOther(each)).map(line),
    codes: made.diagnostics.map(({ code, target }) => `${code} ${target}`),
    plan: made,
  };
}

/** The same case so many milliseconds later. */
export function later(given: PlanInput, ms: number): PlanInput {
  return { ...given, observed: { ...given.observed, at: NOW + ms } };
}
