import type { WrittenRule, WrittenScenario, WrittenStep } from '../scripted-agent/scenario/written.ts';
import type { FailureKind } from '../scripted-agent/turn/failures.ts';

/** A limit that lasts longer than any test. */
export const HOURS_MS = 2 * 3_600_000;

export interface Failing {
  /** Name of the account it happens under; left out: under any. */
  readonly account?: string;
  /** Regular expression on the prompt; every prompt of a task holds `task work/ID (`. */
  readonly prompt?: string;
  /** Milliseconds from the failure to the reset that is told. */
  readonly resetsInMs?: number;
  /** Script milliseconds of work before it. */
  readonly afterMs?: number;
  /** Which turn of the conversation, from 1. */
  readonly turn?: number;
}

/** Turns that fit fail in this way, without the agent trying again by itself. */
export function fails(
  kind: FailureKind,
  { account, prompt, resetsInMs = HOURS_MS, afterMs = 100, turn }: Failing = {},
): WrittenRule {
  return {
    when: {
      ...(account === undefined ? {} : { home: homeOf(account) }),
      ...(prompt === undefined ? {} : { prompt }),
      ...(turn === undefined ? {} : { turn }),
    },
    steps: [
      { type: 'work', ms: afterMs },
      { type: 'fail', kind, resetsInMs, retries: 0 },
    ],
  };
}

/** Turns that fit go like this. */
export function does(steps: readonly WrittenStep[], when: WrittenRule['when'] = {}): WrittenRule {
  return { when, steps };
}

/** The first rule that fits a prompt decides; where none does, a turn goes well after a little work. */
export function scenarioOf(rules: readonly WrittenRule[]): WrittenScenario {
  return { start: { readyMs: 150 }, rules };
}

/** Every prompt of the task of this id, and of no other. */
export function ofTask(id: string): string {
  return `^Rollcall task work/${id} `;
}

function homeOf(account: string): string {
  return `/\\.claude-${account}$`;
}
