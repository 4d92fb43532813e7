import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeOld } from '../../src/apply/janitor.ts';
import { openHost } from '../../src/host/host.ts';
import { startOf } from '../../src/host/processes.ts';
import { openJournal } from '../../src/host/state/journal.ts';
import { followEvents, readEvents } from '../../src/host/state/read-events.ts';
import type { DesiredState } from '../../src/model/desired.ts';
import type { JournalEvent } from '../../src/model/event.ts';
import type { HostWriter } from '../../src/model/host.ts';
import type { LeftoverPart, Leftovers } from '../../src/model/leftovers.ts';
import type { ActionOf } from '../../src/model/plan.ts';
import { NO_FACTS, type ObservedRun } from '../../src/model/run.ts';
import { read } from '../../src/model/reading.ts';
import type { AttemptRecord } from '../../src/model/task.ts';
import { lookAtLeftovers } from '../../src/observe/janitor.ts';
import { lookCache } from '../../src/observe/look-cache.ts';
import { attemptId } from '../../src/plan/ids.ts';
import { plan } from '../../src/plan/plan.ts';
import { recordText } from '../../src/queue/record.ts';
import { RECORD } from '../report/task-samples.ts';
import { DAY, desired, input, NONCE, observed, pool } from '../support/fleet.ts';
import { inboxSpec } from '../support/queue.ts';

let root: string;
let fleet: DesiredState;
let queue: string;
let runsDir: string;
let stateDir: string;
let cache = lookCache();
/** The clock stands so far behind the look's: nobody can set a change time back, so the look is made later. */
let later = 0;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'rollcall-janitor-')));
  queue = join(root, 'box', '.agent-queue');
  runsDir = join(root, 'run', 'runs');
  stateDir = join(root, 'state');
  for (const each of ['inbox', 'claimed', 'done', 'failed', 'rejected', 'attempts'])
    mkdirSync(join(queue, each), { recursive: true });
  mkdirSync(runsDir, { recursive: true });
  mkdirSync(stateDir);
  fleet = desired({
    pools: { auto: pool({ min: 0 }) },
    inboxes: { box: inboxSpec('box', { dir: join(queue, 'inbox'), cwd: root }) },
  });
  cache = lookCache();
  later = 0;
  asked = [];
  frozen = null;
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const real = openHost({ socket: { type: 'name', name: 'never-used' }, env: {} });

/** Where it stands still; null: it goes. */
let frozen: number | null = null;

function now(): number {
  return frozen ?? Date.now() + later;
}

/** What the tmux server has of ours. */
let asked: readonly LeftoverPart[] = [];

function host(over: Partial<HostWriter> = {}): HostWriter {
  const leftovers = { ...(real.leftovers ?? fail()), buffers: () => Promise.resolve(asked) };
  return { ...real, leftovers, now, ...over };
}

function put(path: string, text = 'do it\n'): string {
  const whole = path.startsWith('/') ? path : join(queue, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, text);
  return whole;
}

/** A task that is over, with its record and its run's folder. */
function over(
  id: string,
  result: 'done' | 'failed' | 'returned' = 'done',
  some: Partial<AttemptRecord> = {},
): void {
  const attempt = `a${id}`;
  const end = { result, reason: 'agent-said-so', detail: '', at: Date.now() - 1000, lastLines: [] } as const;
  const record = { ...RECORD, fleet: 'home', inbox: 'box', id, attempt, file: `${id}.md`, end, ...some };
  put(`attempts/${id}@${attempt}.json`, recordText(record));
  if (result !== 'returned') put(`${result}/${id}.md`);
  put(join(runsDir, attempt, '1', 'exit.json'), '{}');
}

async function look(runs: Readonly<Record<string, ObservedRun>> = {}): Promise<Leftovers> {
  const found = await lookAtLeftovers(host(), fleet, { runs }, { stateDir, runsDir, cache });
  if (found === undefined) throw new Error('this host has leftovers');
  return found;
}

async function planned(runs: Readonly<Record<string, ObservedRun>> = {}) {
  const leftovers = await look(runs);
  const seen = observed(fleet, { at: now(), leftovers, runs });
  const made = plan(input(fleet, seen, { runsDir }));
  expect(made.diagnostics.filter(({ code }) => code === 'guard')).toEqual([]);
  return made.actions.flatMap((action) => (action.type === 'janitor.remove' ? [action] : []));
}

