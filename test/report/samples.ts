import type { Diagnostic } from '../../src/model/diagnostic.ts';
import type { JournalEvent } from '../../src/model/event.ts';
import type { Explanation } from '../../src/model/explanation.ts';
import type { Action, Plan, Withheld } from '../../src/model/plan.ts';
import type { FileProblem } from '../../src/model/seams.ts';
import type { Status } from '../../src/model/status.ts';
import type { ApplyReport } from '../../src/model/step.ts';
import type { Style } from '../../src/report/style.ts';
import { FILE, INCARNATION, NOW, at, owned } from './sample-parts.ts';
import { TASK_ACTIONS } from './task-samples.ts';

export { FILE, NOW };

/** One world to print: every action type, withheld changes, diagnostics, and names that want to do harm. */

/** Ends a terminal's patience: clear screen, set title, CSI as C1, newline, right-to-left override. */
export const HOSTILE = 'x\u001b[2J\u001b]0;pwn\u0007\u009b31m\nnext\r\u202Egnp\u0000';

export const PLAIN: Style = {
  colour: false,
  unicode: true,
  width: 100,
  now: NOW,
  zone: 'UTC',
  home: '/home/ann',
};

export const ACTIONS: readonly Action[] = [
  {
    type: 'link.create',
    target: 'link/backup/projects',
    reason: 'missing',
    because: 'sharedState.entries asks for projects in every home, and nothing stands there',
    source: at(31),
    disrupts: false,
    effect: {
      type: 'link.create',
      path: '/home/ann/.claude-backup/projects',
      to: '/home/ann/.claude-shared/projects',
      makeTarget: true,
      makeLink: true,
    },
  },
  {
    type: 'account.activate',
    target: 'account/main',
    reason: 'missing',
    because:
      'the active link of claude is not there; main is the first of activeAccount.prefer that can work',
    source: at(24),
    disrupts: false,
    effect: {
      type: 'account.activate',
      agent: 'claude',
      link: '/home/ann/.claude',
      home: '/home/ann/.claude-main',
      from: null,
    },
  },
  {
    type: 'session.create',
    target: 'session/ccl-auto-12',
    reason: 'below-min',
    because: '2 wanted by pools.auto.min, 1 alive',
    source: at(40),
    disrupts: false,
    effect: {
      type: 'session.create',
      name: 'ccl-auto-12',
      owner: 'home',
      cwd: '/home/ann/work',
      incarnation: INCARNATION,
      runs: { type: 'holder', pool: 'auto' },
    },
  },
  {
    type: 'session.recreate',
    target: 'session/ccl-auto-11',
    reason: 'process-ended',
    because: 'its process 4242 ended with status 1 at 15:18',
    source: at(37),
    disrupts: true,
    effect: {
      type: 'session.recreate',
      session: owned('ccl-auto-11'),
      pool: 'auto',
      cwd: '/home/ann/work',
      frees: null,
      at: NOW - 400,
    },
  },
  {
    type: 'session.stop',
    target: 'session/ccl-auto-19',
    reason: 'surplus',
    because: '3 alive where 2 are wanted, and free for longer than pools.auto.cooldown (5 m)',
    source: at(41),
    disrupts: true,
    effect: { type: 'session.stop', session: owned('ccl-auto-19'), ended: false, frees: null },
  },
  ...TASK_ACTIONS,
];

export const WITHHELD: readonly Withheld[] = [
  {
    type: 'session.create',
    target: 'session/ccl-auto-13',
    reason: 'name-taken',
    because: 'a session that is not ours has the name; `rollcall adopt ccl-auto-13` would make it ours',
    source: at(40),
    until: null,
  },
  {
    type: 'session.recreate',
    target: 'session/ccl-auto-14',
    reason: 'backing-off',
    because: 'it died 3 times within the hour',
    source: at(37),
    until: NOW + 40_000,
  },
];

export const DIAGNOSTICS: readonly Diagnostic[] = [
  {
    severity: 'warning',
    code: 'name-taken',
    target: 'session/ccl-auto-13',
    summary: 'A session that is not ours has a declared name.',
    detail: 'ccl-auto-13 ($9) carries no stamp of fleet home.',
    help: 'rollcall adopt ccl-auto-13',
  },
  {
    severity: 'error',
    code: 'link-diverged',
    target: 'link/backup/session-env',
    summary: 'A link points elsewhere.',
    detail:
      '/home/ann/.claude-backup/session-env points at /tmp/old, not at /home/ann/.claude-shared/session-env.',
    help: 'ln -sfn /home/ann/.claude-shared/session-env /home/ann/.claude-backup/session-env',
  },
];

export const PLAN: Plan = {
  fleet: 'home',
  desiredHash: 'a'.repeat(64),
  observedAt: NOW - 400,
  converged: false,
  actions: ACTIONS,
  withheld: WITHHELD,
  patch: [{ op: 'add', path: '/sessions/ccl-auto-12', value: { pool: 'auto' } }],
  diagnostics: DIAGNOSTICS,
  nextAt: NOW + 60_000,
};

export const CONVERGED_PLAN: Plan = {
  ...PLAN,
  converged: true,
  actions: [],
  withheld: [],
  patch: [],
  diagnostics: [],
};

