import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { openHost, openReader } from '../../src/host/host.ts';
import { processWriter, startOf } from '../../src/host/processes.ts';
import { until } from '../support/tmux.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** A shell that is up, and how it ended. */
async function shell(script: string): Promise<{ pid: number; start: string; ended: Promise<string | null> }> {
  const child = spawn('sh', ['-c', `${script}; echo up; while :; do sleep 0.05; done`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(child);
  const ended = new Promise<string | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  const pid = child.pid ?? 0;
  const start = startOf(pid);
  if (start === null) throw new Error('it has ended');
  return { pid, start, ended };
}

test('a process that is the one meant is signalled', async () => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const { pid, start, ended } = await shell(':');
    expect(await processWriter.signal(pid, start, signal)).toBe('sent');
    expect(await ended).toBe(signal);
    expect(await processWriter.signal(pid, start, signal)).toBe('gone');
  }
});

test('one that will not end by SIGTERM ends by SIGKILL', async () => {
  const { pid, start, ended } = await shell("trap '' TERM");
  expect(await processWriter.signal(pid, start, 'SIGTERM')).toBe('sent');
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(startOf(pid)).toBe(start);
  expect(await processWriter.signal(pid, start, 'SIGKILL')).toBe('sent');
  expect(await ended).toBe('SIGKILL');
});

test('never signals another process that has its pid now', async () => {
  const { pid, start } = await shell(':');
  const other = String(Number(start) - 1);
  for (const wrong of [other, '', '0', `${start} `]) {
    expect(await processWriter.signal(pid, wrong, 'SIGKILL')).toBe('gone');
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(startOf(pid)).toBe(start);
});

test('never signals a group, everybody, itself as 0, or the first process', async () => {
  for (const pid of [0, -1, -process.pid, 1, 1.5, Number.NaN]) {
    expect(await processWriter.signal(pid, startOf(1) ?? '', 'SIGTERM')).toBe('gone');
  }
});

test('a corpse that nobody reaps is gone', async () => {
  const parent = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 1000'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(parent);
  const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)));
  const start = startOf(pid);
  await until(() => startOf(pid) === null);
  expect(await processWriter.signal(pid, start ?? '', 'SIGTERM')).toBe('gone');
});

test('a nonce is 32 hex digits and another each time, for who looks and who acts', () => {
  const options = { socket: { type: 'path', path: '/nowhere/sock' }, env: {} } as const;
  const nonces = [openHost(options), openReader(options)].flatMap((host) => [host.nonce(), host.nonce()]);
  for (const nonce of nonces) expect(nonce).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(nonces).size).toBe(4);
});

test('what only looks can change no file and signal nobody', () => {
  const reader = openReader({ socket: { type: 'path', path: '/nowhere/sock' }, env: {} });
  expect(Object.keys(reader.files).toSorted()).toEqual([
    'beingWritten',
    'bytes',
    'directory',
    'entries',
    'head',
    'names',
    'path',
    'tail',
    'text',
  ]);
  expect(Object.keys(reader.processes).toSorted()).toEqual([
    'detailsOf',
    'environmentOf',
    'list',
    'openFiles',
    'startOf',
  ]);
});
