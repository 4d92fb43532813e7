import { describe, expect, it } from 'vitest';
import type { PlanInput } from '../../src/model/plan-input.ts';
import type { Action } from '../../src/model/plan.ts';
import { read, unreadable } from '../../src/model/reading.ts';
import type { ObservedRun } from '../../src/model/run.ts';
import { NO_FACTS } from '../../src/model/run.ts';
import { guard } from '../../src/plan/guard.ts';
import { plan } from '../../src/plan/plan.ts';
import { INCARNATION, MINUTE, NOW, session } from '../support/fleet.ts';
import { agentProcess, besideInbox, busy, claim, inbox, record, run, waiting } from '../support/queue.ts';
import type { Case } from '../support/task-world.ts';
import { caseOf, FLEET } from '../support/task-world.ts';
import { sessionsOf, withSessions } from '../support/world.ts';

const A = 'at0001';
const FIX = claim('sec', 'fix', 'auto-0', A);
const FREE = session(1, 'auto-0', 'free');
const OTHER = session(2, 'auto-1', 'free', { createdAt: NOW - MINUTE });
const DEAD = agentProcess(A, { alive: false });
const HOOK = { at: NOW - MINUTE, error: null, background: 0, text: null };
const FAILED = { ...NO_FACTS, hooks: [{ ...HOOK, event: 'turn-failed', error: 'server-error' } as const] };

/** A sound plan that holds an action of the type, and nothing else about tasks. */
function sound(type: Action['type'], given: Case): { readonly given: PlanInput; readonly action: Action } {
  const whole = caseOf(given);
  const action = plan(whole).actions.find((each) => each.type === type);
  if (action === undefined) throw new Error(`a plan with ${type}`);
  return { given: whole, action };
}

function attempt(over: Partial<ObservedRun>, dead: boolean, phase: 'started' | null = 'started'): Case {
  const noted = record(FIX, { retries: 1 });
  return {
    sessions: [busy(1, 'auto-0', { attempt: A, phase }, dead ? 'ended' : 'free'), OTHER],
    runs: [run(FIX, noted, over)],
  };
}

const word = { word: { type: 'done', at: NOW - 1, message: null } } as const;
const paste: Case = {
  sessions: [busy(1, 'auto-0', { attempt: A, phase: 'started' }), OTHER],
  runs: [
    run(FIX, record(FIX, { delivery: 'paste', launchedAt: NOW - MINUTE, startedAt: NOW - MINUTE }), {
      facts: {
        ...NO_FACTS,
        registry: { status: 'idle', waitingFor: null, at: NOW - MINUTE },
        screen: {
          at: NOW,
          verdict: { state: 'idle', dialog: null, evidence: null, resetsAt: null, rule: 'r' },
          box: { text: '', pasted: false },
          question: null,
          hash: 'h',
          lastLines: [],
        },
      },
    }),
  ],
  over: { memory: { ...caseOf({}).memory, screens: { [A]: { hash: 'h', since: NOW - MINUTE } } } },
};

