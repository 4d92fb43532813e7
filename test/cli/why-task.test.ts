import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(() => {
  rig = openRig();
  for (const folder of ['inbox', 'claimed', 'done', 'failed', 'rejected', 'attempts'])
    mkdirSync(join(rig.home, 'q', folder), { recursive: true });
  rig.declare(
    `pools: { auto: { prefix: auto-, max: 1, cwd: ${rig.home}/work } }\ninboxes: { box: { dir: ${rig.home}/q/inbox, pool: auto } }\n`,
  );
});
afterEach(() => rig.close());

function put(path: string, text: string): void {
  writeFileSync(join(rig.home, 'q', path), text);
}

const RECORD = {
  version: 1,
  attempt: 'abcd1234',
  fleet: 'test',
  inbox: 'box',
  id: 'moon',
  title: null,
  file: 'moon.md',
  sha256: 'a'.repeat(64),
  bytes: 2,
  number: 1,
  session: 'auto-0',
  pool: 'auto',
  agent: 'claude',
  model: null,
  account: 'main',
  cwd: '/w',
  conversation: '6b1f3d52-4c9e-4a7a-9f3e-0d9a53c1e7aa',
  priority: 'normal',
  delivery: 'argv',
  timeoutMs: null,
  retries: null,
  startedAt: Date.now() - 120_000,
  launches: 2,
  launchedAt: Date.now() - 90_000,
  errors: 0,
  parkedUntil: null,
  end: {
    result: 'failed',
    reason: 'stalled',
    detail: 'nothing moved for 30 m',
    at: Date.now() - 60_000,
    lastLines: [],
  },
};

async function why(...args: readonly string[]): Promise<{ exit: number; out: string; err: string }> {
  const { exit, out, err } = await rig.run(['why', ...args]);
  return { exit, out: out.replaceAll(/\s+/g, ' '), err };
}

test('why says of a failed task how each attempt at it ended, and how to try again', async () => {
  put('failed/moon.md', 'x\n');
  put('attempts/moon@abcd1234.json', JSON.stringify(RECORD));
  for (const name of ['task/box/moon', 'task/moon', 'moon']) {
    expect(await why(name)).toMatchObject({
      exit: 0,
      out: expect.stringMatching(/^task\/box\/moon: task moon of inbox box is failed/),
    });
  }
  const { out } = await why('not', 'task/box/moon');
  expect(out).toContain('stalled: nothing moved for 30 m');
  expect(out).toMatch(
    /attempt 1 in auto-0, account main, its agent started 2 times, .*: failed \(stalled\) 1 m( \d s)? ago/,
  );
  expect(out).toContain('Try: rollcall task retry box/moon');
});

test('why says of a rejected file why it is none, and offers no retry that would reject it again', async () => {
  put('rejected/odd.md', 'a\u0007b\n');
  put('rejected/odd.md.reason', 'control-characters\n\nbyte 2\n');
  const { exit, out } = await why('task/box/odd');
  expect({ exit, out }).toMatchObject({
    exit: 0,
    out: expect.stringContaining('control-characters: byte 2'),
  });
  expect(out).not.toContain('retry');
});

test('why says of a task that is done that it is, and of an unknown one that there is none', async () => {
  put('done/sun.md', 'x\n');
  expect(await why('sun')).toMatchObject({ exit: 0, out: expect.stringContaining('is done') });
  expect((await why('task/box/none')).exit).toBe(4);
  expect((await why('none')).exit).toBe(4);
  expect((await why('session/none')).exit).toBe(4);
  expect((await why('a/b/c/d')).exit).toBe(4);
});
