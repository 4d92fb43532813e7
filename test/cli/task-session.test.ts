import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { STAMP } from '../../src/model/stamp.ts';
import { openTaskRig, type TaskRig } from './task-rig.ts';

let rig: TaskRig;
beforeEach(() => {
  rig = openTaskRig();
  for (const name of ['auto-0', 'mine']) rig.tmux('new-session', '-d', '-s', name, 'sleep', '1000');
});
afterEach(() => rig.close());

function stamp(session: string, options: Readonly<Record<string, string>>): void {
  for (const [option, value] of Object.entries({ [STAMP.kind]: 'pool', ...options }))
    rig.tmux('set-option', '-t', `=${session}:`, option, value);
}

async function attach(session: string): Promise<{ readonly err: string; readonly calls: number }> {
  const calls: unknown[] = [];
  const { exit, err } = await rig.run(['attach', session], {
    runOnTerminal: (...call) => {
      calls.push(call);
      return Promise.resolve(0);
    },
  });
  expect(exit).toBe(0);
  return { err, calls: calls.length };
}

const STARTED = {
  [STAMP.owner]: 'test',
  [STAMP.fence]: 'a1b2c3',
  [STAMP.phase]: 'started',
  [STAMP.since]: String(Date.now() - 90_000),
};

describe('attach', () => {
  test('says which task runs in the session and since when, and goes on', async () => {
    rig.claim('box', 'fix');
    stamp('auto-0', STARTED);
    const { err, calls } = await attach('auto-0');
    expect(err).toMatch(/^rollcall: task\/box\/fix runs in this session, for 1 m 3\d s: /);
    expect(calls).toBe(1);
  });

  test('says that a task runs also where its claim cannot be found', async () => {
    stamp('auto-0', STARTED);
    expect((await attach('auto-0')).err).toMatch(/^rollcall: a task runs in this session/);
  });

  test.each([
    ['no stamp', {}],
    ['a stamp and no task', { [STAMP.owner]: 'test' }],
    ['a reservation only', { [STAMP.owner]: 'test', [STAMP.fence]: 'a1b2c3' }],
    ['the stamp of another fleet', { ...STARTED, [STAMP.owner]: 'other' }],
  ])('says nothing of a session with %s', async (_, options) => {
    rig.claim('box', 'fix');
    stamp('auto-0', options);
    expect(await attach('auto-0')).toEqual({ err: '', calls: 1 });
    expect(await attach('mine')).toEqual({ err: '', calls: 1 });
  });
});

describe('status', () => {
  test('counts the tasks of each inbox by where they are', async () => {
    rig.put('box', 'inbox/a.md');
    rig.put('box', 'inbox/b.md', '---\nbad: 1\n---\n');
    rig.put('box', 'inbox/notes.txt');
    rig.claim('box', 'runs', { attempt: 'aaaa1' });
    rig.claim('box', 'parks', { attempt: 'aaaa2', parkedUntil: 4_000_000_000_000 });
    rig.put('box', 'done/x.md');
    rig.put('box', 'failed/y.md');
    rig.put('box', 'failed/y.md.reason', 'cancelled\n');
    rig.put('box', 'rejected/z.md');
    rig.put('box', 'rejected/z.md.reason', 'empty\n');
    rig.put('other', 'inbox/.part');
    const { out } = await rig.run(['status', '-o', 'json']);
    expect(JSON.parse(out)).toMatchObject({
      inboxes: {
        box: { waiting: 2, running: 1, parked: 1, done: 1, failed: 1, rejected: 1 },
        other: { waiting: 0, running: 0, parked: 0, done: 0, failed: 0, rejected: 0 },
      },
    });
  });

  test('makes up no number for an inbox that cannot be read, and says so', async () => {
    rig.put('other', 'inbox/a.md');
    rmSync(join(rig.queue('box')), { recursive: true, force: true });
    const { out } = await rig.run(['status', '-o', 'json']);
    const status: unknown = JSON.parse(out);
    expect(status).toMatchObject({ inboxes: { other: { waiting: 1 } } });
    expect(status).not.toHaveProperty('inboxes.box');
    expect(status).toMatchObject({
      diagnostics: expect.arrayContaining([expect.objectContaining({ code: 'inbox-missing' })]),
    });
  });
});

describe('events', () => {
  test('are of one task, one inbox or one session where asked to', async () => {
    rig.put('box', 'inbox/a.md');
    rig.put('box', 'inbox/ab.md');
    rig.put('other', 'inbox/a.md');
    for (const id of ['box/a', 'box/ab', 'other/a']) await rig.run(['task', 'cancel', id]);
    const targets = async (target: string): Promise<readonly string[]> => {
      const { out } = await rig.run(['events', '--target', target, '-o', 'json']);
      return [...out.matchAll(/"target":"([^"]+)"/g)].map(([, each = '']) => each);
    };
    expect(await targets('task/box/a')).toEqual(['task/box/a']);
    expect(await targets('task/box')).toEqual(['task/box/a', 'task/box/ab']);
    expect(await targets('a')).toEqual(['task/box/a', 'task/other/a']);
    expect(await targets('session/auto-0')).toEqual([]);
  });
});

describe('suspend', () => {
  test('takes an inbox and a task of one, and nothing else of the kind', async () => {
    expect(await rig.run(['suspend', 'inbox/box', 'task/box/later'])).toMatchObject({ exit: 0 });
    const { out } = await rig.run(['status']);
    expect(out).toMatch(/^SUSPENDED {2}inbox\/box /m);
    expect(out).toMatch(/^SUSPENDED {2}task\/box\/later /m);
    for (const name of ['inbox/nope', 'task/nope/a', 'task/box', 'task/box/'])
      expect([name, (await rig.run(['suspend', name])).exit]).toEqual([name, 4]);
  });
});
