import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import { processReader } from '../../src/host/processes.ts';
import { openConversation } from '../../src/observe/open-conversation.ts';
import { ID } from '../agents/rollouts.ts';
import { until } from '../support/tmux.ts';

const OTHER = ID.replace('0', '1');
const SPEC = { extends: 'builtin:codex', args: [], env: {}, trust: [], models: {}, overrides: {} };
let folder = '';
let children: ChildProcess[] = [];

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'rollcall-open-')));
  children = [];
});
afterEach(() => {
  for (const { pid } of children) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const rollout = (id: string): string => join(folder, `rollout-2026-11-23T06-42-18-${id}.jsonl`);

/** A wrapper whose child, called `codex`, has these files open. */
async function wrapper(...files: readonly string[]): Promise<number> {
  for (const file of files) writeFileSync(file, '');
  const opens = files.map((file, i) => `exec ${String(i + 3)}>>${file};`).join(' ');
  const child = spawn('bash', ['-c', `bash -c '${opens} exec -a codex sleep 1000' & wait`], {
    detached: true,
    stdio: 'ignore',
  });
  children.push(child);
  const pid = child.pid ?? 0;
  await until(async () => {
    const all = (await processReader.list()) ?? [];
    for (const each of all.filter(({ names }) => names.includes('codex'))) {
      if ((await processReader.detailsOf(each.pid))?.parent === pid) return true;
    }
    return false;
  });
  return pid;
}

function conversationOf(pid: number, agent: 'codex' | 'claude' = 'codex') {
  const found = { agent: { profile: builtinProfile(agent), spec: SPEC }, pid };
  return openConversation(processReader, found);
}

const UNKNOWN = { conversation: null, file: null };

test('the conversation of an agent is the one whose file the program it wraps has open', async () => {
  const file = rollout(ID);
  const pid = await wrapper(file, join(folder, 'state.sqlite'));
  expect(await conversationOf(pid)).toEqual({ conversation: ID, file });
});

test('it is not known where two are open, or none', async () => {
  expect(await conversationOf(await wrapper(rollout(ID), rollout(OTHER)))).toEqual(UNKNOWN);
  expect(await conversationOf(await wrapper())).toEqual(UNKNOWN);
});

test('it is not that of another one, which it has not started', async () => {
  await wrapper(rollout(ID));
  const other = await wrapper(rollout(OTHER));
  expect((await conversationOf(other)).conversation).toBe(OTHER);
  expect(await conversationOf(process.pid)).toEqual(UNKNOWN);
});

test('of a process that is gone, and of an agent whose ids we choose, nothing is told', async () => {
  const pid = await wrapper(rollout(ID));
  expect(await conversationOf(pid, 'claude')).toEqual(UNKNOWN);
  expect(await processReader.openFiles(2 ** 22)).toBe(null);
});
