import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openHost } from '../../src/host/host.ts';
import type { LeftoverPart } from '../../src/model/leftovers.ts';

const TOKEN = '0123456789abcdef'.repeat(2);
const OURS = `rollcall-abcd1-${TOKEN}`;

let folder: string;
let socket: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-buffers-'));
  socket = join(folder, 's');
});
afterEach(() => {
  try {
    tmux('kill-server');
  } catch {
    // None was running.
  }
  rmSync(folder, { recursive: true, force: true });
});

function tmux(...args: readonly string[]): string {
  return execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], {
    encoding: 'utf8',
    stdio: 'pipe',
  });
}

function host() {
  const { leftovers } = openHost({ socket: { type: 'path', path: socket }, env: process.env });
  if (leftovers === undefined) throw new Error('this host has leftovers');
  return leftovers;
}

function names(): readonly string[] {
  return tmux('list-buffers', '-F', '#{buffer_name}').split('\n').filter(Boolean).toSorted();
}

test('our paste buffers are found by their exact names, and taken away one by one', async () => {
  tmux('new-session', '-d', '-s', 'x', 'sleep', '100');
  const theirs = [
    'buffer0',
    'rollcall-notes',
    `rollcall-abcd1-${TOKEN}0`,
    `x${OURS}`,
    `rollcall-AB-${TOKEN}`,
  ];
  for (const name of [...theirs, OURS, `${OURS}-loaded`]) tmux('set-buffer', '-b', name, 'text');
  const found = await host().buffers();
  expect(found.map(({ name }) => name).toSorted()).toEqual([OURS, `${OURS}-loaded`]);
  expect(
    found.every(
      ({ type, folder: where, changedAt }) =>
        type === 'buffer' && where === socket && Math.abs(Date.now() - changedAt) < 60_000,
    ),
  ).toBe(true);
  for (const part of found) expect(await host().removePart(part)).toEqual({ type: 'ok', value: 'removed' });
  expect(names()).toEqual(theirs.toSorted());
  for (const part of found) expect(await host().removePart(part)).toEqual({ type: 'ok', value: 'gone' });
});

test('a buffer of another life of the server stays', async () => {
  tmux('new-session', '-d', '-s', 'x', 'sleep', '100');
  tmux('set-buffer', '-b', OURS, 'text');
  const [part] = await host().buffers();
  const [pid = '', start = '', created = ''] = part?.identity.split(':') ?? [];
  const bent = (identity: string): LeftoverPart => ({ ...(part ?? fail()), identity });
  await host().removePart(bent(`${String(Number(pid) + 1)}:${start}:${created}`));
  await host().removePart(bent(`${pid}:${String(Number(start) - 1)}:${created}`));
  expect(names()).toEqual([OURS]);
});

test('asking starts no server', async () => {
  expect(await host().buffers()).toEqual([]);
  expect(() => tmux('-N', 'list-sessions')).toThrow(/no server running|error connecting/);
});

function fail(): never {
  throw new Error('there is one');
}