/** Looks and removes until nothing is to do. */
async function tidy(by: HostWriter = host()): Promise<void> {
  for (let cycle = 0; cycle < 20; cycle += 1) {
    const actions = await planned();
    if (actions.length === 0) return;
    for (const { effect } of actions) expect((await removeOld(by, effect)).outcome).toBe('applied');
  }
  throw new Error('it never ends');
}

function files(folder = root): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory() || entry.parentPath === runsDir)
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .toSorted();
}

function only(actions: readonly ActionOf<'janitor.remove'>[]): ActionOf<'janitor.remove'> {
  const [action] = actions;
  if (action === undefined || actions.length > 1) throw new Error(`${String(actions.length)} actions`);
  return action;
}

const ENDED = { result: 'done', reason: 'at-rest', detail: '', at: 1, lastLines: [] } as const;
const EVENT: JournalEvent = {
  at: '',
  type: 'loop.started',
  severity: 'info',
  target: 'fleet',
  message: '',
  fields: {},
};

describe('the janitor on real files', () => {
  it('removes what is ours once it is past its age, and nothing else', async () => {
    over('one');
    over('two', 'failed');
    over('back', 'returned');
    put('rejected/bad.md', '');
    put('rejected/bad.md.reason', 'empty\n\nit has no text\n');
    symlinkSync('/etc/passwd', join(queue, 'rejected', 'link.md'));
    put('rejected/link.md.reason', 'not-a-file\n\na symlink\n');
    put('failed/never.md');
    put('failed/never.md.reason', 'cancelled\n\nby ann\n');
    put(join(runsDir, 'orphan1', '1', 'spec.void'), '{}');
    put(join(stateDir, 'state.json.corrupt-1795000000000'));
    put(join(stateDir, '.rollcall-0123456789abcdef.tmp'));
    put('inbox/.rollcall-0123456789abcdef.tmp');
    const theirs = [
      put('done/by-hand.md'),
      put('done/notes.txt'),
      put('failed/by-hand.md'),
      put('failed/odd.md'),
      put('failed/odd.md.reason', 'I put it here\n'),
      put('rejected/kept.md'),
      put('rejected/kept.md.reason', 'ask Bob\n'),
      put('rejected/folder/precious.txt'),
      put('rejected/folder.reason', 'not-a-file\n\nit is a folder\n'),
      put('attempts/notes.json', '{}'),
      put(
        'attempts/other@a1b2.json',
        recordText({ ...RECORD, fleet: 'elsewhere', id: 'other', attempt: 'a1b2', end: ENDED }),
      ),
      put('attempts/torn@a1b3.json', '{"version":1,'),
      put(join(stateDir, 'state.json')),
      put(join(stateDir, '.rollcall-notes.tmp')),
      put(join(stateDir, 'state.json.corrupt-mine')),
      put('inbox/.hidden.tmp'),
      put(join(runsDir, 'README'), 'a file'),
    ].map((path) => path.slice(root.length + 1));
    expect(await planned()).toEqual([]);
    later = 13 * DAY;
    expect((await planned()).map(({ target }) => target)).toEqual(['fleet/temporary']);
    later = 15 * DAY;
    const due = await planned();
    expect(due.map(({ target, because }) => `${target} ${because}`)).toEqual([
      'fleet/temporary 2 temporary files older than 1 h',
      'inbox/box/done 1 task older than 14 d',
    ]);
    await tidy();
    expect(files()).not.toContain('box/.agent-queue/done/one.md');
    expect(files()).toContain('box/.agent-queue/failed/two.md');
    later = 31 * DAY;
    await tidy();
    expect(files()).toEqual(theirs.toSorted());
    expect(existsSync('/etc/passwd')).toBe(true);
  });

  it('keeps the history of a task that waits again, and the runs of what is under way', async () => {
    over('again', 'returned');
    over('busy');
    later = 40 * DAY;
    const run = {
      claim: null,
      runDir: join(runsDir, 'abusy'),
      word: null,
      endingSince: null,
      facts: NO_FACTS,
    };
    const runs = { abusy: { ...run, record: read(null), spec: 'taken', agent: null, exit: null } as const };
    const history = { again: [] };
    const box = { entries: {}, claims: {}, history, counts: { done: 0, failed: 0, rejected: 0 }, strays: [] };
    const leftovers = await look(runs);
    const seen = observed(fleet, { at: now(), leftovers, runs, inboxes: { box: read(box) } });
    expect(plan(input(fleet, seen, { runsDir })).actions).toEqual([]);
    expect((await planned()).map(({ target }) => target)).toEqual(['inbox/box/done', 'inbox/box/failed']);
  });

  it('leaves the run of an agent that still lives', async () => {
    over('alive');
    const sleeper = spawn('sleep', ['60'], { stdio: 'ignore' });
    try {
      const pid = sleeper.pid ?? 0;
      const start = startOf(pid) ?? '';
      put(join(runsDir, 'aalive', '1', 'agent.json'), JSON.stringify({ pid, start, at: 1 }));
      later = 40 * DAY;
      expect(await planned()).toEqual([]);
    } finally {
      const ended = new Promise((resolve) => sleeper.once('exit', resolve));
      sleeper.kill('SIGKILL');
      await ended;
    }
    later += 600_000;
    expect((await planned()).map(({ target }) => target)).toEqual(['inbox/box/done']);
  });

  it('never takes a task for an older one of the same name', async () => {
    over('twice', 'failed', { attempt: 'aaaa1' });
    renameSync(join(queue, 'attempts', 'twice@atwice.json'), join(queue, 'attempts', 'twice@aaaa1.json'));
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const between = Date.now();
    over('twice', 'failed');
    frozen = between + 30 * DAY - 100;
    await tidy();
    expect(files()).toContain('box/.agent-queue/failed/twice.md');
    expect(files()).toContain('box/.agent-queue/attempts/twice@atwice.json');
  });

  it('does nothing through a link where a folder belongs, and says so', async () => {
    over('one');
    const mine = join(root, 'mine');
    renameSync(join(queue, 'done'), mine);
    symlinkSync(mine, join(queue, 'done'));
    later = 40 * DAY;
    const { problems } = await look();
    expect(problems.map(({ code, severity, target }) => [code, severity, target])).toEqual([
      ['janitor-left', 'info', 'inbox/box'],
    ]);
    expect(await planned()).toEqual([]);
    expect(existsSync(join(mine, 'one.md'))).toBe(true);
  });

  it('leaves what has changed since the look, with the record that tells of it', async () => {
    for (const id of ['edited', 'replaced', 'linked', 'moved', 'same']) over(id);
    later = 15 * DAY;
    const { effect } = only(await planned());
    const done = (id: string): string => join(queue, 'done', `${id}.md`);
    writeFileSync(done('edited'), 'and more\n');
    rmSync(done('replaced'));
    put(done('replaced'), 'another\n');
    rmSync(done('linked'));
    symlinkSync('/etc/hostname', done('linked'));
    renameSync(done('moved'), join(root, 'moved.md'));
    const outcome = await removeOld(host(), effect);
    expect(outcome.outcome).toBe('applied');
    expect(outcome.text).toContain('edited.md');
    const left = readdirSync(join(queue, 'done')).toSorted();
    expect(left).toEqual(['edited.md', 'linked.md', 'replaced.md']);
    const records = readdirSync(join(queue, 'attempts')).toSorted();
    expect(records).toEqual(['edited@aedited.json', 'linked@alinked.json', 'replaced@areplaced.json']);
    expect(existsSync(join(root, 'moved.md'))).toBe(true);
    const again = await removeOld(host(), effect);
    expect(again.outcome).toBe('stale');
  });

  it('does nothing where its folder was exchanged for a link since the look', async () => {
    over('one');
    later = 15 * DAY;
    const { effect } = only(await planned());
    const before = files();
    renameSync(join(queue, 'done'), join(root, 'aside'));
    symlinkSync(join(root, 'aside'), join(queue, 'done'));
    await removeOld(host(), effect);
    expect(readdirSync(join(root, 'aside'))).toEqual(['one.md']);
    expect(before.some((name) => name.endsWith('one@aone.json'))).toBe(true);
    expect(files()).toContain('box/.agent-queue/attempts/one@aone.json');
  });

  it('comes to the same end after a crash between any two removals', async () => {
    const crash = new Error('kill -9');
    for (let after = 0; after < 10; after += 1) {
      for (const id of ['xx1', 'xx2', 'xx3']) over(id);
      const theirs = put('done/by-hand.md');
      later = 15 * DAY;
      cache = lookCache();
      let left = after;
      const dies = host({
        leftovers: {
          ...(real.leftovers ?? fail()),
          removePart: async (part) => {
            if (left === 0) throw crash;
            left -= 1;
            return await (real.leftovers ?? fail()).removePart(part);
          },
        },
      });
      const { effect } = only(await planned());
      await removeOld(dies, effect).catch((error: unknown) => expect(error).toBe(crash));
      for (const name of readdirSync(join(queue, 'done')).filter((each) => each !== 'by-hand.md'))
        expect(readdirSync(join(queue, 'attempts')).map((each) => each.split('@')[0])).toContain(
          name.slice(0, -3),
        );
      cache = lookCache();
      await tidy();
      expect(files()).toEqual([theirs.slice(root.length + 1)]);
    }
  });

  it('never leaves half a run behind under its name', async () => {
    over('one');
    for (let index = 0; index < 50; index += 1) put(join(runsDir, 'aone', 'hooks', `${String(index)}.json`));
    symlinkSync(root, join(runsDir, 'aone', 'out'));
    later = 15 * DAY;
    await tidy();
    expect(readdirSync(runsDir)).toEqual([]);
    expect(existsSync(queue)).toBe(true);
    mkdirSync(join(runsDir, '.rollcall-00000000000000aa.tmp', 'deep'), { recursive: true });
    mkdirSync(join(stateDir, '.rollcall-00000000000000ab.tmp'));
    cache = lookCache();
    await tidy();
    expect(readdirSync(runsDir)).toEqual([]);
    expect(readdirSync(stateDir)).toEqual(['.rollcall-00000000000000ab.tmp']);
  });

  it('takes a paste buffer only of an attempt that is ours and over', async () => {
    const token = '0123456789abcdef'.repeat(2);
    const buffer = (attempt: string) => {
      const name = `rollcall-${attempt}-${token}`;
      return { folder: '/s', name, type: 'buffer', identity: '1:2:3', changedAt: Date.now() } as const;
    };
    put(join(runsDir, 'ours1', '1', 'x'), '');
    put(join(runsDir, 'busy1', '1', 'x'), '');
    asked = [buffer('ours1'), buffer('busy1'), buffer('theirs1')];
    const run = {
      claim: null,
      runDir: join(runsDir, 'busy1'),
      word: null,
      endingSince: null,
      facts: NO_FACTS,
    };
    const runs = { busy1: { ...run, record: read(null), spec: 'taken', agent: null, exit: null } as const };
    expect(await planned(runs)).toEqual([]);
    later = 3 * 3_600_000;
    const { target, effect } = only(await planned(runs));
    expect(target).toBe('fleet/buffers');
    expect(effect.entries.map(({ attempt }) => attempt)).toEqual(['ours1']);
  });

  it('fails and says why where a folder lets nothing go', async () => {
    over('one');
    later = 15 * DAY;
    const { effect } = only(await planned());
    const done = join(queue, 'done');
    try {
      execFileSync('chattr', ['+i', done], { stdio: 'pipe' });
    } catch {
      console.warn('skipped: this file system has no immutable folders');
      return;
    }
    try {
      const outcome = await removeOld(host(), effect);
      expect(outcome.outcome).toBe('failed');
      expect(outcome.text).toContain('EPERM');
      expect(readdirSync(done)).toEqual(['one.md']);
      expect(readdirSync(join(queue, 'attempts'))).toEqual(['one@aone.json']);
    } finally {
      execFileSync('chattr', ['-i', done]);
    }
  });
});

