import type { Options } from './command-line.ts';
import type { Clock } from './clock.ts';
import type { Ledger } from './ledger.ts';
import type { Home } from './records/home.ts';
import { runHooks } from './records/hooks.ts';
import type { Registry } from './records/registry.ts';
import type { Settings } from './records/settings.ts';
import { limitsOf, statusLineText } from './records/status-line.ts';
import type { Limits } from './records/status-line.ts';
import type { Transcript } from './records/transcript.ts';
import type { Chosen, Asked } from './scenario/choose.ts';
import type { Scenario } from './scenario/scenario.ts';
import type { Ui } from './ui.ts';

/** One running agent: what its parts share. */
export interface Session {
  readonly id: string;
  readonly cwd: string;
  readonly home: Home;
  readonly options: Options;
  readonly model: Model;
  readonly scenario: Scenario;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly registry: Registry;
  readonly transcript: Transcript;
  readonly ui: Ui;
  readonly choose: (asked: Asked) => Chosen;
  readonly resumed: boolean;
  /** Prompts of the conversation so far. */
  turns: number;
  /** Turns that this process began. */
  ownTurns: number;
  limits: Limits | null;
  /** Of the last prompt. */
  promptId: string | null;
  /** Ends the process; the first call counts. */
  readonly leave: (code: number, reason: 'prompt_input_exit' | 'other') => void;
}

export interface Model {
  readonly id: string;
  readonly display_name: string;
}

/** The model behind a `--model`. */
export function modelOf(name: string | null): Model {
  const known = ['opus', 'sonnet', 'haiku'].find((each) => (name ?? 'sonnet').includes(each));
  if (known === undefined) return { id: name ?? '', display_name: name ?? '' };
  return { id: `claude-${known}-5-5`, display_name: `${known.charAt(0).toUpperCase()}${known.slice(1)} 5.5` };
}

/** Runs the hooks of an event and waits for them. */
export function hook(
  session: Session,
  event: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const base = { session_id: session.id, transcript_path: session.transcript.path, cwd: session.cwd };
  return runHooks(session.settings.hooks, base, event, more);
}

/** Shows the status line anew. */
export async function refreshStatusLine(session: Session): Promise<void> {
  const { statusLine } = session.settings;
  if (statusLine === null) return;
  const base = { session_id: session.id, transcript_path: session.transcript.path, cwd: session.cwd };
  session.ui.view.statusLine = await statusLineText(statusLine, base, session.model, session.limits);
  session.ui.redraw();
}

/** From the first answer on, the status line is told about the limits. */
export function knowLimits(session: Session): void {
  session.limits ??= limitsOf(session.scenario.usage, Date.now());
}
