import { describe, expect, it } from 'vitest';
import type { PlanInput } from '../../src/model/plan-input.ts';
import type { ActionOf } from '../../src/model/plan.ts';
import { read } from '../../src/model/reading.ts';
import { REJECT_REASONS } from '../../src/model/task.ts';
import { HOME, MINUTE, NOW, pool, RUNS_DIR, session, TRAITS, twoAccounts } from '../support/fleet.ts';
import { busy, claim, inbox, inboxSpec, record, run, waiting } from '../support/queue.ts';
import { simulate } from '../support/simulate.ts';
import type { Case } from '../support/task-world.ts';
import { caseOf, later, linesOf } from '../support/task-world.ts';

const two = [session(1, 'auto-0', 'free'), session(2, 'auto-1', 'free')];
const started = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => line.startsWith('task.start')).map((line) => line.split(' ')[1] ?? '');

function startOf(given: Case): ActionOf<'task.start'>['effect'] {
  const found = linesOf(caseOf(given)).plan.actions.find((action) => action.type === 'task.start');
  if (found === undefined) throw new Error('nothing is started');
  return found.effect;
}

describe('the line', () => {
  const inOrder: readonly (readonly [string, Case['entries'], readonly string[]])[] = [
    [
      'the more urgent first',
      {
        'a.md': waiting('a', { priority: 'low' }, NOW - 9 * MINUTE),
        'b.md': waiting('b', { priority: 'normal' }, NOW - 8 * MINUTE),
        'c.md': waiting('c', { priority: 'high' }, NOW - 7 * MINUTE),
        'd.md': waiting('d', { priority: 'critical' }, NOW - 6 * MINUTE),
      },
      ['task/sec/c', 'task/sec/d'],
    ],
    [
      'of equals the older first, whatever its name',
      {
        'a.md': waiting('a', {}, NOW - MINUTE),
        'b.md': waiting('b', {}, NOW - 3 * MINUTE),
        'c.md': waiting('c', {}, NOW - 2 * MINUTE),
      },
      ['task/sec/b', 'task/sec/c'],
    ],
    [
      'one file of an id after the other',
      { 'a.md': waiting('x', {}, NOW - MINUTE), 'b.md': waiting('x', {}, NOW - 2 * MINUTE) },
      ['task/sec/x'],
    ],
    [
      'none before its time',
      { 'a.md': waiting('a', { notBefore: NOW + 1 }), 'b.md': waiting('b', { notBefore: NOW }) },
      ['task/sec/b'],
    ],
    [
      'none that may still be written',
      { 'a.md': { type: 'unsettled', until: NOW + 500, why: 'it changed' }, 'b.md': waiting('b') },
      ['task/sec/b'],
    ],
  ];
  it.each(inOrder)('gives two free sessions their tasks: %s', (_, entries = {}, expected) => {
    expect(started(linesOf(caseOf({ sessions: two, entries })).actions)).toEqual(expected);
  });

  it('takes of two files with one id the older', () => {
    const entries = { 'a.md': waiting('x', {}, NOW - MINUTE), 'b.md': waiting('x', {}, NOW - 2 * MINUTE) };
    expect(startOf({ sessions: two, entries }).record.file).toBe('b.md');
  });

  it('holds an id back while one of it is claimed', () => {
    const own = claim('sec', 'x', 'auto-1', 'at0001');
    const sessions = [...two.slice(0, 1), busy(2, 'auto-1', { attempt: 'at0001', phase: 'started' })];
    const runs = [run(own, record(own))];
    const made = linesOf(caseOf({ sessions, runs, entries: { 'x.md': waiting('x') } }));
    expect(started(made.actions)).toEqual([]);
  });

  it('says when it is to be looked at again', () => {
    const entries = { 'a.md': waiting('a', { notBefore: NOW + 7_000 }) };
    expect(linesOf(caseOf({ sessions: two, entries })).plan.nextAt).toBe(NOW + 7_000);
    const unsettled = { 'a.md': { type: 'unsettled', until: NOW + 500, why: '' } as const };
    expect(linesOf(caseOf({ sessions: two, entries: unsettled })).plan.nextAt).toBe(NOW + 500);
  });

  it('lets a task that came back wait a little, longer each time', () => {
    const entries = { 'x.md': waiting('x', { retries: 5 }) };
    const back = (count: number, agoMs: number): PlanInput => {
      const history = Array.from({ length: count }, (_, i) => {
        return { attempt: `old${String(i)}`, result: 'returned' as const, at: NOW - agoMs };
      });
      const inboxes = { sec: read(inbox(entries, [], { history: { x: history } })) };
      return caseOf({ sessions: two, look: { inboxes } });
    };
    expect(started(linesOf(back(1, 1_000)).actions)).toEqual([]);
    expect(started(linesOf(back(1, 2_000)).actions)).toEqual(['task/sec/x']);
    expect(started(linesOf(back(2, 14_999)).actions)).toEqual([]);
    expect(started(linesOf(back(2, 15_000)).actions)).toEqual(['task/sec/x']);
    expect(linesOf(back(2, 14_000)).plan.nextAt).toBe(NOW + 1_000);
  });

  it('puts aside what can be no task, each for its reason, and nothing twice', () => {
    const entries = Object.fromEntries(
      REJECT_REASONS.map((reason, i) => [
        `f${String(i)}.md`,
        { type: 'bad', identity: `i${String(i)}`, reason, detail: 'line 2' } as const,
      ]),
    );
    const effects = linesOf(caseOf({ sessions: two, entries })).plan.actions.flatMap((action) =>
      action.type === 'task.reject' ? [action.effect] : [],
    );
    expect(effects.map(({ reason }) => reason)).toEqual(REJECT_REASONS);
    expect(new Set(effects.map(({ to }) => to)).size).toBe(REJECT_REASONS.length);
    for (const { from, to } of effects) {
      expect(from).toMatch(`${HOME}/sec/.agent-queue/inbox/f`);
      expect(to).toMatch(`${HOME}/sec/.agent-queue/rejected/f`);
    }
  });

  const beyond: readonly (readonly [string, Parameters<typeof waiting>[1]])[] = [
    ['a folder', { cwd: '/etc' }],
    ['the folder above', { cwd: HOME }],
    ['a folder further down than the glob', { cwd: `${HOME}/sec/a/b` }],
    ['a model', { model: 'gpt' }],
    ['an agent', { agent: 'codex' }],
  ];
  it.each(beyond)('puts aside a task that asks for what its inbox does not allow: %s', (_, wish) => {
    const made = linesOf(caseOf({ sessions: two, entries: { 'x.md': waiting('x', wish) } }));
    expect(made.actions).toEqual(['task.reject task/sec/x.md not-a-task']);
  });

  it('puts aside a task whose folder is a link out of what its inbox allows', () => {
    const cwd = `${HOME}/sec/sub`;
    const given = caseOf({ sessions: two, entries: { 'x.md': waiting('x', { cwd }) } });
    const leading = (real: string): PlanInput => {
      const directories = { ...given.observed.directories, [cwd]: read({ type: 'present', real } as const) };
      return { ...given, observed: { ...given.observed, directories } };
    };
    expect(linesOf(leading('/etc')).actions).toEqual(['task.reject task/sec/x.md not-a-task']);
    expect(linesOf(leading(`${HOME}/sec/other`)).actions).toEqual(['task.start task/sec/x next-in-line']);
  });
});

