import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AttemptRecord } from '../../src/model/task.ts';
import { until } from '../support/tmux.ts';
import { openTaskRig, type TaskRig } from './task-rig.ts';

const BIN = join(import.meta.dirname, '../../bin/rollcall.js');

let rig: TaskRig;
beforeEach(() => {
  rig = openTaskRig();
  for (const inbox of ['box', 'other']) mkdirSync(join(rig.queue(inbox), 'inbox'), { recursive: true });
  appendFileSync(rig.file, 'janitor: { keepDone: 1s, keepFailed: 1h, keepEvents: 1h }\n');
});
afterEach(() => rig.close());

function over(id: string, some: Partial<AttemptRecord> = {}): void {
  const attempt = `a${id}`;
  const end = { result: 'done', reason: 'at-rest', detail: '', at: 1, lastLines: [] } as const;
  rig.put('box', `done/${id}.md`);
  rig.record('box', { id, attempt, file: `${id}.md`, fleet: 'test', end, ...some });
}

function namesIn(folder: string): readonly string[] {
  const path = join(rig.queue('box'), folder);
  return existsSync(path) ? readdirSync(path).toSorted() : [];
}

/** The pool's session is there, so that all that is left to do is the janitor's. */
async function settled(): Promise<void> {
  expect((await rig.run(['apply', '--yes'])).exit).toBe(0);
}

test('a plan says what goes, apply does it, and the journal tells of it', async () => {
  await settled();
  over('old1');
  rig.put('box', 'done/mine.md');
  expect((await rig.run(['plan', '--detailed-exitcode'])).exit).toBe(0);
  await sleep(1100);
  const { out, exit } = await rig.run(['plan', '--detailed-exitcode']);
  expect(exit).toBe(2);
  expect(out).toContain('past-its-age: 1 task older than 1 s');
  expect(out).toContain('Plan: 1 to tidy away.');
  expect(namesIn('done')).toEqual(['mine.md', 'old1.md']);
  expect((await rig.run(['apply', '--yes'])).exit).toBe(0);
  expect([namesIn('done'), namesIn('attempts')]).toEqual([['mine.md'], []]);
  expect((await rig.run(['events'])).out).toContain('inbox/box/done');
  expect((await rig.run(['plan', '--detailed-exitcode'])).exit).toBe(0);
});

test('what is suspended stays, and status says that it is', async () => {
  await settled();
  over('old1');
  await rig.run(['suspend', 'inbox/box', '--reason', 'I read them']);
  await sleep(1100);
  const { out } = await rig.run(['plan']);
  expect(out).toContain('withheld: janitor.remove');
  await rig.run(['apply', '--yes']);
  expect(namesIn('done')).toEqual(['old1.md']);
});

test('a saved plan removes exactly what it says, and is stale once it has changed', async () => {
  await settled();
  over('old1');
  await sleep(1100);
  await rig.run(['plan', '--out', 'saved.json']);
  over('old2');
  await sleep(1100);
  expect((await rig.run(['apply', 'saved.json', '--yes'])).exit).toBe(7);
  expect(namesIn('done')).toEqual(['old1.md', 'old2.md']);
});

test('killed in the middle of it, the next apply ends it, and nothing else is gone', async () => {
  await settled();
  mkdirSync(join(rig.queue('box'), 'done'), { recursive: true });
  const count = 300;
  for (let n = 0; n < count; n += 1) over(`t${String(n).padStart(4, '0')}`);
  rig.put('box', 'done/mine.md');
  await sleep(1100);
  const dying = spawn(process.execPath, [BIN, '-f', rig.file, 'apply', '--yes'], {
    env: rig.env,
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => dying.once('exit', (_, signal) => resolve(signal)));
  await until(() => namesIn('done').length <= count - 20, 30_000);
  dying.kill('SIGKILL');
  expect(await ended).toBe('SIGKILL');
  const left = namesIn('done').filter((name) => name !== 'mine.md');
  expect(left.length).toBeGreaterThan(0);
  // What is left has its record: nothing of it is forgotten.
  const records = new Set(namesIn('attempts').map((name) => name.split('@')[0]));
  expect(left.filter((name) => !records.has(name.slice(0, -'.md'.length)))).toEqual([]);
  expect((await rig.run(['apply', '--yes'])).exit).toBe(0);
  expect([namesIn('done'), namesIn('attempts')]).toEqual([['mine.md'], []]);
});

test('a folder that lets nothing go fails with its reason, and nothing else waits for it', async () => {
  await settled();
  over('old1');
  rig.put('other', 'done/theirs.md');
  const done = join(rig.queue('box'), 'done');
  await sleep(1100);
  try {
    execFileSync('chattr', ['+i', done], { stdio: 'pipe' });
  } catch {
    console.warn('skipped: this file system has no immutable folders');
    return;
  }
  try {
    rig.tmux('kill-session', '-t', '=auto-0');
    const { exit, out, err } = await rig.run(['apply', '--yes', '--once']);
    expect(exit).toBe(1);
    expect(`${out}${err}`).toContain('EPERM');
    expect(rig.tmux('list-sessions', '-F', '#{session_name}').trim()).toBe('auto-0');
    const withheld = (await rig.run(['plan', '-o', 'json'])).out;
    expect(JSON.parse(withheld)).toMatchObject({
      withheld: [{ type: 'janitor.remove', target: 'inbox/box/done', reason: 'backing-off' }],
    });
  } finally {
    execFileSync('chattr', ['-i', done]);
  }
  expect(namesIn('done')).toEqual(['old1.md']);
  expect(namesIn('attempts')).toHaveLength(1);
});

test('without the section the defaults count: nothing young goes', async () => {
  writeFileSync(rig.file, '');
  rig.declare(
    `pools: { auto: { prefix: auto-, max: 1 } }\ninboxes: { box: { dir: ${rig.queue('box')}/inbox, pool: auto } }\n`,
  );
  over('old1');
  await settled();
  await sleep(1100);
  expect((await rig.run(['plan', '--detailed-exitcode'])).exit).toBe(0);
  expect(namesIn('done')).toEqual(['old1.md']);
});
