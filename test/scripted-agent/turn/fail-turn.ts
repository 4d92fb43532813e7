import { hook, knowLimits } from '../session.ts';
import { failureOf, RETRY_SECONDS } from './failures.ts';
import { resetWords, zoneWords } from './reset-words.ts';
import type { StepEnd } from './steps.ts';
import type { Turn, TurnEnd } from './run-turn.ts';

/** The end of a turn that failed: its retries, its row, its record and the StopFailure hook. */
export async function failTurn(
  turn: Turn,
  end: Extract<StepEnd, { readonly type: 'failed' }>,
): Promise<TurnEnd> {
  const { session, prompt } = turn;
  const { ui, transcript } = session;
  const resetsAt = Math.floor((Date.now() + end.resetsInMs) / 1000);
  const words = `${resetWords(resetsAt * 1000, Date.now())} (${zoneWords()})`;
  const failure = failureOf(end.kind, resetsAt, words);
  const retries = end.retries ?? failure.retries;
  if (!(await retried(turn, retries, failure.retrying))) {
    transcript.interrupted();
    ui.view.entries.push({
      type: 'notice',
      text: 'Interrupted · What should Claude do instead?',
      tone: 'quiet',
    });
    return { type: 'idle' };
  }
  ui.view.entries.push(
    failure.row === 'notice'
      ? { type: 'notice', text: failure.shown, tone: 'error' }
      : { type: 'api-error', text: failure.shown },
  );
  ui.view.activity = null;
  ui.view.ghost = failure.ghost;
  transcript.failure(failure);
  if (failure.window !== null) exhaust(turn, failure.window, resetsAt);
  await hook(session, 'StopFailure', {
    prompt_id: prompt.id,
    effort: { level: 'medium' },
    error: failure.error,
    last_assistant_message: failure.recorded,
  });
  return failure.window === null ? { type: 'idle' } : { type: 'limited', window: failure.window, resetsAt };
}

/** The rows of the retries, one after the other; false: interrupted. */
async function retried(turn: Turn, retries: number, words: string): Promise<boolean> {
  const { ui, clock } = turn.session;
  for (let attempt = 1; attempt <= retries; attempt += 1) {
    const seconds = RETRY_SECONDS[attempt - 1] ?? 35;
    // The first rows do not say why.
    const what = attempt < 3 ? 'API error' : words;
    ui.view.activity = { type: 'retrying', what, seconds: Math.ceil(seconds), attempt };
    ui.redraw();
    if (!(await clock.sleep(seconds * 1000, turn.signal))) return false;
  }
  return true;
}

function exhaust({ session }: Turn, window: string, resetsAt: number): void {
  knowLimits(session);
  if (session.limits === null) return;
  const spent = { used_percentage: 100, resets_at: resetsAt };
  session.limits =
    window === 'five_hour'
      ? { ...session.limits, five_hour: spent }
      : { ...session.limits, seven_day: spent };
}
