import type { Action } from '../../src/model/plan.ts';
import type { AttemptRecord, LaunchRequest } from '../../src/model/task.ts';
import type { TaskDetail, TaskList, TaskView } from '../../src/model/task-view.ts';
import { at, NOW, owned } from './sample-parts.ts';

/** A queue to print: every action about tasks, and tasks in every state. */

const QUEUE = '/home/ann/secumon/.agent-queue';
const CONVERSATION = '6b1f3d52-4c9e-4a7a-9f3e-0d9a53c1e7aa';

export const RECORD: AttemptRecord = {
  version: 1,
  attempt: 'k3f9a2',
  inbox: 'secumon',
  id: 'fix-login',
  title: 'The login fails after a password change',
  file: 'fix-login.md',
  sha256: 'b'.repeat(64),
  bytes: 1204,
  number: 1,
  session: 'ccl-auto-14',
  pool: 'auto',
  agent: 'claude',
  model: 'opus',
  account: 'main',
  cwd: '/home/ann/secumon',
  conversation: CONVERSATION,
  priority: 'critical',
  delivery: 'argv',
  timeoutMs: 3_600_000,
  retries: 1,
  startedAt: NOW - 2_280_000,
  launches: 1,
  launchedAt: NOW - 2_280_000,
  fleet: 'home',
  errors: 0,
  parkedUntil: null,
  end: null,
};

const RETURNED: AttemptRecord = {
  ...RECORD,
  end: {
    result: 'returned',
    reason: 'interrupted',
    detail: 'the tmux server died',
    at: NOW - 2_000_000,
    lastLines: ['✻ Running tests…', '', '  12 passed, 3 failed'],
  },
};

const DONE: AttemptRecord = {
  ...RECORD,
  attempt: 'm7q1zz',
  number: 2,
  startedAt: NOW - 1_900_000,
  launches: 3,
  end: {
    result: 'done',
    reason: 'agent-said-so',
    detail: 'the reset token outlived the session',
    at: NOW - 600_000,
    lastLines: ['All 15 tests pass.'],
  },
};

const LAUNCH: LaunchRequest = {
  agent: 'claude',
  mode: 'start',
  conversation: CONVERSATION,
  model: 'opus',
  cwd: '/home/ann/secumon',
  home: '/home/ann/.claude-main',
  trusted: true,
  delivery: 'argv',
  inbox: 'secumon',
  id: 'fix-login',
  attempt: 'k3f9a2',
  launch: 1,
  runDir: '/run/user/1000/rollcall/home/runs/k3f9a2',
};

const CLAIM_FILE = 'fix-login@ccl-auto-14@k3f9a2.md';
const CLAIMED = `${QUEUE}/claimed/${CLAIM_FILE}`;
const RECORD_PATH = `${QUEUE}/attempts/fix-login@k3f9a2.json`;
const BACK = {
  claimed: CLAIMED,
  to: `${QUEUE}/inbox/fix-login.md`,
  otherwise: `${QUEUE}/inbox/fix-login@k3f9a2.md`,
};

