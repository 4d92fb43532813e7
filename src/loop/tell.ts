import type { Crew } from './crew.ts';
import { hasUnheard } from './heard.ts';
import { lookAndPlan } from './look.ts';
import { step } from './step.ts';

/** Puts into the outbox what an `apply` that is about to end has written down itself; the loop does so by looking again. */
export async function tellUnheard(crew: Crew, stop: () => boolean): Promise<void> {
  const { place, memory } = crew;
  if (stop() || !hasUnheard(place.desired, place.stateDir, memory.now().notices)) return;
  const look = await lookAndPlan(place, memory.now());
  const due = look.plan.actions.filter(({ type }) => type === 'notify.send');
  if (due.length > 0) await step(crew, look, due, { massRemovalConfirmed: false, staleBefore: {}, stop });
}
