import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fleetPaths } from '../../src/host/paths.ts';
import { startOf } from '../../src/host/processes.ts';
import { openJournal } from '../../src/host/state/journal.ts';
import { loadLastGood, saveLastGood } from '../../src/host/state/last-good.ts';
import { acquireLock, type Holder, readHolder } from '../../src/host/state/lock.ts';
import { readLoopInfo, removeLoopInfo, writeLoopInfo } from '../../src/host/state/loop-info.ts';
import { loadMemory, saveMemory } from '../../src/host/state/memory-store.ts';
import { followEvents, readEvents } from '../../src/host/state/read-events.ts';
import { checkStateDir, prepareStateDir } from '../../src/host/state/state-dir.ts';
import { readSuspensions, writeSuspensions } from '../../src/host/state/suspensions.ts';
import { writeAtomic } from '../../src/host/state/write-atomic.ts';
import { NO_NOTICES } from '../../src/model/notice.ts';
import { NO_QUOTA } from '../../src/model/quota.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import type { JournalEvent } from '../../src/model/event.ts';
import { type Memory, NO_MEMORY } from '../../src/model/memory.ts';

let dir: string;
const at = (name: string): string => join(dir, name);
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rollcall-state-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const MEMORY: Memory = {
  accepted: {
    pools: {
      auto: { prefix: 'a-', startIndex: 1, min: 2, max: 3, cwd: '/w', agent: 'claude', cooldownMs: 5 },
    },
    prune: 'never',
    socket: { type: 'name', name: 'default' },
  },
  server: { socket: '/s', pid: 7, procStart: '99' },
  deaths: { 'a-1': { at: [1, 2], lastPid: 8, lastAt: 2 } },
  failures: { 'session/a-1': { count: 1, lastAt: 3, why: 'x' } },
  quota: NO_QUOTA,
  screens: { abcd1234: { hash: 'h', since: 4 } },
  announced: { 'fleet.blocked': 'blocked' },
  notices: NO_NOTICES,
};

const HOLDER: Holder = { pid: process.pid, procStart: '1', since: 5, host: 'h', command: 'rollcall run' };

function event(message: string, at = 1000): JournalEvent {
  const fields = { type: 'session.create' };
  return {
    at: new Date(at).toISOString(),
    type: 'action.applied',
    severity: 'info',
    target: 'session/a-1',
    message,
    fields,
  };
}

test('the state folder is under XDG_STATE_HOME, else under the home given, never a relative one', () => {
  expect(fleetPaths('f', { HOME: '/h' })).toEqual({
    state: '/h/.local/state/rollcall/f',
    runtime: '/h/.local/state/rollcall/f/run',
  });
  const env = { HOME: '/h', XDG_STATE_HOME: '/s', XDG_RUNTIME_DIR: '/r' };
  expect(fleetPaths('f', env)).toEqual({ state: '/s/rollcall/f', runtime: '/r/rollcall/f' });
  expect(fleetPaths('f', { HOME: '/h', XDG_STATE_HOME: 'rel' }).state).toBe('/h/.local/state/rollcall/f');
  for (const name of ['', '..', 'a/b', 'a\n']) expect(() => fleetPaths(name, {})).toThrow(TypeError);
});

test('a state folder is made closed to others; one that others can write is refused', () => {
  expect(prepareStateDir(at('x/y'))).toBeNull();
  expect(statSync(at('x/y')).mode & 0o777).toBe(0o700);
  chmodSync(at('x/y'), 0o770);
  expect(prepareStateDir(at('x/y'))).toMatchObject({
    code: 'state-unreadable',
    help: expect.stringContaining('chmod'),
  });
  expect(checkStateDir(at('x/y'))).not.toBeNull();
  symlinkSync(at('x'), at('link'));
  expect(checkStateDir(at('link'))).not.toBeNull();
  writeFileSync(at('file'), '');
  expect(prepareStateDir(at('file'))).not.toBeNull();
  expect(checkStateDir(at('none'))).toBeNull();
  expect(existsSync(at('none'))).toBe(false);
});

test('what was remembered is read back, closed to others; nothing remembered is no problem', () => {
  expect(loadMemory(dir)).toEqual({ memory: NO_MEMORY, problem: null });
  expect(readdirSync(dir)).toEqual([]);
  expect(saveMemory(dir, MEMORY)).toBeNull();
  expect(loadMemory(dir)).toEqual({ memory: MEMORY, problem: null });
  expect(statSync(at('state.json')).mode & 0o777).toBe(0o600);
  saveMemory(dir, NO_MEMORY);
  expect(JSON.parse(readFileSync(at('state.json'), 'utf8'))).toMatchObject({ schema: 1, serial: 2 });
  expect(readdirSync(dir).toSorted()).toEqual(['state.json', 'state.json.prev']);
});

