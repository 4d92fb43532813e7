import { measureOf } from '../ledger.ts';
import type { Chosen } from '../scenario/choose.ts';
import { hook, knowLimits, refreshStatusLine } from '../session.ts';
import type { Session } from '../session.ts';
import type { LimitWindow } from './failures.ts';
import { failTurn } from './fail-turn.ts';
import { startSpinner } from './spinner.ts';
import { runStep } from './steps.ts';
import type { StepEnd } from './steps.ts';
import { announcement } from './prompt.ts';
import type { Prompt } from './prompt.ts';

export type TurnEnd =
  | { readonly type: 'idle' }
  | { readonly type: 'limited'; readonly window: LimitWindow; readonly resetsAt: number }
  /** A background task has ended: the agent tells itself so. */
  | { readonly type: 'notified' };

/** What the steps of a turn share. */
export interface Turn {
  readonly session: Session;
  readonly prompt: Prompt;
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** The last answer, for the Stop hook. */
  said: string;
}

/** One turn, from the prompt to the rest after it. `announced`: its hook has run already. */
export async function runTurn(
  session: Session,
  prompt: Prompt,
  chosen: Chosen,
  announced: boolean,
  signal: AbortSignal,
): Promise<TurnEnd> {
  const turn: Turn = { session, prompt, signal, startedAt: Date.now(), said: '' };
  if (prompt.source !== 'notification') session.turns += 1;
  session.ownTurns += 1;
  session.promptId = prompt.id;
  session.ui.view.entries.push({ type: 'user', text: prompt.shown });
  const stopSpinner = startSpinner(turn);
  try {
    const end = await begun(turn, chosen, announced);
    stopSpinner();
    return await ended(turn, end);
  } finally {
    // Also where a record could not be written: a full disk leaves no spinner behind.
    stopSpinner();
    session.ui.view.activity = null;
    session.ui.redraw();
  }
}

async function begun(turn: Turn, chosen: Chosen, announced: boolean): Promise<StepEnd> {
  const { session, prompt } = turn;
  session.registry.set('busy');
  if (!announced) await hook(session, 'UserPromptSubmit', announcement(session, prompt));
  const { sha256 } = measureOf(prompt.text);
  session.ledger({ event: 'turn-begin', turn: session.turns, rule: chosen.rule, sha256 });
  session.transcript.user(prompt.text, prompt.source, prompt.id, session.turns);
  return runSteps(turn, chosen);
}

async function ended(turn: Turn, end: StepEnd): Promise<TurnEnd> {
  const { session, prompt } = turn;
  const after = await END[end.type](turn, end);
  session.ui.view.activity = null;
  session.ui.view.title = `✳ ${prompt.text.trim().split(/\s+/).slice(0, 4).join(' ')}`;
  session.ledger({ event: 'turn-end', turn: session.turns, result: resultOf(end) });
  session.registry.set('idle');
  session.ui.redraw();
  void refreshStatusLine(session);
  return after;
}

async function runSteps(turn: Turn, chosen: Chosen): Promise<StepEnd> {
  for (const step of chosen.steps) {
    const end = turn.signal.aborted ? ({ type: 'interrupted' } as const) : await runStep(turn, step);
    if (end !== null) return turn.signal.aborted ? { type: 'interrupted' } : end;
  }
  return { type: 'done' };
}

const END: Readonly<Record<StepEnd['type'], (turn: Turn, end: StepEnd) => Promise<TurnEnd>>> = {
  done: async (turn) => {
    finish(turn);
    await stopHook(turn, []);
    scheduleIdleNotice(turn);
    return { type: 'idle' };
  },
  background: async (turn, end) => {
    const { session, signal } = turn;
    finish(turn);
    const task = { id: 'b1', type: 'subagent', status: 'running', description: 'sub work' };
    await stopHook(turn, [task]);
    session.ui.view.activity = { type: 'background', count: 1 };
    session.ui.redraw();
    const whole = await session.clock.sleep(end.type === 'background' ? end.ms : 0, signal);
    return { type: whole ? 'notified' : 'idle' };
  },
  interrupted: (turn) => {
    const { ui, transcript } = turn.session;
    transcript.interrupted();
    ui.view.entries.push({
      type: 'notice',
      text: 'Interrupted · What should Claude do instead?',
      tone: 'quiet',
    });
    return Promise.resolve({ type: 'idle' });
  },
  // No hook tells of a rejected permission (facts).
  rejected: (turn) => {
    turn.session.transcript.interrupted();
    return Promise.resolve({ type: 'idle' });
  },
  failed: (turn, end) => (end.type === 'failed' ? failTurn(turn, end) : Promise.resolve({ type: 'idle' })),
};

function resultOf(end: StepEnd): string {
  return end.type === 'failed' ? `failed:${end.kind}` : end.type;
}

const VERBS = ['Crunched', 'Churned', 'Sautéed', 'Cooked'] as const;

function finish(turn: Turn): void {
  const { session, startedAt, prompt } = turn;
  const ms = session.clock.since(startedAt);
  knowLimits(session);
  session.transcript.turnEnd(Math.round(ms), prompt.text);
  session.ui.view.entries.push({
    type: 'finished',
    verb: VERBS[session.ownTurns % VERBS.length] ?? 'Cooked',
    took: tookWords(Math.floor(ms / 1000)),
    at: new Date().toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit' }),
  });
}

function tookWords(seconds: number): string {
  return seconds < 60
    ? `${String(seconds)}s`
    : `${String(Math.floor(seconds / 60))}m ${String(seconds % 60)}s`;
}

function stopHook(turn: Turn, tasks: readonly unknown[]): Promise<void> {
  return hook(turn.session, 'Stop', {
    prompt_id: turn.prompt.id,
    permission_mode: turn.session.options.mode,
    effort: { level: 'medium' },
    stop_hook_active: false,
    last_assistant_message: turn.said,
    background_tasks: tasks,
    session_crons: [],
  });
}

/** A minute after the end of a turn nobody followed up. */
function scheduleIdleNotice({ session }: Turn): void {
  const turns = session.ownTurns;
  void session.clock.sleep(60_000).then(() => {
    if (session.ownTurns !== turns) return null;
    const message = 'Claude is waiting for your input';
    return hook(session, 'Notification', { message, notification_type: 'idle_prompt' });
  });
}