/** One plan for each type of action, and what its effect may not be instead. */
const TYPES: Readonly<Record<string, { readonly case: Case; readonly bends: readonly object[] }>> = {
  'task.start': {
    case: { sessions: [FREE, OTHER], entries: { 'fix.md': waiting('fix') } },
    bends: [
      { session: { name: 'auto-1' } },
      { session: { id: '$2' } },
      { session: { pane: '%2' } },
      { session: { panePid: 1 } },
      { session: { owner: 'elsewhere' } },
      { session: { incarnation: { ...INCARNATION, pid: 1 } } },
      { claim: { id: 'other' } },
      { claim: { inbox: 'web' } },
      { claim: { session: 'auto-1' } },
      { claim: { attempt: 'at9999' } },
      { from: '/etc/passwd' },
      { from: `${besideInbox('sec', 'inbox')}/../claimed/fix.md` },
      { from: `${besideInbox('sec', 'inbox')}/other.md` },
      { claimed: '/tmp/fix.md' },
      { identity: 'another' },
      { recordPath: '/tmp/record.json' },
      { maxBytes: 1e9 },
      { launch: { attempt: '../up' } },
      { launch: { conversation: 'latest' } },
      { launch: { runDir: '/tmp' } },
      { launch: { cwd: '/etc' } },
      { launch: { model: 'gpt' } },
      { launch: { agent: 'codex' } },
      { launch: { home: '/root' } },
      { launch: { mode: 'resume' } },
      { launch: { launch: 2 } },
      { launch: { inbox: 'web' } },
      { record: { conversation: '00000000-0000-4000-8000-000000000000' } },
      { record: { session: 'auto-1' } },
      { record: { sha256: 'other' } },
      { record: { account: 'main' } },
      { record: { end: { result: 'done', reason: 'at-rest', detail: '', at: 0, lastLines: [] } } },
    ],
  },
  'task.unclaim': {
    case: attempt({ spec: 'waiting', agent: null }, false, null),
    bends: [
      { session: { id: '$2', name: 'auto-1', pane: '%2', panePid: 5002 } },
      { session: null },
      { attempt: 'at9999' },
      { launchDir: '/tmp' },
      { claimed: null },
      { claimed: `${besideInbox('sec', 'claimed')}/other.md` },
      { to: `${besideInbox('sec', 'done')}/fix.md` },
      { to: '/etc/passwd' },
      { otherwise: '/etc/passwd' },
      { recordPath: '/etc/passwd' },
      { recordPath: `${besideInbox('sec', 'attempts')}/other@at0002.json` },
    ],
  },
  'task.finish': {
    case: attempt(word, false),
    bends: [
      { claimed: `${besideInbox('sec', 'claimed')}/other.md` },
      { to: `${besideInbox('sec', 'failed')}/fix.md` },
      { to: `${besideInbox('sec', 'inbox')}/fix.md` },
      { to: '/etc/passwd' },
      { otherwise: '/etc/passwd' },
      { recordPath: '/etc/passwd' },
      { record: { sha256: 'other' } },
      { record: { attempt: 'at9999' } },
      { record: { end: null } },
      { record: { end: { result: 'done', reason: 'at-rest', detail: '', at: 0, lastLines: [] } } },
      { record: { end: { result: 'failed', reason: 'agent-said-so', detail: '', at: 0, lastLines: [] } } },
      { record: null },
    ],
  },
  'task.return': {
    case: attempt({ agent: DEAD, exit: { code: 1, signal: null, at: NOW } }, true),
    bends: [
      { to: `${besideInbox('sec', 'done')}/fix.md` },
      { to: `${besideInbox('sec', 'inbox')}/fix.txt` },
      { otherwise: '/etc/passwd.md' },
      { claimed: `${besideInbox('sec', 'claimed')}/other.md` },
      { record: null },
      { record: { number: 2 } },
      { record: { retries: 0 } },
      { record: { end: { result: 'failed', reason: 'interrupted', detail: '', at: 0, lastLines: [] } } },
    ],
  },
  'task.reject': {
    case: {
      sessions: [FREE, OTHER],
      entries: { 'x.md': { type: 'bad', identity: 'i', reason: 'empty', detail: '' } },
    },
    bends: [
      { from: '/etc/passwd' },
      { from: `${besideInbox('sec', 'inbox')}/y.md` },
      { to: `${besideInbox('sec', 'done')}/x.md` },
      { otherwise: '/etc/passwd' },
      { identity: 'another' },
      { reason: 'too-large' },
    ],
  },
  'agent.stop': {
    case: attempt({ claim: null }, false),
    bends: [
      { pid: 1 },
      { pid: 5001 },
      { start: 'another' },
      { attempt: 'at9999' },
      { signal: 'SIGKILL' },
      { launchDir: '/tmp/1' },
    ],
  },
  'session.relaunch': {
    case: attempt({ agent: DEAD, exit: { code: 1, signal: null, at: NOW }, facts: FAILED }, true),
    bends: [
      { session: { id: '$2', name: 'auto-1', pane: '%2', panePid: 5002 } },
      { attempt: 'at9999' },
      { launch: { mode: 'start' } },
      { launch: { conversation: '00000000-0000-4000-8000-000000000000' } },
      { launch: { launch: 1 } },
      { launch: { cwd: '/etc' } },
      { launch: { runDir: '/tmp' } },
      { record: { launches: 3 } },
      { recordPath: '/etc/passwd' },
    ],
  },
  'task.submit': {
    case: paste,
    bends: [
      { session: { id: '$2', name: 'auto-1', pane: '%2', panePid: 5002 } },
      { attempt: 'at9999' },
      { runDir: '/tmp' },
      { from: 'pasted', to: 'submitted' },
      { to: 'submitted' },
    ],
  },
  'session.recreate': {
    case: attempt({ claim: null, agent: DEAD }, true),
    bends: [{ frees: null }, { frees: 'at9999' }, { session: { id: '$2' } }],
  },
};