test('a state file from before tasks is believed, without screens', () => {
  const { screens: _, ...data } = MEMORY;
  const sha256 = createHash('sha256').update(JSON.stringify(data)).digest('hex');
  writeFileSync(at('state.json'), JSON.stringify({ schema: 1, serial: 4, sha256, data }));
  expect(loadMemory(dir)).toEqual({ memory: { ...MEMORY, screens: {} }, problem: null });
  expect(saveMemory(dir, MEMORY)).toBeNull();
  expect(readdirSync(dir).toSorted()).toEqual(['state.json', 'state.json.prev']);
});

test.each([
  '[]',
  'null',
  '{"a":{"hash":"h"}}',
  '{"a":{"hash":5,"since":1}}',
  '{"a":{"hash":"h","since":-1}}',
])('screens that cannot be are believed as little as the rest: %s', (screens) => {
  const data: unknown = { ...MEMORY, screens: JSON.parse(screens) };
  const sha256 = createHash('sha256').update(JSON.stringify(data)).digest('hex');
  writeFileSync(at('state.json'), JSON.stringify({ schema: 1, serial: 4, sha256, data }));
  expect(loadMemory(dir)).toMatchObject({ memory: NO_MEMORY, problem: { code: 'state-unreadable' } });
});

test('a write that is called off at the last moment changes nothing and leaves nothing', () => {
  writeFileSync(at('a'), 'old');
  const off = (): never => {
    expect(readdirSync(dir)).toHaveLength(2);
    throw new Error('called off');
  };
  expect(() => writeAtomic(at('a'), 'new', { check: off })).toThrow('called off');
  expect(readFileSync(at('a'), 'utf8')).toBe('old');
  expect(readdirSync(dir)).toEqual(['a']);
});

test('a memory cut off or changed at any byte is the one before it, and never believed', () => {
  saveMemory(dir, NO_MEMORY);
  saveMemory(dir, MEMORY);
  const text = readFileSync(at('state.json'));
  fc.assert(
    fc.property(fc.nat(text.length - 2), fc.option(fc.integer({ min: 1, max: 255 })), (place, flip) => {
      const bytes = flip === null ? text.subarray(0, place) : Buffer.from(text);
      if (flip !== null) bytes[place] = (bytes[place] ?? 0) ^ flip;
      writeFileSync(at('state.json'), bytes);
      const { memory, problem } = loadMemory(dir);
      // A flipped serial or schema digit may still be a whole file with the same data.
      if (problem === null) expect(memory).toEqual(MEMORY);
      else expect(memory).toEqual(NO_MEMORY);
    }),
  );
  writeFileSync(at('state.json'), 'garbage');
  expect(readdirSync(dir)).toHaveLength(2);
  expect(saveMemory(dir, NO_MEMORY, 42)).toBeNull();
  expect(readFileSync(at('state.json.corrupt-42'), 'utf8')).toBe('garbage');
  expect(loadMemory(dir)).toEqual({ memory: NO_MEMORY, problem: null });
});

test.each([
  'null',
  '[]',
  '{}',
  '{"schema":2,"serial":1}',
  '{"schema":1,"serial":1,"sha256":"x","data":{}}',
  '\u0000',
])('a state file that is not one costs a diagnostic: %j', (text) => {
  writeFileSync(at('state.json'), text);
  expect(loadMemory(dir)).toMatchObject({ memory: NO_MEMORY, problem: { code: 'state-unreadable' } });
});

test('a folder that cannot be written costs a diagnostic, not a crash', () => {
  expect(saveMemory(at('none'), MEMORY)).toMatchObject({ code: 'state-unreadable' });
  expect(writeSuspensions(at('none'), {})).toMatchObject({ code: 'state-unreadable' });
  expect(saveLastGood(at('none'), { file: '/f', text: 'x' })).toMatchObject({ code: 'state-unreadable' });
});

