import type { Usage } from './quota.ts';
import type { Reading } from './reading.ts';
import type { Evidence, ScreenVerdict } from './screen.ts';
import type { AttemptRecord, Claim } from './task.ts';

/** One attempt as a look found it: its claim, its record, its processes, and what its agent shows. */
export interface ObservedRun {
  /** Null: the task has left `claimed/`, its session still carries the attempt. */
  readonly claim: Claim | null;
  /** With the conversation that was found, where the agent chose its id and the record does not say it yet. */
  readonly record: Reading<AttemptRecord | null>;
  /** Absolute; the folder of the attempt. What follows is of its last launch, but for `word` and the hooks. */
  readonly runDir: string;
  /**
   * `waiting`: nobody has started the agent yet, and whoever renames it first decides; `taken`: by the launcher;
   * `void`: taken back, it can never start.
   */
  readonly spec: 'absent' | 'waiting' | 'taken' | 'void';
  /** The agent's process as the launcher wrote it down, or as found by its environment; null: none is known of. */
  readonly agent: RunProcess | null;
  /** What the launcher wrote down when the agent ended. */
  readonly exit: RunExit | null;
  /** What was said about the task: by its agent, by a signal file, by an operator. The first counts. */
  readonly word: RunWord | null;
  /** When its agent was first told to end by us, epoch milliseconds. */
  readonly endingSince: number | null;
  readonly facts: AgentFacts;
}

export interface RunProcess {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat. */
  readonly start: string;
  readonly alive: boolean;
  /** Epoch milliseconds at which it was started; null: not known. */
  readonly at: number | null;
}

export interface RunExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly at: number;
}

export interface RunWord {
  readonly type: 'done' | 'failed' | 'cancelled';
  readonly at: number;
  /** Foreign text, at most 500 characters. */
  readonly message: string | null;
}

/** All witnesses of what an agent is doing, each with its time (epoch milliseconds); null or empty: it says nothing. */
export interface AgentFacts {
  readonly registry: RegistryFact | null;
  /** Oldest first. */
  readonly hooks: readonly HookFact[];
  readonly transcript: TranscriptFact | null;
  readonly screen: ScreenFact | null;
  /** By window (`five_hour`): how much of the account's quota is used, as the agent was told; empty: it does not say. */
  readonly usage: Readonly<Record<string, Usage>>;
}

export const NO_FACTS: AgentFacts = { registry: null, hooks: [], transcript: null, screen: null, usage: {} };

/** What the agent itself registers about its process. */
export interface RegistryFact {
  readonly status: 'idle' | 'working' | 'waiting';
  /** In the agent's words: `permission prompt`; foreign text. */
  readonly waitingFor: string | null;
  readonly at: number;
}

export interface HookFact {
  readonly event: 'started' | 'prompted' | 'asked' | 'turn-ended' | 'turn-failed' | 'ended';
  readonly at: number;
  /** Of `turn-failed`. */
  readonly error: Evidence | null;
  /** Of a quota error: when it ends, epoch milliseconds, where the hook tells. */
  readonly resetsAt?: number | null;
  /** Of `turn-ended`: what still runs in the background. */
  readonly background: number;
  /** What it asks, or its last words; foreign text, at most 500 characters. */
  readonly text: string | null;
}

/** The end of the conversation's transcript. */
export interface TranscriptFact {
  /** When it was last written to. */
  readonly at: number;
  /** Whether the text of the prompt we gave is in it. */
  readonly prompted: boolean;
  /** How the last turn stands; null: cannot be told. */
  readonly turn: 'open' | 'ended' | 'failed' | 'interrupted' | null;
  readonly error: Evidence | null;
  /** Epoch milliseconds; of a quota error. */
  readonly resetsAt: number | null;
  /** The agent's last words, at most 20 rows of 200 characters; foreign text. */
  readonly lastLines: readonly string[];
}

export interface ScreenFact {
  readonly at: number;
  readonly verdict: ScreenVerdict;
  /** What stands in the input box; null: no box is drawn. */
  readonly box: BoxFact | null;
  /** What is asked, where a dialog stands; foreign text, at most 500 characters. */
  readonly question: string | null;
  /** Of the visible text, without what moves by itself: equal for equal screens. */
  readonly hash: string;
  /** The last rows that say something, at most 20 of 200 characters; foreign text. */
  readonly lastLines: readonly string[];
}

/** The input box without ghost text. */
export interface BoxFact {
  /** What was typed into it, one row, wrapped rows joined; empty: nothing. Foreign text. */
  readonly text: string;
  /** It shows a marker for pasted text. */
  readonly pasted: boolean;
}
