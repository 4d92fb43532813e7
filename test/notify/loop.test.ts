import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readEvents } from '../../src/host/state/read-events.ts';
import { openRig, type Rig } from '../cli/rig.ts';
import { HEAVY } from '../support/heavy.ts';
import { type Answers, HANGS, json, openServer, type RealServer, RESETS, TAKEN } from './servers.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/rollcall.js', import.meta.url));

let rig: Rig;
let server: RealServer;
let loop: ChildProcess | null;

beforeEach(async () => {
  rig = openRig();
  loop = null;
  server = await openServer(TAKEN);
  mkdirSync(join(rig.home, 'inbox'));
  declare('{ events: [task.rejected, link.diverged], to: [hook] }');
});
afterEach(async () => {
  await ended('SIGKILL');
  await server.close();
  rig.close();
});

/** A fleet that rejects what is dropped into its inbox, and needs no tmux for it. */
function declare(rule: string, more = ''): void {
  rig.declare(
    [
      'reconcile: { every: 1s }',
      `pools: { auto: { prefix: auto-, max: 1, min: 0, cwd: ${rig.home}/work } }`,
      `inboxes: { sec: { dir: ${rig.home}/inbox, pool: auto, cwd: ${rig.home}/work } }`,
      `notify: { channels: { hook: { webhook: { url: "${server.url}/hook" } } }, rules: [${rule}] }`,
      more,
      '',
    ].join('\n'),
  );
}

/** A file that can be no task. */
function drop(name: string): void {
  writeFileSync(join(rig.home, 'inbox', `${name}.md`), '---\nno: such key\n---\nx\n');
}

function start(): void {
  loop = spawn(process.execPath, [PROGRAM, 'run'], { cwd: rig.home, env: rig.env, stdio: 'ignore' });
}

/** Ends the loop and waits until it has. */
async function ended(signal: NodeJS.Signals): Promise<void> {
  const child = loop;
  loop = null;
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await gone;
}

/** The targets that the server was told of, as often as it was, one delivery of each key. */
function told(): readonly string[] {
  const byKey = new Map(server.got.map((got) => [got.headers['idempotency-key'], got]));
  return [...byKey.values()]
    .flatMap(({ json }) => (Array.isArray(json['items']) ? json['items'] : []))
    .map(({ target }: { target: string }) => target)
    .toSorted();
}

function journaled(): readonly string[] {
  if (!existsSync(rig.state)) return [];
  return readEvents(rig.state)
    .filter(({ type }) => type === 'task.rejected')
    .map(({ target }) => target)
    .toSorted();
}

function inOutbox(): readonly string[] {
  const folder = join(rig.state, 'outbox');
  return existsSync(folder) ? readdirSync(folder).filter((name) => /^\d.*json$/.test(name)) : [];
}

/** Each of these takes ten seconds of a real loop; two of them are enough for every day. */

const PATIENCE = { timeout: 15_000, interval: 5 };

/** When to kill the loop, and what the channel answers until then. */
const MOMENTS: readonly (readonly [string, () => boolean, Answers])[] = [
  ['when the channel has it and has not answered', () => server.got.length > 0, HANGS],
  ['when the event is in the journal', () => journaled().length > 0, TAKEN],
  ['when the message is in the outbox', () => inOutbox().length > 0, HANGS],
  ['when the channel has answered', () => server.got.length > 0, TAKEN],
];