export const TASK_ACTIONS: readonly Action[] = [
  {
    type: 'session.relaunch',
    target: 'session/ccl-auto-14',
    reason: 'turn-failed',
    because: 'its last turn ended in a server error 12 s ago, 1 of 3 times',
    source: at(60),
    disrupts: true,
    effect: {
      type: 'session.relaunch',
      session: owned('ccl-auto-14'),
      attempt: 'k3f9a2',
      launch: { ...LAUNCH, mode: 'resume', launch: 2 },
      record: { ...RECORD, launches: 2 },
      recordPath: RECORD_PATH,
      from: 'ended',
      dead: true,
      moves: null,
    },
  },
  {
    type: 'agent.stop',
    target: 'session/ccl-auto-15',
    reason: 'task-over',
    because: 'task secumon/lint is done, and its agent still runs',
    source: null,
    disrupts: false,
    effect: {
      type: 'agent.stop',
      attempt: 'q2w3e4',
      launchDir: '/run/user/1000/rollcall/home/runs/q2w3e4/1',
      pid: 5151,
      start: '88771',
      signal: 'SIGTERM',
    },
  },
  {
    type: 'task.start',
    target: 'task/secumon/fix-login',
    reason: 'next-in-line',
    because: 'priority critical, waiting for 4 m; ccl-auto-14 is free',
    source: at(52),
    disrupts: false,
    effect: {
      type: 'task.start',
      session: owned('ccl-auto-14'),
      claim: {
        inbox: 'secumon',
        id: 'fix-login',
        session: 'ccl-auto-14',
        attempt: 'k3f9a2',
        file: CLAIM_FILE,
      },
      from: `${QUEUE}/inbox/fix-login.md`,
      claimed: CLAIMED,
      identity: '1:2:3:4',
      launch: LAUNCH,
      record: RECORD,
      recordPath: RECORD_PATH,
      maxBytes: 262_144,
    },
  },
  {
    type: 'task.submit',
    target: 'task/secumon/docs',
    reason: 'text-in-box',
    because: 'the text stands in the input box of ccl-auto-16',
    source: null,
    disrupts: false,
    effect: {
      type: 'task.submit',
      session: owned('ccl-auto-16'),
      attempt: 'z9y8x7',
      runDir: '/run/user/1000/rollcall/home/runs/z9y8x7',
      from: 'pasted',
      to: 'submitted',
      at: NOW - 400,
    },
  },
  {
    type: 'task.finish',
    target: 'task/secumon/lint',
    reason: 'task-done',
    because: 'its agent said so 2 s ago',
    source: null,
    disrupts: false,
    effect: {
      type: 'task.finish',
      claimed: `${QUEUE}/claimed/lint@ccl-auto-15@q2w3e4.md`,
      to: `${QUEUE}/done/lint.md`,
      otherwise: `${QUEUE}/done/lint@q2w3e4.md`,
      record: DONE,
      recordPath: RECORD_PATH,
    },
  },
  {
    type: 'task.return',
    target: 'task/secumon/fix-login',
    reason: 'interrupted',
    because: 'its session died; 1 of 1 retries is left',
    source: null,
    disrupts: false,
    effect: { type: 'task.return', ...BACK, record: RETURNED, recordPath: RECORD_PATH },
  },
  {
    type: 'task.unclaim',
    target: 'task/secumon/slow',
    reason: 'never-started',
    because: 'claimed for ccl-auto-17, and nobody has started its agent',
    source: null,
    disrupts: false,
    effect: {
      type: 'task.unclaim',
      attempt: 'a1b2c3',
      launchDir: '/run/user/1000/rollcall/home/runs/a1b2c3/1',
      session: owned('ccl-auto-17'),
      claimed: `${QUEUE}/claimed/slow@ccl-auto-17@a1b2c3.md`,
      to: `${QUEUE}/inbox/slow.md`,
      otherwise: `${QUEUE}/inbox/slow@a1b2c3.md`,
      recordPath: `${QUEUE}/attempts/slow@a1b2c3.json`,
    },
  },
  {
    type: 'task.reject',
    target: 'task/secumon/bad',
    reason: 'not-a-task',
    because: 'line 3: unknown key "prio"; did you mean "priority"?',
    source: null,
    disrupts: false,
    effect: {
      type: 'task.reject',
      from: `${QUEUE}/inbox/bad.md`,
      to: `${QUEUE}/rejected/bad.md`,
      otherwise: `${QUEUE}/rejected/bad@a1b2.md`,
      identity: '1:2:3:4',
      reason: 'malformed',
      detail: 'line 3: unknown key "prio"; did you mean "priority"?',
    },
  },
];

function view(some: Partial<TaskView>): TaskView {
  const id = some.id ?? 'fix-login';
  return {
    inbox: 'secumon',
    id,
    state: 'waiting',
    title: null,
    priority: 'normal',
    path: `${QUEUE}/inbox/${id}.md`,
    since: NOW - 240_000,
    until: null,
    session: null,
    attempt: null,
    note: null,
    ...some,
  };
}

export const TASK_LIST: TaskList = {
  fleet: 'home',
  observedAt: NOW - 100,
  tasks: [
    view({
      state: 'running',
      title: RECORD.title,
      priority: 'critical',
      session: 'ccl-auto-14',
      attempt: 'k3f9a2',
    }),
    view({ id: 'port', state: 'parked', until: NOW + 9_660_000, session: 'ccl-auto-16', attempt: 'p1p2p3' }),
    view({ id: 'tonight', until: NOW + 20_000_000, title: 'Rebuild the index' }),
    view({ id: 'bad', priority: null, note: 'will be rejected: malformed: line 3: unknown key "prio"' }),
    view({ id: 'flaky', state: 'failed', session: 'ccl-auto-12', note: 'stalled: nothing moved for 30 m' }),
    view({ id: 'fifo', state: 'rejected', priority: null, note: 'not-a-file: it is a FIFO' }),
    view({
      id: 'lint',
      state: 'done',
      session: 'ccl-auto-15',
      note: 'agent-said-so: all clean',
      title: 'Lint',
    }),
  ],
  diagnostics: [
    {
      severity: 'error',
      code: 'inbox-unreadable',
      target: 'inbox/other',
      summary: 'The folder of an inbox could not be read',
      detail: '/srv/other/inbox: EACCES: permission denied',
      help: null,
    },
  ],
};

export const TASK: TaskDetail = {
  fleet: 'home',
  view: view({
    state: 'done',
    title: RECORD.title,
    priority: 'critical',
    session: 'ccl-auto-14',
    attempt: 'm7q1zz',
    path: `${QUEUE}/done/fix-login.md`,
    note: 'agent-said-so: the reset token outlived the session',
  }),
  task: {
    id: 'fix-login',
    title: RECORD.title,
    priority: 'critical',
    model: 'opus',
    cwd: '/home/ann/secumon/api',
    agent: null,
    timeoutMs: 3_600_000,
    retries: 1,
    notBefore: null,
    deliver: 'inline',
  },
  attempts: [RETURNED, DONE],
};
