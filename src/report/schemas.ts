import { CHECK_IDS, CHECK_STATUSES } from '../model/doctor.ts';
import { EVENT_TYPES } from '../model/event.ts';
import {
  ACTION_TYPES,
  DIAGNOSTIC_CODES,
  PHASES,
  REASONS,
  SESSION_STATES,
  WITHHELD_REASONS,
} from '../model/words.ts';
import { DIALOGS, EVIDENCE, SCREEN_STATES } from '../model/screen.ts';
import { APPLY_OUTCOMES, STEP_OUTCOMES } from '../model/step.ts';
import {
  array,
  BOOLEAN,
  constant,
  COUNT,
  INTEGER,
  type JsonSchema,
  mapOf,
  NUMBER,
  object,
  oneOf,
  optional,
  orNull,
  STRING,
  TIME,
  TIME_TO_SECOND,
} from './schema-parts.ts';

export const OUTPUT_NAMES = [
  'Plan',
  'Status',
  'Event',
  'Explanation',
  'Problems',
  'ApplyReport',
  'Screen',
  'Doctor',
] as const;
export type OutputName = (typeof OUTPUT_NAMES)[number];

/** JSON Schema (draft-07) of a document that `-o json` prints. Unknown keys are allowed: more are added over time. */
export function outputSchema(name: OutputName): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: `Rollcall ${name}`,
    ...object({ apiVersion: constant('rollcall/v1'), kind: constant(name), ...KEYS[name] }),
  };
}

const SOURCE = orNull(object({ file: STRING, line: INTEGER, column: INTEGER }));

const DIAGNOSTIC = object({
  severity: oneOf(['error', 'warning', 'info']),
  code: oneOf(DIAGNOSTIC_CODES),
  target: STRING,
  summary: STRING,
  detail: STRING,
  help: orNull(STRING),
});

const WITHHELD = object({
  type: oneOf(ACTION_TYPES),
  target: STRING,
  reason: oneOf(WITHHELD_REASONS),
  because: STRING,
  source: SOURCE,
  until: orNull(TIME),
});

const ACTION = object({
  type: oneOf(ACTION_TYPES),
  target: STRING,
  reason: oneOf(REASONS),
  because: STRING,
  source: SOURCE,
  disrupts: BOOLEAN,
  effect: object({ type: oneOf(ACTION_TYPES) }),
});

const PLAN = {
  fleet: STRING,
  observedAt: TIME,
  converged: BOOLEAN,
  actions: array(ACTION),
  withheld: array(WITHHELD),
  patch: array(object({ op: oneOf(['add', 'remove', 'replace']), path: STRING })),
  diagnostics: array(DIAGNOSTIC),
  // Only in a saved plan.
  desiredHash: optional(STRING),
  savedBy: optional(STRING),
};

const ACCOUNT = object({
  active: BOOLEAN,
  exhaustedUntil: orNull(TIME),
  links: oneOf(['intact', 'missing', 'diverged', 'unknown']),
  agent: STRING,
  home: STRING,
});

const SESSION = object({
  kind: oneOf(['pool', 'dedicated']),
  state: oneOf(SESSION_STATES),
  account: orNull(STRING),
  task: orNull(STRING),
  conversation: orNull(STRING),
  pool: orNull(STRING),
  owned: BOOLEAN,
  since: orNull(TIME),
  attached: BOOLEAN,
  note: orNull(STRING),
});

const INBOX = object({
  waiting: COUNT,
  running: COUNT,
  parked: COUNT,
  done: COUNT,
  failed: COUNT,
  rejected: COUNT,
});

const STATUS = {
  fleet: STRING,
  phase: oneOf(PHASES),
  loop: object({
    running: BOOLEAN,
    pid: orNull(INTEGER),
    since: orNull(TIME),
    lastCycleAt: orNull(TIME),
  }),
  accounts: mapOf(ACCOUNT),
  sessions: mapOf(SESSION),
  inboxes: mapOf(INBOX),
  diagnostics: array(DIAGNOSTIC),
  file: STRING,
  observedAt: TIME,
  pools: mapOf(object({ min: COUNT, max: COUNT, alive: COUNT, free: COUNT })),
  suspensions: mapOf(object({ since: TIME, until: orNull(TIME), reason: orNull(STRING), by: STRING })),
  pending: object({ actions: COUNT, withheld: COUNT }),
};

const EVENT = {
  at: TIME,
  type: oneOf(EVENT_TYPES),
  severity: oneOf(['info', 'warning', 'error']),
  target: STRING,
  message: STRING,
  fields: mapOf({ type: ['string', 'number', 'boolean', 'null'] }),
};

const EXPLANATION = {
  target: STRING,
  is: STRING,
  because: array(object({ text: STRING, source: SOURCE })),
  next: orNull(STRING),
  help: orNull(STRING),
};

const PROBLEMS = {
  file: STRING,
  valid: BOOLEAN,
  problems: array(
    object({
      severity: oneOf(['error', 'warning']),
      code: STRING,
      file: STRING,
      line: COUNT,
      column: COUNT,
      path: STRING,
      message: STRING,
      help: orNull(STRING),
      frame: STRING,
    }),
  ),
};

const APPLY_REPORT = {
  fleet: STRING,
  outcome: oneOf(APPLY_OUTCOMES),
  cycles: COUNT,
  tookMs: NUMBER,
  results: array(
    object({
      type: oneOf(ACTION_TYPES),
      target: STRING,
      outcome: oneOf(STEP_OUTCOMES),
      text: orNull(STRING),
      tookMs: NUMBER,
    }),
  ),
  remaining: COUNT,
  withheld: array(WITHHELD),
  diagnostics: array(DIAGNOSTIC),
};

const SCREEN = {
  agent: STRING,
  state: oneOf(SCREEN_STATES),
  dialog: orNull(oneOf(DIALOGS)),
  // Null: cannot be told from the screen.
  evidence: orNull(oneOf(EVIDENCE)),
  resetsAt: orNull(TIME_TO_SECOND),
  rule: STRING,
};

const DOCTOR = {
  // Null: there is no desired-state file, and only the machine was looked at.
  fleet: orNull(STRING),
  checks: array(
    object({
      id: oneOf(CHECK_IDS),
      target: STRING,
      status: oneOf(CHECK_STATUSES),
      summary: STRING,
      detail: STRING,
      help: orNull(STRING),
    }),
  ),
};

const KEYS = {
  Plan: PLAN,
  Status: STATUS,
  Event: EVENT,
  Explanation: EXPLANATION,
  Problems: PROBLEMS,
  ApplyReport: APPLY_REPORT,
  Screen: SCREEN,
  Doctor: DOCTOR,
} satisfies Record<OutputName, object>;