describe('a message is told once, where the loop is killed', () => {
  test.each(HEAVY ? MOMENTS : MOMENTS.slice(0, 1))('%s', { timeout: 60_000 }, async (_, isThere, answer) => {
    server.answer = answer;
    drop('one');
    start();
    await expect.poll(isThere, PATIENCE).toBe(true);
    await ended('SIGKILL');
    const before = server.got.length;
    server.answer = TAKEN;
    drop('two');
    start();
    await expect.poll(() => told().length, PATIENCE).toBe(2);
    await expect.poll(inOutbox, PATIENCE).toEqual([]);
    expect(told()).toEqual(journaled());
    // A second delivery only of what was under way, under the same key.
    expect(server.got.length - before).toBeLessThanOrEqual(2);
    const keys = server.got.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(2);
    await ended('SIGTERM');
    expect(inOutbox()).toEqual([]);
  });

  const rounds = 20;
  test.skipIf(!HEAVY)(
    `at ${String(rounds)} moments of chance`,
    { timeout: 30_000 + rounds * 10_000 },
    async () => {
      for (let round = 0; round < rounds; round += 1) {
        drop(`a${String(round)}`);
        drop(`b${String(round)}`);
        start();
        await sleep(500 + Math.random() * 3500);
        await ended('SIGKILL');
      }
      start();
      await expect.poll(() => readdirSync(join(rig.home, 'inbox')), PATIENCE).toEqual([]);
      await expect
        .poll(() => told().length === journaled().length && inOutbox().length === 0, PATIENCE)
        .toBe(true);
      expect(told()).toEqual(journaled());
      expect(journaled().length).toBeGreaterThanOrEqual(rounds);
    },
  );
});

const BAD: readonly (readonly [string, Answers])[] = [
  ['hangs', HANGS],
  ['resets', RESETS],
  ['answers 500', json(500, {})],
];

describe('no cycle is longer for a channel that', () => {
  test.each(HEAVY ? BAD : BAD.slice(0, 1))('%s', { timeout: 40_000 }, async (_, answer) => {
    server.answer = answer;
    for (const name of ['a', 'b', 'c']) drop(name);
    start();
    await expect.poll(() => server.got.length, PATIENCE).toBeGreaterThan(0);
    const gaps = await cycleGaps(4000);
    expect(gaps.length).toBeGreaterThanOrEqual(2);
    // Each second, and some for the cycle itself on a busy machine: far from the ten of a channel.
    expect(Math.max(...gaps)).toBeLessThan(3000);
    const begun = Date.now();
    await ended('SIGTERM');
    expect(Date.now() - begun).toBeLessThan(6000);
    expect(inOutbox().length).toBeGreaterThan(0);
  });
});

test('an outbox that cannot be read makes no loop that never rests', { timeout: 40_000 }, async () => {
  mkdirSync(rig.state, { recursive: true, mode: 0o700 });
  writeFileSync(join(rig.state, 'outbox'), 'a file');
  drop('one');
  start();
  await expect.poll(() => journaled().length, PATIENCE).toBe(1);
  const gaps = await cycleGaps(3000);
  expect(gaps.length).toBeLessThan(8);
  expect(server.got).toEqual([]);
});

/** Between the ends of cycles, over some time, milliseconds. */
async function cycleGaps(ms: number): Promise<readonly number[]> {
  const ends = new Set<number>();
  const until = Date.now() + ms;
  while (Date.now() < until) {
    const { lastCycleAt } = JSON.parse(readFileSync(join(rig.state, 'loop.json'), 'utf8'));
    if (typeof lastCycleAt === 'number') ends.add(lastCycleAt);
    await sleep(20);
  }
  const sorted = [...ends];
  return sorted.slice(1).map((end, i) => end - (sorted[i] ?? end));
}

test.skipIf(!HEAVY)(
  'a link that diverges is told once across restarts, and who looks finds it in the plan',
  {
    timeout: 60_000,
  },
  async () => {
    mkdirSync(join(rig.home, 'a'));
    mkdirSync(join(rig.home, 'elsewhere'));
    symlinkSync(join(rig.home, 'elsewhere'), join(rig.home, 'a', 'projects'));
    const links = `accounts: { a: { home: ${rig.home}/a } }\nsharedState: { root: ${rig.home}/shared, entries: [projects] }`;
    declare('{ events: [link.*], to: [hook] }', links);
    for (let run = 0; run < 3; run += 1) {
      start();
      await expect.poll(() => server.got.length, PATIENCE).toBe(1);
      await sleep(1500);
      await ended('SIGTERM');
    }
    expect(told()).toEqual(['link/a/projects']);
    expect(server.got[0]?.json).toMatchObject({ kind: 'Notice', fleet: 'test', severity: 'error' });
  },
);
