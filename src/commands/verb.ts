import type { ExitCode } from '../model/words.ts';
import type { Completes } from '../report/completion/command-line.ts';
import type { Context, Invocation } from './context.ts';

/** What each verb's file exports as `run`. */
export type Verb = (context: Context, invocation: Invocation) => Promise<ExitCode>;

/** One row of the verb table: all that help, and whatever else is made of the table, needs. */
export interface VerbEntry {
  /** One word, or two where the first is that of a group: `task add`. */
  readonly name: string;
  readonly summary: string;
  /** For our own scripts: in no help, no completion and no page. */
  readonly hidden?: true;
  /** In commander's words: `<session>`, `[name...]`. */
  readonly args: readonly ArgumentEntry[];
  readonly options: readonly OptionEntry[];
  /** Loaded only when it is called, so that `version` and help are fast. */
  readonly load: () => Promise<{ readonly run: Verb }>;
}

export interface ArgumentEntry {
  readonly syntax: string;
  readonly text: string;
  /** What a shell may offer for it; left out: nothing. */
  readonly completes?: Completes;
}

export interface OptionEntry {
  /** In commander's words: `--out <file>`. */
  readonly flags: string;
  readonly text: string;
  readonly repeatable?: true;
  /** What a shell may offer for its value; left out: nothing. */
  readonly completes?: Completes;
}