export const STATUS: Status = {
  fleet: 'home',
  file: FILE,
  phase: 'Degraded',
  observedAt: NOW - 200,
  blockedUntil: null,
  parked: {
    'task/secumon/fix-login': {
      session: 'ccl-auto-14',
      account: 'main',
      conversation: '6b1f3d52-4c9e-4a7a-9f3e-0d9a53c1e7aa',
      until: NOW + 9_660_000,
      why: 'main has no quota left',
    },
  },
  loop: { running: true, pid: 4211, since: NOW - 3 * 86_400_000, lastCycleAt: NOW - 4000 },
  accounts: {
    main: {
      agent: 'claude',
      home: '/home/ann/.claude-main',
      active: true,
      exhaustedUntil: NOW + 9_660_000,
      links: 'intact',
      exhaustion: {
        since: NOW - 240_000,
        source: 'transcript',
        confidence: 'told',
        session: 'ccl-auto-14',
        rule: 'quota',
      },
      suspicion: null,
      used: { five_hour: { percent: 100, resetsAt: NOW + 9_660_000, at: NOW - 250_000 } },
    },
    backup: {
      agent: 'claude',
      home: '/home/ann/.claude-backup',
      active: false,
      exhaustedUntil: null,
      links: 'diverged',
      exhaustion: null,
      suspicion: { since: NOW - 16_000, looks: 1 },
      used: { seven_day: { percent: 12.4, resetsAt: null, at: NOW - 90_000 } },
    },
  },
  sessions: {
    'ccl-1-conformvault': session({ kind: 'dedicated', state: 'idle', attached: true }),
    'ccl-auto-11': session({ pool: 'auto', state: 'free', since: NOW - 720_000 }),
    'ccl-auto-12': session({ pool: 'auto', state: 'absent', owned: false }),
    'ccl-auto-14': session({
      pool: 'auto',
      state: 'waiting',
      account: 'main',
      task: 'task/secumon/fix-login',
      conversation: '6b1f3d52-4c9e-4a7a-9f3e-0d9a53c1e7aa',
      since: NOW - 2_280_000,
      note: 'asks: Do you want to run `npm install left-pad`?',
    }),
    'ccl-auto-13': session({
      pool: 'auto',
      state: 'unknown',
      owned: false,
      note: 'a session that is not ours has the name; nothing is done with it until somebody adopts it or ends it',
    }),
  },
  pools: { auto: { min: 2, max: 10, alive: 1, free: 1 } },
  inboxes: { secumon: { waiting: 3, running: 1, parked: 2, done: 41, failed: 1, rejected: 0 } },
  suspensions: {
    'session/ccl-auto-11': { since: NOW - 60_000, until: NOW + 2_460_000, reason: 'debugging', by: 'ann' },
  },
  pending: { actions: 2, withheld: 1 },
  diagnostics: DIAGNOSTICS,
};

export function session(some: Partial<Status['sessions'][string]>): Status['sessions'][string] {
  return {
    kind: 'pool',
    pool: null,
    state: 'free',
    owned: true,
    account: null,
    task: null,
    conversation: null,
    since: null,
    attached: false,
    note: null,
    ...some,
  };
}

export const EVENT: JournalEvent = {
  at: '2026-11-22T15:19:02.123Z',
  type: 'action.applied',
  severity: 'info',
  target: 'session/ccl-auto-12',
  message: 'created',
  fields: { action: 'session.create', tookMs: 12, first: true, error: null },
};

export const EXPLANATION: Explanation = {
  target: 'session/ccl-auto-12',
  is: 'a free session of pool auto',
  because: [
    { text: 'pools.auto.min is 2', source: at(40) },
    { text: '1 was alive when it was created', source: null },
  ],
  next: 'nothing, while the file stays as it is',
  nextAt: NOW + 60_000,
  help: 'rollcall attach ccl-auto-12',
};

export const PROBLEMS: readonly FileProblem[] = [
  {
    severity: 'error',
    code: 'unknown-key',
    file: FILE,
    line: 39,
    column: 7,
    path: '/pools/auto/mim',
    message: 'unknown key "mim" in pools.auto',
    help: 'did you mean "min"?',
    frame:
      'error: unknown key "mim" in pools.auto\n --> ~/desired-state.yaml:39:7\n38 |   auto:\n39 |     mim: 2\n   |     ^^^\n40 |     max: 10\n   = help: did you mean "min"?',
  },
  {
    severity: 'warning',
    code: 'not-acted-on',
    file: FILE,
    line: 0,
    column: 0,
    path: '',
    message: 'notify is checked, and not acted on by this version',
    help: null,
    frame: '',
  },
];

export const APPLY_REPORT: ApplyReport = {
  fleet: 'home',
  outcome: 'failed',
  cycles: 1,
  tookMs: 1234.5,
  results: [
    { type: 'session.create', target: 'session/ccl-auto-12', outcome: 'applied', text: null, tookMs: 104 },
    {
      type: 'link.create',
      target: 'link/backup/projects',
      outcome: 'failed',
      text: 'ENOSPC: no space left on device',
      tookMs: 3,
    },
    {
      type: 'session.stop',
      target: 'session/ccl-auto-19',
      outcome: 'stale',
      text: 'somebody is attached',
      tookMs: 5,
    },
    { type: 'session.recreate', target: 'session/ccl-auto-11', outcome: 'unknown', text: null, tookMs: 5000 },
  ],
  remaining: 1,
  withheld: WITHHELD,
  diagnostics: DIAGNOSTICS,
};