describe('a dispatch', () => {
  it('starts the agent with what task, inbox and pool ask for', () => {
    const wish = { priority: 'critical', title: 'Fix it', timeoutMs: 5_000, retries: 2 } as const;
    const {
      launch,
      record: noted,
      ...effect
    } = startOf({
      sessions: two,
      entries: { 'Fix login.md': waiting('fix', wish) },
    });
    const { attempt } = launch;
    expect(attempt).toMatch(/^[a-z0-9]{4,32}$/);
    expect(effect).toMatchObject({
      session: { name: 'auto-0', id: '$1', pane: '%1' },
      from: `${HOME}/sec/.agent-queue/inbox/Fix login.md`,
      claimed: `${HOME}/sec/.agent-queue/claimed/fix@auto-0@${attempt}.md`,
      recordPath: `${HOME}/sec/.agent-queue/attempts/fix@${attempt}.json`,
    });
    expect(launch).toMatchObject({
      agent: 'claude',
      mode: 'start',
      model: 'opus',
      cwd: `${HOME}/sec`,
      home: null,
      trusted: true,
      delivery: 'argv',
      launch: 1,
      runDir: `${RUNS_DIR}/${attempt}`,
    });
    expect(noted).toMatchObject({ file: 'Fix login.md', number: 1, timeoutMs: 5_000, retries: 2, end: null });
    expect(noted.conversation).toBe(launch.conversation);
  });

  it('takes model, folder and agent that were asked for, where its inbox allows them', () => {
    const cwd = `${HOME}/sec/sub`;
    const allow = { cwd: [`${HOME}/sec/*`], models: ['opus'], agents: ['codex'] };
    const given = caseOf({
      state: { inboxes: { sec: inboxSpec('sec', { allow }) } },
      sessions: two,
      entries: { 'x.md': waiting('x', { cwd, model: 'opus', agent: 'codex', deliver: 'file' }) },
    });
    const directories = {
      ...given.observed.directories,
      [cwd]: read({ type: 'present', real: cwd } as const),
    };
    const agents = { ...given.agents, codex: { ...TRAITS, delivery: 'argv' as const } };
    const made = linesOf({ ...given, agents, observed: { ...given.observed, directories } });
    expect(made.plan.actions.find(({ type }) => type === 'task.start')?.effect).toMatchObject({
      launch: { agent: 'codex', model: 'opus', cwd, delivery: 'file', trusted: false },
    });
  });

  it('gives two dispatches of one look different ids', () => {
    const entries = { 'a.md': waiting('a'), 'b.md': waiting('b') };
    const { plan } = linesOf(caseOf({ sessions: two, entries }));
    const effects = plan.actions.flatMap((action) => (action.type === 'task.start' ? [action.effect] : []));
    expect(new Set(effects.map(({ launch }) => launch.attempt)).size).toBe(2);
    expect(new Set(effects.map(({ launch }) => launch.conversation)).size).toBe(2);
    expect(new Set(effects.map(({ session: { name } }) => name)).size).toBe(2);
  });

  it('works under the active account, by its real home', () => {
    const state = twoAccounts();
    const link = (target: string) => read({ type: 'link', target, resolved: target } as const);
    const shared = `${HOME}/.claude-shared/projects`;
    const given = caseOf({ state, sessions: two, entries: { 'x.md': waiting('x') } });
    const paths = {
      [`${HOME}/.claude`]: link(`${HOME}/.claude-backup`),
      [`${HOME}/.claude-main/projects`]: link(shared),
      [`${HOME}/.claude-backup/projects`]: link(shared),
    };
    const directories = {
      ...given.observed.directories,
      [shared]: read({ type: 'present', real: shared } as const),
      [`${HOME}/.claude-backup`]: read({ type: 'present', real: '/data/backup' } as const),
    };
    const look = { ...given.observed, paths, directories };
    const start = linesOf({ ...given, observed: look }).plan.actions.find(
      ({ type }) => type === 'task.start',
    );
    expect(start?.effect).toMatchObject({ launch: { home: '/data/backup' }, record: { account: 'backup' } });
    const diverted = { ...look, paths: { ...paths, [`${HOME}/.claude-backup/projects`]: link('/else') } };
    const held = linesOf({ ...given, observed: diverted });
    expect(started(held.actions)).toEqual([]);
    expect(held.withheld.filter((line) => line.startsWith('task.start'))).toHaveLength(1);
  });

  const notGiven: readonly (readonly [string, Case])[] = [
    ['rests', { sessions: [rested(4 * MINUTE)] }],
    ['has a task', { sessions: [busy(1, 'auto-0', { attempt: 'at0001', phase: 'started' })] }],
    ['is typed in', { sessions: [session(1, 'auto-0', 'free', { attached: 1, typedAt: NOW - 59_000 })] }],
    ['has ended', { sessions: [session(1, 'auto-0', 'ended')] }],
    ['is foreign', { sessions: [session(1, 'auto-0', 'foreign')] }],
    ['is of another fleet', { sessions: [session(1, 'auto-0', 'other-fleet')] }],
    ['is contradicted', { sessions: [session(1, 'auto-0', 'tampered')] }],
    ['shows more panes than ours', { sessions: [session(1, 'auto-0', 'split')] }],
    ['runs something else', { sessions: [session(1, 'auto-0', 'respawned')] }],
    ['lies outside the range of its pool', { sessions: [session(1, 'auto-4', 'free')] }],
    ['was dedicated', { sessions: [session(1, 'auto-0', 'was-dedicated')] }],
    ['is dedicated', { sessions: [session(1, 'mine', 'free')] }],
  ];
  it.each(notGiven)('is not made into a session that %s', (_, given) => {
    const made = linesOf(caseOf({ ...given, entries: { 'x.md': waiting('x') } }));
    expect(started(made.actions)).toEqual([]);
  });

  it('waits for the end of the rest, and says when', () => {
    const entries = { 'x.md': waiting('x') };
    const state = { pools: { auto: pool({ min: 1, max: 1 }) } };
    const given = caseOf({ state, entries, sessions: [rested(4 * MINUTE)] });
    expect(linesOf(given).plan.nextAt).toBe(NOW + MINUTE);
    expect(started(linesOf(later(given, MINUTE)).actions)).toEqual(['task/sec/x']);
  });

  it('sends nothing to a dedicated session beside a full inbox, for an hour', () => {
    const entries = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [`t${String(i)}.md`, waiting(`t${String(i)}`)]),
    );
    const idle = session(9, 'mine', 'free');
    let given = caseOf({ state: { pools: { auto: pool({ min: 0, max: 1 }) } }, entries, sessions: [idle] });
    for (let minute = 0; minute < 60; minute += 1) {
      const { actions } = linesOf(given).plan;
      expect(JSON.stringify(actions)).not.toMatch(/"(?:mine|\$9|%9)"/);
      const at = given.observed.at + MINUTE;
      const nonce = at.toString(16).padStart(32, '0');
      given = { ...given, observed: { ...actions.reduce(simulate, given.observed), at, nonce } };
    }
    expect(given.observed.tmux).toMatchObject({ value: { sessions: { $9: idle } } });
  });
});