/** The effect with part of it replaced, one level deep, as a bug in the planner would. */
function bent(action: Action, bend: object): Action {
  const effect: Record<string, unknown> = { ...action.effect };
  for (const [key, value] of Object.entries(bend)) {
    const before = effect[key];
    const isPart =
      typeof value === 'object' && value !== null && typeof before === 'object' && before !== null;
    effect[key] = isPart ? { ...before, ...value } : value;
  }
  return { ...action, effect } as unknown as Action;
}

describe('guard of tasks', () => {
  it.each(Object.entries(TYPES))('lets a sound %s pass', (name, each) => {
    const { given, action } = sound(name as Action['type'], each.case);
    expect(guard([action], given)).toEqual([]);
  });

  it.each(
    Object.entries(TYPES).flatMap(([name, { case: of, bends }]) => {
      return bends.map((bend) => [name, JSON.stringify(bend), of, bend] as const);
    }),
  )('refuses a %s with %s', (name, _, of, bend) => {
    const { given, action } = sound(name as Action['type'], of);
    expect(guard([bent(action, bend)], given)).not.toEqual([]);
  });

  it.each(Object.entries(TYPES))(
    'refuses a %s twice, and one of a server that was not read',
    (name, each) => {
      const { given, action } = sound(name as Action['type'], each.case);
      expect(guard([action, action], given)).not.toEqual([]);
      if (name === 'task.reject' || name === 'task.finish') return;
      const observed = { ...given.observed, tmux: unreadable(UNREAD) };
      expect(guard([action], { ...given, observed })).not.toEqual([]);
    },
  );

  it('refuses to touch the session of a task that is not ours, or ours no more', () => {
    for (const [name, each] of Object.entries(TYPES)) {
      if (['task.reject', 'task.finish', 'task.return'].includes(name)) continue;
      const { given, action } = sound(name as Action['type'], each.case);
      const sessions = sessionsOf(given.observed);
      const own = sessions['$1'];
      if (own?.stamp == null) throw new Error('the session of the case');
      const others = [
        { ...own, stamp: { ...own.stamp, owner: 'elsewhere' } },
        { ...own, stamp: { ...own.stamp, kind: 'dedicated' as const } },
        { ...own, contradictedBy: 'evil' },
      ];
      for (const other of others) {
        const observed = withSessions(given.observed, { ...sessions, $1: other });
        expect([name, guard([action], { ...given, observed })]).not.toEqual([name, []]);
      }
      const owner = { cwd: '/home/op/work', agent: null, onSwap: 'leave' as const };
      const desired = { ...given.desired, dedicated: { ...FLEET.dedicated, 'auto-0': owner } };
      expect([name, guard([action], { ...given, desired })]).not.toEqual([name, []]);
    }
  });

  const moved: readonly (readonly [string, Action['type'], (given: PlanInput) => PlanInput])[] = [
    ['starts a task that is claimed', 'task.start', withClaim],
    ['starts a second task in a session', 'task.start', withWork],
    ['starts a task while somebody types', 'task.start', withTyping],
    ['starts a task in a session that rests', 'task.start', withRest],
    ['starts a task that changed', 'task.start', (given) => withEntry(given, waiting('fix', {}, NOW - 1))],
    [
      'starts a task too early',
      'task.start',
      (given) => withEntry(given, waiting('fix', { notBefore: NOW + 1 })),
    ],
    [
      'starts a task beyond what is allowed',
      'task.start',
      (given) => withEntry(given, waiting('fix', { cwd: '/etc' })),
    ],
    ['starts a task that is suspended', 'task.start', withSuspension],
    ['starts a task in an inbox that was not read', 'task.start', withUnread],
    ['takes back what has been started', 'task.unclaim', (given) => withRun(given, { spec: 'taken' })],
    ['takes back what has an agent', 'task.unclaim', (given) => withRun(given, { agent: agentProcess(A) })],
    ['finishes on no evidence', 'task.finish', (given) => withRun(given, { word: null })],
    ['finishes what is not claimed', 'task.finish', withUnread],
    ['returns what lives', 'task.return', (given) => withRun(given, { agent: agentProcess(A) })],
    [
      'returns what was cancelled',
      'task.return',
      (given) => withRun(given, { word: { type: 'cancelled', at: 0, message: null } }),
    ],
    ['ends an agent whose task goes on', 'agent.stop', (given) => withRun(given, { claim: FIX })],
    ['ends an agent whose inbox was not read', 'agent.stop', withUnread],
    ['ends what has ended', 'agent.stop', (given) => withRun(given, { agent: DEAD })],
    [
      'relaunches beside a live agent',
      'session.relaunch',
      (given) => withRun(given, { agent: agentProcess(A) }),
    ],
    ['relaunches what is over', 'session.relaunch', (given) => withRun(given, { claim: null })],
    [
      'relaunches what somebody ended',
      'session.relaunch',
      (given) => withRun(given, { word: { type: 'done', at: 0, message: null } }),
    ],
    ['types for a dead agent', 'task.submit', (given) => withRun(given, { agent: DEAD })],
    ['types while somebody types', 'task.submit', withTyping],
    ['types over a draft', 'task.submit', withDraft],
    ['frees a session whose task goes on', 'session.recreate', (given) => withRun(given, { claim: FIX })],
    [
      'frees a session whose agent lives',
      'session.recreate',
      (given) => withRun(given, { agent: agentProcess(A) }),
    ],
  ];
  it.each(moved)('refuses a plan that %s', (_, type, move) => {
    const { given, action } = sound(type, TYPES[type]?.case ?? {});
    expect(guard([action], move(given))).not.toEqual([]);
  });
});

