import { readFileSync } from 'node:fs';
import { FAILURE_KINDS } from '../turn/failures.ts';
import { FIRST_START_DIALOGS, IGNORABLE_SIGNALS } from './scenario.ts';
import type { Rule, Scenario, Step, SwallowEnter } from './scenario.ts';
import { choice, flag, list, number, object, optional, pattern, text, word } from './shape.ts';
import type { Shape } from './shape.ts';

export type ReadScenario =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly problems: readonly string[] };

/** The scenario in a JSON file; without a file the default one. Every problem at once. */
export function readScenario(file: string | null): ReadScenario {
  if (file === null) return checkScenario({});
  let written: unknown;
  try {
    written = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return { ok: false, problems: [error instanceof Error ? error.message : 'not JSON'] };
  }
  return checkScenario(written);
}

/** A written scenario with its defaults, or every problem as `path: words`. */
export function checkScenario(written: unknown): ReadScenario {
  const problems: string[] = [];
  const scenario = scenarioShape(written, '', problems);
  return problems.length === 0 ? { ok: true, scenario } : { ok: false, problems };
}

const ms = number(0);
const only = <T extends string>(type: T): Shape<T> => word<readonly [T]>([type]);

const stepShape: Shape<Step> = choice({
  work: object({ type: only('work'), ms }),
  request: object({ type: only('request'), ms }),
  print: object({ type: only('print'), text }),
  run: object({
    type: only('run'),
    argv: list(text, 1),
    description: optional(text, 'Run a command'),
  }),
  permission: object({
    type: only('permission'),
    tool: optional(word(['Bash', 'Write']), 'Bash' as const),
    subject: text,
    description: optional(text, 'Run a command'),
  }),
  question: object({
    type: only('question'),
    header: optional(text, 'Choice'),
    question: text,
    options: list(object({ label: text, description: optional(text, '') }), 1),
  }),
  background: object({ type: only('background'), ms }),
  fail: object({
    type: only('fail'),
    kind: word(FAILURE_KINDS),
    resetsInMs: optional(ms, 2 * 3_600_000),
    retries: optional(number(0, 10), null),
  }),
  crash: object({
    type: only('crash'),
    code: optional(number(0, 255), null),
    signal: optional(word(['SIGKILL', 'SIGSEGV']), null),
  }),
  exit: object({ type: only('exit'), code: optional(number(0, 255), 0) }),
  hang: object({ type: only('hang') }),
});

const NO_CONDITION = { prompt: null, home: null, turn: null, resumed: null };

const ruleShape: Shape<Rule> = object({
  when: optional(
    object({
      prompt: optional(pattern, null),
      home: optional(pattern, null),
      turn: optional(number(1), null),
      resumed: optional(flag, null),
    }),
    NO_CONDITION,
  ),
  times: optional(number(0), null),
  refuse: optional(flag, false),
  steps: optional(list(stepShape), []),
});

const swallowShape: Shape<SwallowEnter> = choice({
  none: object({ type: only('none') }),
  first: object({ type: only('first') }),
  random: object({ type: only('random'), chance: number(0, 1), seed: optional(number(0), 1) }),
});

const startShape = object({
  readyMs: optional(ms, 400),
  dialogs: optional(list(word(FIRST_START_DIALOGS)), FIRST_START_DIALOGS),
  refuse: optional(object({ text, code: number(0, 255) }), null),
});

const inputShape = object({
  swallowEnter: optional(swallowShape, { type: 'none' } as const),
  burstMs: optional(ms, 100),
});

const scenarioShape: Shape<Scenario> = object({
  start: (value, path, problems) => startShape(value ?? {}, path, problems),
  input: (value, path, problems) => inputShape(value ?? {}, path, problems),
  ignoreSignals: optional(list(word(IGNORABLE_SIGNALS)), []),
  usage: optional(object({ fiveHour: number(0, 100), sevenDay: number(0, 100) }), {
    fiveHour: 42,
    sevenDay: 17,
  }),
  limits: optional(text, null),
  autoContinueDelayMs: optional(ms, 105_000),
  rules: optional(list(ruleShape), []),
});
