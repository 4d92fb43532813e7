import { freezeSpinner } from './spinner.ts';
import type { FailureKind } from './failures.ts';
import { askPermission, askQuestion } from './ask.ts';
import { runTool } from './run-tool.ts';
import { crash } from './crash.ts';
import type { Step } from '../scenario/scenario.ts';
import { refusal } from './refusal.ts';
import type { Turn } from './run-turn.ts';

/** How a turn ends. */
export type StepEnd =
  | { readonly type: 'done' }
  | { readonly type: 'interrupted' }
  | { readonly type: 'rejected' }
  | { readonly type: 'background'; readonly ms: number }
  | {
      readonly type: 'failed';
      readonly kind: FailureKind;
      readonly resetsInMs: number;
      readonly retries: number | null;
    };

const FOREVER = 2 ** 31 - 1;

/** Does one step; null: the turn goes on. */
export async function runStep(turn: Turn, step: Step): Promise<StepEnd | null> {
  const { session, signal } = turn;
  switch (step.type) {
    case 'work':
      return (await session.clock.sleep(step.ms, signal)) ? null : { type: 'interrupted' };
    case 'request':
      if (!(await session.clock.sleep(step.ms, signal))) return { type: 'interrupted' };
      return refusal(session.scenario.limits, session.home.real);
    case 'print':
      turn.said = step.text;
      session.transcript.answer(step.text);
      session.ui.view.entries.push({ type: 'answer', text: step.text });
      session.ui.redraw();
      return null;
    case 'run':
      await runTool(turn, step.argv, step.description);
      return null;
    case 'permission':
      return askPermission(turn, step);
    case 'question':
      return askQuestion(turn, step);
    case 'background':
      return { type: 'background', ms: step.ms };
    case 'fail':
      return { type: 'failed', kind: step.kind, resetsInMs: step.resetsInMs, retries: step.retries };
    case 'crash':
      return crash(session.ledger, step.code, step.signal);
    case 'exit':
      session.leave(step.code, 'other');
      await session.clock.sleep(FOREVER);
      return null;
    case 'hang':
      freezeSpinner(turn);
      while (await session.clock.sleep(FOREVER, signal));
      return { type: 'interrupted' };
  }
}
