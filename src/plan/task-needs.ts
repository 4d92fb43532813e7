import type { PoolSpec } from '../model/desired.ts';
import type { TaskDraft } from './task.ts';

/** What the tasks ask of the sessions. */
export type TaskNeeds = Pick<TaskDraft, 'demand' | 'taken' | 'spent'>;

/** How many sessions of a pool are to be alive: `min`, more while tasks wait, never above `max`. */
export function wantedOf(needs: TaskNeeds, pool: string, spec: PoolSpec): number {
  return needs.demand[pool]?.wanted ?? spec.min;
}