function withRun(given: PlanInput, over: Partial<ObservedRun>): PlanInput {
  const before = given.observed.runs[A];
  if (before === undefined) throw new Error('the run of the case');
  return { ...given, observed: { ...given.observed, runs: { [A]: { ...before, ...over } } } };
}

function withEntry(given: PlanInput, entry: ReturnType<typeof waiting>): PlanInput {
  return { ...given, observed: { ...given.observed, inboxes: { sec: read(inbox({ 'fix.md': entry })) } } };
}

function withClaim(given: PlanInput): PlanInput {
  const claimed = read(inbox({ 'fix.md': waiting('fix') }, [claim('sec', 'fix', 'auto-1', 'at0009')]));
  return { ...given, observed: { ...given.observed, inboxes: { sec: claimed } } };
}

function withSession(given: PlanInput, over: object): PlanInput {
  const sessions = sessionsOf(given.observed);
  const own = sessions['$1'];
  if (own === undefined) throw new Error('the session of the case');
  return { ...given, observed: withSessions(given.observed, { ...sessions, $1: { ...own, ...over } }) };
}

function withTyping(given: PlanInput): PlanInput {
  return withSession(given, { attached: 1, typedAt: NOW - 1_000 });
}

function withWork(given: PlanInput): PlanInput {
  const { stamp } = sessionsOf(given.observed)['$1'] ?? {};
  return withSession(given, { stamp: { ...stamp, work: { attempt: A, phase: null, since: null } } });
}

function withRest(given: PlanInput): PlanInput {
  const { stamp } = sessionsOf(given.observed)['$1'] ?? {};
  return withSession(given, { stamp: { ...stamp, freedAt: NOW - MINUTE } });
}

function withSuspension(given: PlanInput): PlanInput {
  return { ...given, suspensions: read({ '*': { since: 0, until: null, reason: null, by: 'ann' } }) };
}

function withUnread(given: PlanInput): PlanInput {
  return { ...given, observed: { ...given.observed, inboxes: { sec: unreadable(UNREAD) } } };
}

function withDraft(given: PlanInput): PlanInput {
  const { facts } = given.observed.runs[A] ?? { facts: NO_FACTS };
  const screen = facts.screen === null ? null : { ...facts.screen, box: { text: 'mine', pasted: false } };
  return withRun(given, { facts: { ...facts, screen } });
}

const UNREAD = {
  severity: 'error',
  code: 'inbox-unreadable',
  target: 'x',
  summary: '',
  detail: '',
  help: null,
} as const;
