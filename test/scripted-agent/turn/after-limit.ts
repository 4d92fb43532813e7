import { hook } from '../session.ts';
import type { Session } from '../session.ts';
import { resetWords } from './reset-words.ts';
import type { TurnEnd } from './run-turn.ts';
import type { Turns } from './turns.ts';

const CONTINUE = 'Your claude.ai usage limit has reset. Continue the task from where you left off.';

/**
 * What follows a limit: the 5-hour one is waited out where the settings allow it, any other asks what to do. Resolves
 * when the question is answered.
 */
export async function waitForReset(
  session: Session,
  turns: Turns,
  { window, resetsAt }: Extract<TurnEnd, { readonly type: 'limited' }>,
): Promise<void> {
  const words = resetWords(resetsAt * 1000, Date.now());
  if (window === 'five_hour' && session.settings.autoContinue) return arm(session, turns, resetsAt, words);
  session.registry.set('waiting', 'dialog open');
  const answer = await session.ui.ask({
    dialog: 'limit-menu',
    lines: [],
    selected: 0,
    options: [
      { label: 'Stop and wait for limit to reset' },
      { label: `Wait here, then continue automatically at ${words}` },
      { label: 'Upgrade your plan' },
    ],
  });
  session.ledger({ event: 'dialog', dialog: 'limit-menu', answer });
  session.registry.set('idle');
  if (answer === 1) arm(session, turns, resetsAt, words);
}

/** Goes on by itself some time after the reset, unless it was called off or somebody else went on. */
function arm(session: Session, turns: Turns, resetsAt: number, words: string): void {
  const { ui, transcript, clock } = session;
  const text = `Usage limit reached · set to continue automatically at ${words}`;
  transcript.informational(text);
  ui.view.entries.push({ type: 'info', text });
  ui.view.armed = words;
  ui.redraw();
  const turn = session.ownTurns;
  const untilReset = Math.max(0, resetsAt * 1000 - Date.now()) * clock.speed;
  void clock.sleep(untilReset + session.scenario.autoContinueDelayMs).then(async () => {
    if (ui.view.armed === null || session.ownTurns !== turn) return;
    const message = 'Usage limit reset';
    await hook(session, 'Notification', { message, notification_type: 'quota_auto_resume_fired' });
    turns.submit(CONTINUE, 'continue');
  });
}