describe('a pool', () => {
  const tasks = (count: number): NonNullable<Case['entries']> =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`t${String(i)}.md`, waiting(`t${String(i)}`)]),
    );
  const names = (given: Case, type: string): readonly string[] =>
    linesOf(caseOf(given))
      .actions.filter((line) => line.startsWith(type))
      .map((line) => line.split(' ')[1] ?? '');

  it('grows while tasks wait for a free session, never beyond max', () => {
    expect(names({ sessions: two, entries: tasks(3) }, 'session.create')).toEqual(['session/auto-2']);
    expect(names({ sessions: two, entries: tasks(40) }, 'session.create')).toEqual([
      'session/auto-2',
      'session/auto-3',
    ]);
    expect(names({ sessions: two, entries: tasks(2) }, 'session.create')).toEqual([]);
  });

  it('does not grow for tasks that no session could start', () => {
    const given = { sessions: two, entries: tasks(9), over: { agents: {} } };
    expect(names(given, 'session.create')).toEqual([]);
    expect(names(given, 'task.start')).toEqual([]);
  });

  it('shrinks to min when none wait, and never by a session with a task', () => {
    const own = claim('sec', 'x', 'auto-3', 'at0003');
    const sessions = [
      ...two,
      session(3, 'auto-2', 'free'),
      busy(4, 'auto-3', { attempt: 'at0003', phase: 'started' }),
    ];
    const given = { sessions, runs: [run(own, record(own))] };
    expect(names(given, 'session.stop')).toEqual(['session/auto-1', 'session/auto-2']);
    expect(names({ ...given, entries: tasks(3) }, 'session.stop')).toEqual([]);
  });

  it('keeps a session that its task has just left until it has rested', () => {
    const sessions = [...two, rested(4 * MINUTE, 3, 'auto-2')];
    expect(names({ sessions }, 'session.stop')).toEqual([]);
    expect(names({ sessions: [...two, rested(6 * MINUTE, 3, 'auto-2')] }, 'session.stop')).toEqual([
      'session/auto-2',
    ]);
  });

  it('stops a whole surplus in one look, though somebody looks back in one of its sessions', () => {
    const looking = session(2, 'auto-1', 'free');
    const panes = Object.values(looking.panes).map((each) => [each.id, { ...each, inMode: true }]);
    const sessions = [session(1, 'auto-0', 'free'), { ...looking, panes: Object.fromEntries(panes) }];
    const state = { pools: { auto: pool({ min: 0, max: 2 }) } };
    expect(names({ state, sessions }, 'session.stop')).toEqual(['session/auto-0', 'session/auto-1']);
  });
});

/** A free session whose last task ended so long ago. */
function rested(agoMs: number, number = 1, name = 'auto-0') {
  const plain = session(number, name, 'free');
  return { ...plain, stamp: plain.stamp === null ? null : { ...plain.stamp, freedAt: NOW - agoMs } };
}
