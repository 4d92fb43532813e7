import { CHECK_IDS, CHECK_STATUSES } from '../model/doctor.ts';
import { EVENT_TYPES } from '../model/event.ts';
import { NOTICE_STATES } from '../model/notice.ts';
import {
  ACTION_TYPES,
  DIAGNOSTIC_CODES,
  PHASES,
  REASONS,
  SESSION_STATES,
  WITHHELD_REASONS,
} from '../model/words.ts';
import { CONFIDENCES, EVIDENCE_SOURCES } from '../model/quota.ts';
import { DIALOGS, EVIDENCE, SCREEN_STATES } from '../model/screen.ts';
import { PRIORITIES, TASK_REASONS } from '../model/task.ts';
import { TASK_STATES } from '../model/task-view.ts';
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
  'Notice',
  'Explanation',
  'Problems',
  'ApplyReport',
  'Screen',
  'Capture',
  'Doctor',
  'TaskList',
  'Task',
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
  // What exhaustedUntil rests on.
  exhaustion: orNull(
    object({
      since: TIME,
      source: oneOf(EVIDENCE_SOURCES),
      confidence: oneOf(CONFIDENCES),
      session: STRING,
      rule: STRING,
    }),
  ),
  // Evidence that is not enough yet.
  suspicion: orNull(object({ since: TIME, looks: COUNT })),
  // By window, as the agent tells it.
  used: mapOf(object({ percent: NUMBER, resetsAt: orNull(TIME), at: TIME })),
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
  // Blocked only: when it goes on by itself; null then: a person has to do something.
  blockedUntil: orNull(TIME),
  // Tasks that wait for quota, by address.
  parked: mapOf(
    object({
      session: STRING,
      account: orNull(STRING),
      conversation: orNull(STRING),
      until: orNull(TIME),
      why: orNull(STRING),
    }),
  ),
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

const NOTICE = {
  fleet: STRING,
  // Stable: the same message again has the same id.
  id: STRING,
  at: TIME,
  severity: oneOf(['info', 'warning', 'error']),
  subject: STRING,
  text: STRING,
  items: array(
    object({
      state: oneOf(NOTICE_STATES),
      event: oneOf(EVENT_TYPES),
      severity: oneOf(['info', 'warning', 'error']),
      target: STRING,
      since: TIME,
      overAt: orNull(TIME),
      what: STRING,
      next: orNull(STRING),
      look: STRING,
    }),
  ),
  // Beyond those listed.
  more: COUNT,
};

const EXPLANATION = {
  target: STRING,
  is: STRING,
  because: array(object({ text: STRING, source: SOURCE })),
  next: orNull(STRING),
  help: orNull(STRING),
  // When, where that is known.
  nextAt: orNull(TIME),
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

const CAPTURE = {
  session: STRING,
  pane: STRING,
  // Null, as all that rules read: no agent that is known runs there.
  agent: orNull(STRING),
  version: orNull(STRING),
  seenAt: TIME_TO_SECOND,
  zone: STRING,
  title: STRING,
  command: STRING,
  size: STRING,
  state: orNull(oneOf(SCREEN_STATES)),
  dialog: orNull(oneOf(DIALOGS)),
  evidence: orNull(oneOf(EVIDENCE)),
  resetsAt: orNull(TIME_TO_SECOND),
  rule: orNull(STRING),
  // Kind of what was hidden -> how often.
  hidden: mapOf(COUNT),
  plain: STRING,
  ansi: STRING,
  files: orNull(array(STRING)),
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

const TASK = {
  address: STRING,
  inbox: STRING,
  id: STRING,
  state: oneOf(TASK_STATES),
  title: orNull(STRING),
  priority: orNull(oneOf(PRIORITIES)),
  since: orNull(TIME),
  // Waiting: not before then. Parked: it goes on then.
  until: orNull(TIME),
  session: orNull(STRING),
  attempt: orNull(STRING),
  note: orNull(STRING),
  path: STRING,
};

const TASK_LIST = {
  fleet: STRING,
  observedAt: TIME,
  tasks: array(object(TASK)),
  diagnostics: array(DIAGNOSTIC),
};

const ATTEMPT = object({
  attempt: STRING,
  number: COUNT,
  session: STRING,
  pool: STRING,
  agent: STRING,
  model: orNull(STRING),
  account: orNull(STRING),
  cwd: STRING,
  conversation: orNull(STRING),
  delivery: oneOf(['argv', 'file', 'paste']),
  startedAt: TIME,
  launches: COUNT,
  launchedAt: TIME,
  parkedUntil: orNull(TIME),
  end: orNull(
    object({
      result: oneOf(['done', 'failed', 'returned']),
      reason: oneOf(TASK_REASONS),
      detail: STRING,
      at: TIME,
      lastLines: array(STRING),
    }),
  ),
});

const TASK_DETAIL = {
  fleet: STRING,
  ...TASK,
  // What its frontmatter asks for; null: the file cannot be read as a task.
  asks: orNull(
    object({
      model: orNull(STRING),
      cwd: orNull(STRING),
      agent: orNull(STRING),
      timeoutMs: orNull(COUNT),
      retries: orNull(COUNT),
      notBefore: orNull(TIME),
      deliver: oneOf(['inline', 'file']),
    }),
  ),
  attempts: array(ATTEMPT),
};

const KEYS = {
  Plan: PLAN,
  Status: STATUS,
  Event: EVENT,
  Notice: NOTICE,
  Explanation: EXPLANATION,
  Problems: PROBLEMS,
  ApplyReport: APPLY_REPORT,
  Screen: SCREEN,
  Capture: CAPTURE,
  Doctor: DOCTOR,
  TaskList: TASK_LIST,
  Task: TASK_DETAIL,
} satisfies Record<OutputName, object>;
