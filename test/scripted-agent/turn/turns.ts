import { EMPTY_BOX, pastesIn, sentText, shownText, withTyped } from '../input/box.ts';
import type { Box } from '../input/box.ts';
import { measureOf } from '../ledger.ts';
import type { PromptSource } from '../ledger.ts';
import type { Chosen } from '../scenario/choose.ts';
import { hook } from '../session.ts';
import type { Session } from '../session.ts';
import { waitForReset } from './after-limit.ts';
import { announcement, promptOf } from './prompt.ts';
import type { Prompt } from './prompt.ts';
import { runTurn } from './run-turn.ts';
import type { TurnEnd } from './run-turn.ts';

export interface Turns {
  /** False: the script does not take it, and it stays where it was typed. */
  submitBox(box: Box): boolean;
  /** A prompt of the command line or of the agent's own; not taken, it stands in the box. */
  submit(text: string, source: PromptSource): void;
  /** False: no turn runs. */
  interrupt(): boolean;
}

/** One turn after the other: what comes while one runs waits for its end. */
export function openTurns(session: Session): Turns {
  const { ui, ledger } = session;
  const waiting: Prompt[] = [];
  let running: AbortController | null = null;

  const offer = (prompt: Prompt): boolean => {
    if (running !== null) {
      // What is queued is announced at once, and runs after the turn.
      waiting.push(prompt);
      ui.view.queued.push(prompt.shown);
      note(session, prompt);
      void hook(session, 'UserPromptSubmit', announcement(session, prompt));
      return true;
    }
    const chosen = choose(session, prompt);
    if (chosen.refuse) {
      ledger({ event: 'prompt-refused', source: prompt.source });
      return false;
    }
    note(session, prompt);
    void run(prompt, chosen, false);
    return true;
  };
  const run = async (prompt: Prompt, chosen: Chosen, announced: boolean): Promise<void> => {
    running = new AbortController();
    ui.view.ghost = null;
    ui.view.armed = null;
    const end = await runTurn(session, prompt, chosen, announced, running.signal).catch(
      (error: unknown): TurnEnd => {
        ledger({
          event: 'problem',
          text: error instanceof Error ? (error.stack ?? error.message) : 'unknown',
        });
        return { type: 'idle' };
      },
    );
    running = null;
    const next = waiting.shift();
    if (next !== undefined) {
      ui.view.queued.shift();
      await run(next, choose(session, next), true);
    } else if (end.type === 'limited') await waitForReset(session, turns, end);
    else if (end.type === 'notified') turns.submit(NOTIFICATION, 'notification');
  };
  const turns: Turns = {
    submitBox: (box) => offer(promptOf(sentText(box), shownText(box), 'typed', pastesIn(box))),
    submit: (text, source) => {
      if (!offer(promptOf(text, text, source, []))) ui.view.box = withTyped(EMPTY_BOX, text);
      ui.redraw();
    },
    interrupt: () => {
      running?.abort();
      return running !== null;
    },
  };
  return turns;
}

const NOTIFICATION = '<task-notification>\nA background task has completed.\n</task-notification>';

function choose(session: Session, prompt: Prompt): Chosen {
  if (prompt.source === 'notification') {
    return { rule: null, refuse: false, steps: [{ type: 'print', text: 'The background work is done.' }] };
  }
  return session.choose({
    prompt: prompt.text,
    home: session.home.real,
    turn: session.turns + 1,
    resumed: session.resumed,
  });
}

function note(session: Session, prompt: Prompt): void {
  session.ledger({
    event: 'prompt',
    source: prompt.source,
    ...measureOf(prompt.text),
    pastes: prompt.pastes.map(measureOf),
    starts: prompt.text.slice(0, 200),
  });
}
