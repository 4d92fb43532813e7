import { randomUUID } from 'node:crypto';
import type { PromptSource } from '../ledger.ts';
import type { Session } from '../session.ts';

export interface Prompt {
  readonly text: string;
  /** As the conversation shows it. */
  readonly shown: string;
  readonly source: PromptSource;
  /** Each paste in it, as pasted. */
  readonly pastes: readonly string[];
  readonly id: string;
}

/** A prompt with an id of its own. */
export function promptOf(
  text: string,
  shown: string,
  source: PromptSource,
  pastes: readonly string[],
): Prompt {
  return { text, shown, source, pastes, id: randomUUID() };
}

/** What the UserPromptSubmit hook is told. */
export function announcement(session: Session, prompt: Prompt): Readonly<Record<string, unknown>> {
  return { prompt_id: prompt.id, permission_mode: session.options.mode, prompt: prompt.text };
}