describe('the janitor of the journal', () => {
  it('takes whole files, the oldest first, and begins the current one anew', async () => {
    const at = new Date().toISOString();
    for (const file of ['events.jsonl', 'events.jsonl.1', 'events.jsonl.2'])
      put(join(stateDir, file), `${JSON.stringify({ ...EVENT, at })}\n`);
    put(join(stateDir, 'events.jsonl.old'), 'mine');
    expect(await planned()).toEqual([]);
    later = 23 * DAY;
    expect(only(await planned()).effect.rotates?.path).toBe(join(stateDir, 'events.jsonl'));
    await tidy();
    expect(readdirSync(stateDir).toSorted()).toEqual([
      'events.jsonl.1',
      'events.jsonl.2',
      'events.jsonl.3',
      'events.jsonl.old',
    ]);
    openJournal({ dir: stateDir }).append({ ...EVENT, at: new Date(Date.now() + later).toISOString() });
    const written = now() / 1000;
    utimesSync(join(stateDir, 'events.jsonl'), written, written);
    later = 91 * DAY;
    await tidy();
    expect(readdirSync(stateDir).toSorted()).toEqual(['events.jsonl.1', 'events.jsonl.old']);
  });

  it('loses no line that is being written, and no reader who follows misses one', async () => {
    const LINES = 3000;
    const script = `
      import { openJournal } from ${JSON.stringify(join(import.meta.dirname, '../../src/host/state/journal.ts'))};
      const journal = openJournal({ dir: ${JSON.stringify(stateDir)} });
      for (let n = 0; n < ${String(LINES)}; n += 1) {
        journal.append({ at: new Date().toISOString(), type: 'loop.started', severity: 'info', target: 'fleet', message: String(n), fields: {} });
        if (n % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      }`;
    put(join(stateDir, 'events.jsonl'), '');
    const stop = new AbortController();
    const followed: string[] = [];
    const following = (async () => {
      for await (const { message } of followEvents(stateDir, { signal: stop.signal, everyMs: 10 })) {
        followed.push(message);
        if (followed.length === LINES) stop.abort();
      }
    })();
    const writer = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
    const ended = new Promise((resolve) => writer.once('exit', resolve));
    for (let turn = 0; turn < 3; turn += 1) {
      while ((statSync(join(stateDir, 'events.jsonl'), { throwIfNoEntry: false })?.size ?? 0) < 40_000)
        await new Promise((resolve) => setTimeout(resolve, 2));
      const found = await real.leftovers?.list(stateDir, (name) => name === 'events.jsonl');
      const identity = found?.type === 'ok' ? (found.value['events.jsonl']?.identity ?? '') : '';
      const file = identity.split(':').slice(0, 2).join(':');
      expect(await real.leftovers?.beginAnew(join(stateDir, 'events.jsonl'), file)).toEqual({
        type: 'ok',
        value: null,
      });
    }
    expect(await ended).toBe(0);
    setTimeout(() => stop.abort(), 3000).unref();
    await following;
    const all = Array.from({ length: LINES }, (_, n) => String(n));
    expect(readEvents(stateDir).map(({ message }) => message)).toEqual(all);
    expect(followed).toEqual(all);
  });
});

const MANY = process.env['ROLLCALL_HEAVY'] === '1' ? 10_000 : 2000;

describe('a fleet with a long past', () => {
  it('looks at thousands of finished tasks once, and hardly at all while nothing changes', async () => {
    const text = recordText({ ...RECORD, fleet: 'home', inbox: 'box' });
    for (let index = 0; index < MANY; index += 1) {
      const name = `t${String(index)}`;
      writeFileSync(join(queue, 'done', `${name}.md`), '');
      writeFileSync(join(queue, 'attempts', `${name}@${attemptId(Date.now(), NONCE, index)}.json`), text);
    }
    const first = performance.now();
    await look();
    const whole = performance.now() - first;
    const second = performance.now();
    for (let turn = 0; turn < 20; turn += 1) await look();
    const each = (performance.now() - second) / 20;
    console.info(
      `${String(MANY)} tasks: first look ${whole.toFixed(0)} ms, each after it ${each.toFixed(2)} ms`,
    );
    expect(each).toBeLessThan(20);
  });
});

function fail(): never {
  throw new Error('this host has leftovers');
}