test('one process holds the lock; the other is told who', () => {
  const lock = acquireLock(dir, HOLDER);
  expect(lock.ok).toBe(true);
  expect(acquireLock(dir, { ...HOLDER, command: 'rollcall apply' })).toEqual({ ok: false, holder: HOLDER });
  expect(statSync(at('lock.db')).mode & 0o777).toBe(0o600);
  if (!lock.ok) return;
  expect(lock.stillHeld()).toBe(true);
  lock.release();
  lock.release();
  expect(lock.stillHeld()).toBe(false);
  expect(readHolder(dir)).toBeNull();
  const again = acquireLock(dir, HOLDER);
  expect(again.ok).toBe(true);
  if (again.ok) again.release();
});

test('a lock whose file was removed or replaced is no longer held', () => {
  const lock = acquireLock(dir, HOLDER);
  if (!lock.ok) throw new Error('not free');
  renameSync(at('lock.db'), at('moved'));
  expect(lock.stillHeld()).toBe(false);
  writeFileSync(at('lock.db'), '');
  expect(lock.stillHeld()).toBe(false);
  lock.release();
});

const LOCK = fileURLToPath(new URL('../../src/host/state/lock.ts', import.meta.url));

test('a killed holder frees the lock at once, though a child of its lives on', async () => {
  const script = `
    import { spawn } from 'node:child_process';
    const { acquireLock } = await import(${JSON.stringify(LOCK)});
    const lock = acquireLock(${JSON.stringify(dir)}, { ...${JSON.stringify(HOLDER)}, pid: process.pid });
    const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
    console.log(JSON.stringify({ ok: lock.ok, child: child.pid }));
    setInterval(() => lock, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = await new Promise<string>((resolve) =>
    holder.stdout.once('data', (data) => resolve(String(data))),
  );
  const { ok, child }: { ok: boolean; child: number } = JSON.parse(said);
  expect(ok).toBe(true);
  const refused = acquireLock(dir, HOLDER);
  expect(refused).toMatchObject({ ok: false, holder: { pid: holder.pid } });
  const ended = new Promise((resolve) => holder.once('exit', resolve));
  holder.kill('SIGKILL');
  await ended;
  try {
    expect(startOf(child)).not.toBeNull();
    const lock = acquireLock(dir, HOLDER);
    expect(lock.ok).toBe(true);
    if (lock.ok) lock.release();
  } finally {
    process.kill(child, 'SIGKILL');
  }
});

test('events come back in the order written, over rotations, from a time on', () => {
  const journal = openJournal({ dir, maxBytes: 600, keep: 3 });
  for (let n = 0; n < 12; n += 1) journal.append(event(`e${String(n)}`, 1000 * n));
  const kept = readEvents(dir).map(({ message }) => message);
  expect(kept.at(-1)).toBe('e11');
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, n) => `e${String(12 - kept.length + n)}`));
  expect(readEvents(dir, { since: 10_000 }).map(({ message }) => message)).toEqual(['e10', 'e11']);
  expect(readdirSync(dir).length).toBeLessThanOrEqual(4);
  expect(statSync(at('events.jsonl')).mode & 0o777).toBe(0o600);
});

test('a torn line is skipped, and does not swallow the next event', () => {
  const journal = openJournal({ dir });
  journal.append(event('one'));
  journal.append(event('two'));
  truncateSync(at('events.jsonl'), statSync(at('events.jsonl')).size - 9);
  expect(readEvents(dir).map(({ message }) => message)).toEqual(['one']);
  journal.append(event('three'));
  expect(readEvents(dir).map(({ message }) => message)).toEqual(['one', 'three']);
  writeFileSync(at('events.jsonl'), 'null\n{}\n[1]\n{"at":1}\n', { flag: 'a' });
  expect(readEvents(dir)).toHaveLength(2);
});

test('a journal that cannot be written says so once, and again only after it worked', () => {
  const problems: Diagnostic[] = [];
  const journal = openJournal({ dir: at('later'), onProblem: (problem) => problems.push(problem) });
  journal.append(event('lost'));
  journal.append(event('lost'));
  expect(problems).toHaveLength(1);
  mkdirSync(at('later'));
  journal.append(event('kept'));
  rmSync(at('later'), { recursive: true });
  journal.append(event('lost'));
  expect(problems).toHaveLength(2);
});

test('a full disk loses events, not the caller', () => {
  const problems: Diagnostic[] = [];
  const journal = openJournal({ dir: '/dev', onProblem: (problem) => problems.push(problem) });
  symlinkSync('/dev/full', at('events.jsonl'));
  openJournal({ dir, onProblem: (problem) => problems.push(problem) }).append(event('lost'));
  expect(problems).toHaveLength(1);
  expect(journal).toBeDefined();
});

test('who follows gets each new event once, over rotations, and no old one', async () => {
  const journal = openJournal({ dir, maxBytes: 500, keep: 3 });
  journal.append(event('old'));
  const stop = new AbortController();
  const got: string[] = [];
  const following = (async () => {
    for await (const { message } of followEvents(dir, { signal: stop.signal, everyMs: 5 })) got.push(message);
  })();
  await new Promise((resolve) => setTimeout(resolve, 30));
  for (let n = 0; n < 9; n += 1) {
    journal.append(event(`n${String(n)}`));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  stop.abort();
  await following;
  expect(got).toEqual(Array.from({ length: 9 }, (_, n) => `n${String(n)}`));
});

test('suspensions are read back; a bad file is unreadable, never none', () => {
  expect(readSuspensions(dir)).toEqual({ ok: true, value: {} });
  const all = { '*': { since: 1, until: null, reason: null, by: 'me' } };
  expect(writeSuspensions(dir, all)).toBeNull();
  expect(readSuspensions(dir)).toEqual({ ok: true, value: all });
  for (const text of [
    '',
    'x',
    '[]',
    '{"*":{}}',
    '{"*":{"since":"1","until":null,"reason":null,"by":"me"}}',
  ]) {
    writeFileSync(at('suspensions.json'), text);
    expect(readSuspensions(dir)).toMatchObject({ ok: false });
  }
});

test('a loop runs while the process that said so is that process', () => {
  expect(readLoopInfo(dir).running).toBe(false);
  const info = { pid: process.pid, procStart: startOf(process.pid) ?? '', since: 1, lastCycleAt: 2 };
  writeLoopInfo(dir, info);
  expect(readLoopInfo(dir)).toEqual({ running: true, pid: process.pid, since: 1, lastCycleAt: 2 });
  writeLoopInfo(dir, { ...info, procStart: '1' });
  expect(readLoopInfo(dir)).toEqual({ running: false, pid: null, since: null, lastCycleAt: 2 });
  removeLoopInfo(dir);
  expect(readLoopInfo(dir).lastCycleAt).toBeNull();
});

test('the last good file is read back byte for byte; a damaged one is unreadable', () => {
  expect(loadLastGood(dir)).toEqual({ ok: true, value: null });
  const good = { file: '/f.yaml', text: 'a: "é\n' };
  expect(saveLastGood(dir, good)).toBeNull();
  expect(loadLastGood(dir)).toEqual({ ok: true, value: good });
  writeFileSync(at('last-good.json'), readFileSync(at('last-good.json'), 'utf8').replace('a:', 'b:'));
  expect(loadLastGood(dir)).toMatchObject({ ok: false });
});

test('a corpse that nobody reaped is no process', async () => {
  // The shell becomes a sleep that knows nothing of the child it inherits.
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 1000'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const pid = Number(
    await new Promise<string>((resolve) => parent.stdout.once('data', (data) => resolve(String(data)))),
  );
  try {
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(readFileSync(`/proc/${String(pid)}/stat`, 'utf8')).toContain(') Z ');
    expect(startOf(pid)).toBeNull();
  } finally {
    parent.kill('SIGKILL');
  }
});

test('processes of ours are listed with their start and environment', async () => {
  const { processReader } = await import('../../src/host/processes.ts');
  const program = join(dir, 'a) R b');
  symlinkSync(execFileSync('sh', ['-c', 'command -v sleep'], { encoding: 'utf8' }).trim(), program);
  const child = spawn(program, ['1000'], {
    env: { PATH: process.env['PATH'] ?? '', MARK: 'a=b\nc' },
    stdio: 'ignore',
  });
  const pid = child.pid ?? 0;
  try {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const found = (await processReader.list())?.find((one) => one.pid === pid);
    expect(found).toEqual({ pid, command: 'a) R b', names: ['a) R b', 'a) R b', '1000'] });
    expect(await processReader.environmentOf(pid)).toMatchObject({ MARK: 'a=b\nc' });
    const stat = execFileSync('sh', ['-c', `sed 's/.*) //' /proc/${String(pid)}/stat`], { encoding: 'utf8' });
    expect(await processReader.startOf(pid)).toBe(stat.split(' ')[19]);
  } finally {
    child.kill('SIGKILL');
  }
  await new Promise((resolve) => child.once('exit', resolve));
  expect(await processReader.startOf(pid)).toBeNull();
  expect(await processReader.environmentOf(pid)).toBeNull();
});
