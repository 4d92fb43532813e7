import type { Action, ActionOf } from '../model/plan.ts';
import type { Hold } from './draft.ts';

/** An action on a task, its agent or the session that carries it, with the difference it makes and what holds it. */
export type TaskProposal = {
  readonly hold: Hold | null;
} & (
  | { readonly at: 'tasks'; readonly action: TaskAction; readonly from: TaskPlace; readonly to: TaskPlace }
  | {
      readonly at: 'agents';
      readonly action: ActionOf<'agent.stop'>;
      readonly from: 'running' | 'signalled';
      readonly to: 'signalled' | 'ended';
    }
  | {
      readonly at: 'work';
      readonly action: ActionOf<'session.recreate'> | ActionOf<'session.relaunch'>;
      readonly from: 'spent' | 'paused';
      readonly to: 'free' | 'running';
    }
);

export type TaskAction = Extract<Action, { readonly type: `task.${string}` }>;

/** Where a task is, and how far. */
export type TaskPlace =
  | 'inbox'
  | 'stuck'
  | 'claimed'
  | 'in-box'
  | 'pasted'
  | 'submitted'
  | 'parked'
  | 'done'
  | 'failed'
  | 'rejected';
