import { apply } from '../apply/apply.ts';
import type { EventType } from '../model/event.ts';
import type { Action } from '../model/plan.ts';
import type { StepResult } from '../model/step.ts';
import type { Crew } from './crew.ts';
import { note } from './crew.ts';
import { activeAccount } from '../plan/active-account.ts';
import { keepLook } from './keep-look.ts';
import { failuresAfter, staleAfter } from './failures.ts';
import type { Look } from './look.ts';
import { lookAndPlan } from './look.ts';
import { afterSwaps, withSwaps } from './swaps.ts';
import { taskNews } from './task-news.ts';

export interface StepOptions {
  readonly massRemovalConfirmed: boolean;
  readonly staleBefore: Readonly<Record<string, number>>;
  readonly onStep?: (result: StepResult, index: number, total: number) => void;
  readonly stop?: () => boolean;
}

export interface Stepped {
  readonly results: readonly StepResult[];
  /** The look that followed, to confirm; it is also the next one to plan by. */
  readonly next: Look;
  readonly stale: Readonly<Record<string, number>>;
}

/** Acts on one look, and looks again: what was done must now be true. */
export async function step(
  crew: Crew,
  look: Look,
  actions: readonly Action[],
  options: StepOptions,
): Promise<Stepped> {
  const { place, memory } = crew;
  const { observedAt } = look.plan;
  keepLook(crew, look, withSwaps(look.memory, actions, observedAt));
  let index = 0;
  const results = await apply(place.host, place.launches, actions, {
    stop: () => !crew.stillHeld() || options.stop?.() === true,
    onStep: (result) => {
      index += 1;
      const action = actions[index - 1];
      if (action !== undefined) noteStep(crew, look, action, result);
      options.onStep?.(result, index, actions.length);
    },
  });
  memory.keep(afterSwaps(memory.now(), results, actions, observedAt));
  const { massRemovalConfirmed, staleBefore } = options;
  const first = await lookAndPlan(place, memory.now(), { massRemovalConfirmed });
  const failures = failuresAfter(first.memory, results, first.plan, staleBefore);
  keepLook(crew, first, { ...first.memory, failures });
  const changed = JSON.stringify(failures) !== JSON.stringify(first.input.memory.failures);
  const next = changed ? await lookAndPlan(place, memory.now(), { massRemovalConfirmed }) : first;
  return { results, next, stale: staleAfter(staleBefore, results) };
}

const EVENTS: Readonly<Record<StepResult['outcome'], EventType>> = {
  applied: 'action.applied',
  stale: 'action.stale',
  failed: 'action.failed',
  unknown: 'action.unknown',
};

function noteStep(crew: Crew, look: Look, action: Action, result: StepResult): void {
  const severity = { applied: 'info', stale: 'info', failed: 'error', unknown: 'warning' } as const;
  const words = result.outcome === 'applied' ? action.because : (result.text ?? action.because);
  note(crew, EVENTS[result.outcome], severity[result.outcome], action.target, words, {
    action: action.type,
    reason: action.reason,
    tookMs: Math.round(result.tookMs),
  });
  if (action.type === 'account.activate' && result.outcome === 'applied' && action.effect.from !== null) {
    const { agent } = action.effect;
    const from = activeAccount(look.input, agent);
    const fields = { agent, from, reason: action.reason };
    note(crew, 'swap.done', 'warning', action.target, action.because, fields);
  }
  const news = result.outcome === 'applied' ? taskNews(action) : null;
  if (news !== null) note(crew, news.type, news.severity, news.target, news.message, news.fields);
}
