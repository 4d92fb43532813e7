import type { FailureKind } from '../turn/failures.ts';

/** What the scripted agent does, every default filled in. Times are script milliseconds: the clock scales them. */
export interface Scenario {
  readonly start: StartScript;
  readonly input: InputScript;
  /** Signals it survives; each is still written to the ledger. */
  readonly ignoreSignals: readonly IgnorableSignal[];
  /** Percent used of the two windows of a subscription, as the status line is told. */
  readonly usage: { readonly fiveHour: number; readonly sevenDay: number };
  /**
   * A JSON file that says which accounts are at their limit now: the name of the account home -> epoch milliseconds of
   * the reset. Read at each `request`; null, or no such file: none is.
   */
  readonly limits: string | null;
  /** From the printed reset to the moment it continues by itself; Claude Code took 105 s. */
  readonly autoContinueDelayMs: number;
  /** The first that fits a prompt says what the turn does. None: a little work, an answer. */
  readonly rules: readonly Rule[];
}

export interface StartScript {
  /** From start to prompt. */
  readonly readyMs: number;
  /** First-start dialogs that are shown unless they were answered beforehand. */
  readonly dialogs: readonly FirstStartDialog[];
  /** Ends instead of coming up: what it prints to stderr, and its exit code. */
  readonly refuse: { readonly text: string; readonly code: number } | null;
}

export const FIRST_START_DIALOGS = ['onboarding', 'trust', 'bypass'] as const;
export type FirstStartDialog = (typeof FIRST_START_DIALOGS)[number];

export const IGNORABLE_SIGNALS = ['SIGHUP', 'SIGTERM', 'SIGINT'] as const;
export type IgnorableSignal = (typeof IGNORABLE_SIGNALS)[number];

export interface InputScript {
  readonly swallowEnter: SwallowEnter;
  /** An Enter this soon after other input belongs to the same burst, and may be swallowed. Real time, not scaled. */
  readonly burstMs: number;
}

export type SwallowEnter =
  | { readonly type: 'none' }
  /** The first Enter behind each burst of input is lost, the next one counts. */
  | { readonly type: 'first' }
  /** Each Enter in a burst is lost with this chance (0..1). */
  | { readonly type: 'random'; readonly chance: number; readonly seed: number };

export interface Rule {
  readonly when: Condition;
  /** How often it applies in one process; null: always. */
  readonly times: number | null;
  /** The prompt is not taken: it stays in the input box, and no turn begins. */
  readonly refuse: boolean;
  readonly steps: readonly Step[];
}

/** Every part that is not null must hold. */
export interface Condition {
  /** A regular expression (`u` flag) on the prompt. Its groups fill `{name}` and `{1}` in `run` and `print`. */
  readonly prompt: string | null;
  /** A regular expression on the real path of `CLAUDE_CONFIG_DIR`. */
  readonly home: string | null;
  /** Which prompt of the conversation it is, from 1, counted across resumes. */
  readonly turn: number | null;
  /** Whether the conversation was resumed by this process. */
  readonly resumed: boolean | null;
}

export type Step =
  /** The spinner turns for so long. */
  | { readonly type: 'work'; readonly ms: number }
  /** So long a wait for an answer, which is refused (5-hour limit) where the account is at its limit by then. */
  | { readonly type: 'request'; readonly ms: number }
  /** One answer, of one or more lines: body text, also where it imitates a limit. */
  | { readonly type: 'print'; readonly text: string }
  /** A program, run to its end without a shell, in the agent's folder and environment. */
  | { readonly type: 'run'; readonly argv: readonly string[]; readonly description: string }
  /** Asks, and waits; `No` or Esc ends the turn. */
  | {
      readonly type: 'permission';
      readonly tool: 'Bash' | 'Write';
      /** The command, or the path of the file. */
      readonly subject: string;
      readonly description: string;
    }
  /** Asks with options, and waits; Esc ends the turn. */
  | {
      readonly type: 'question';
      readonly header: string;
      readonly question: string;
      readonly options: readonly { readonly label: string; readonly description: string }[];
    }
  /** The turn ends with a background task still running for so long. Must be the last step. */
  | { readonly type: 'background'; readonly ms: number }
  /** The turn ends in an error. `resetsInMs` is real time from now, not scaled; limits only. */
  | {
      readonly type: 'fail';
      readonly kind: FailureKind;
      readonly resetsInMs: number;
      /** Retries before it gives up; null: as many as Claude Code makes for this error. */
      readonly retries: number | null;
    }
  /** Ends at once, without saying goodbye: registry file and transcript stay as they are. */
  | { readonly type: 'crash'; readonly code: number | null; readonly signal: 'SIGKILL' | 'SIGSEGV' | null }
  /** Ends by itself in good order. */
  | { readonly type: 'exit'; readonly code: number }
  /** Nothing moves any more, also not the spinner. Signals and Esc still work. */
  | { readonly type: 'hang' };
