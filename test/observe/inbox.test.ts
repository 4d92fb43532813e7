import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { FileReader } from '../../src/model/host.ts';
import { type PrivateMachine, privateMachine } from '../support/tmux.ts';
import { changedAt, END, type InboxRig, inboxRig } from './inbox-rig.ts';

let machine: PrivateMachine;
let rig: InboxRig;
beforeEach(() => {
  machine = privateMachine();
  rig = inboxRig(machine);
});
afterEach(() => machine.cleanup());

const count = (names: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries(names.map((name) => [name, names.filter((each) => each === name).length]));

/** The files of the machine, with the calls that read contents noted by their path's last part. */
function noting(): { readonly files: FileReader; readonly read: string[] } {
  const read: string[] = [];
  const { files } = machine.host;
  const note = (path: string): void => void read.push(path.slice(path.lastIndexOf('/') + 1));
  return {
    read,
    files: {
      ...files,
      bytes: (path, most) => (note(path), files.bytes(path, most)),
      text: (path, most) => (note(path), files.text(path, most)),
      names: (path) => (note(path), files.names(path)),
    },
  };
}

describe('a file', () => {
  test('is a task, told by what it says, its bytes and its age', async () => {
    const text = '---\nid: T-1\npriority: high\ncwd: ~/project/sub\n---\nDo it.\n';
    const path = rig.write('inbox', 'a b.md', text);
    utimesSync(path, 1000, 1_700_000_000);
    const entry = await rig.entry('a b.md');
    expect(entry).toMatchObject({
      type: 'task',
      task: { id: 'T-1', priority: 'high', cwd: join(machine.home, 'project/sub'), title: null },
      since: 1_700_000_000_000,
      bytes: text.length,
      sha256: createHash('sha256').update(text).digest('hex'),
    });
    const listed = await machine.host.files.entries(rig.folders.inbox);
    const identity = listed.type === 'ok' ? listed.value['a b.md']?.identity : null;
    expect(entry).toMatchObject({ identity });
  });

  test.each<[content: string, ms: number, type: string]>([
    ['Do it.\n', 999, 'unsettled'],
    ['Do it.\n', 1000, 'task'],
    ['Do it.', 4999, 'unsettled'],
    ['Do it.', 5000, 'task'],
    ['', 29_999, 'unsettled'],
    ['', 30_000, 'bad'],
    ['---js\n---\nx\n', 4999, 'unsettled'],
    ['---js\n---\nx\n', 5000, 'bad'],
  ])('counts when it has been quiet for its time: %j after %i ms is %s', async (content, ms, type) => {
    const path = rig.write('inbox', 'x.md', content);
    const found = await rig.entry('x.md', { now: changedAt(path) + ms });
    expect(found?.type).toBe(type);
  });

  test('says when it will count', async () => {
    const path = rig.write('inbox', 'x.md', 'Do it.');
    const at = changedAt(path);
    expect(await rig.entry('x.md', { now: at + 100 })).toMatchObject({ until: Math.ceil(at + 1000) });
    const second = await rig.entry('x.md', { now: at + 1000 });
    expect(second).toMatchObject({ type: 'unsettled', until: Math.ceil(at + 5000) });
    expect(await rig.entry('x.md', { now: Math.ceil(at + 5000) })).toMatchObject({ type: 'task' });
  });

  test('counts where its time lies in the future, for the clock was set back', async () => {
    const path = rig.write('inbox', 'x.md');
    expect((await rig.entry('x.md', { now: changedAt(path) - 3_600_000 }))?.type).toBe('task');
  });

  test('does not count where it changed just after we looked at the clock', async () => {
    const path = rig.write('inbox', 'x.md');
    expect((await rig.entry('x.md', { now: changedAt(path) - 500 }))?.type).toBe('unsettled');
  });

  test('is left alone while a program has it open for writing, and counts once it is closed', async () => {
    const path = rig.write('inbox', 'x.md', 'Do it\n');
    const writer = spawn('sh', ['-c', `exec 3>>'${path}'; echo open; read line; echo more >&3`]);
    onTestFinished(() => void writer.kill('SIGKILL'));
    await new Promise((resolve) => writer.stdout.once('data', resolve));
    for (let look = 0; look < 2; look += 1) {
      expect(await rig.entry('x.md')).toMatchObject({ type: 'unsettled', why: /open for writing/ });
    }
    writer.stdin.end('\n');
    await new Promise((resolve) => writer.once('exit', resolve));
    expect(await rig.entry('x.md')).toMatchObject({ type: 'task', bytes: 'Do it\nmore\n'.length });
  });

  test('counts after the longer time where nobody can tell who writes it', async () => {
    const path = rig.write('inbox', 'x.md');
    const files = { ...machine.host.files, beingWritten: () => Promise.resolve(null) };
    const at = (ms: number): Promise<unknown> => rig.entry('x.md', { files, now: changedAt(path) + ms });
    expect(await at(4999)).toMatchObject({ type: 'unsettled' });
    expect(await at(5000)).toMatchObject({ type: 'task' });
  });

  test('that changes while it is read does not count', async () => {
    const path = rig.write('inbox', 'x.md');
    const files = { ...machine.host.files };
    files.bytes = (each, most) => {
      appendFileSync(path, 'More.\n');
      return machine.host.files.bytes(each, most);
    };
    expect(await rig.entry('x.md', { files })).toMatchObject({ type: 'unsettled' });
  });

  test.each([
    ['EIO', 'unsettled'],
    ['EMFILE', 'unsettled'],
    ['EACCES', 'bad'],
  ])('that cannot be read this time is not put aside for it: %s is %s', async (code, type) => {
    rig.write('inbox', 'x.md');
    const bytes: FileReader['bytes'] = () => Promise.resolve({ type: 'error', code, text: code });
    const files = { ...machine.host.files, bytes };
    expect((await rig.entry('x.md', { files }))?.type).toBe(type);
  });

  test('that goes while we look is not there', async () => {
    const path = rig.write('inbox', 'x.md');
    const files = { ...machine.host.files };
    files.bytes = (each, most) => {
      rmSync(path);
      return machine.host.files.bytes(each, most);
    };
    expect(await rig.entry('x.md', { files })).toBeUndefined();
  });
});

describe('what can be no task', () => {
  const kinds: readonly [name: string, make: (path: string) => void, reason: string][] = [
    ['fifo.md', (path) => execFileSync('mkfifo', [path]), 'not-a-file'],
    ['folder.md', (path) => mkdirSync(path), 'not-a-file'],
    ['link.md', (path) => symlinkSync('good.md', path), 'not-a-file'],
    ['passwd.md', (path) => symlinkSync('/etc/passwd', path), 'not-a-file'],
    ['nowhere.md', (path) => symlinkSync('/nowhere', path), 'not-a-file'],
    [
      'hard.md',
      (path) => (writeFileSync(`${path}.other`, 'Do it.\n'), linkSync(`${path}.other`, path)),
      'hard-link',
    ],
    ['huge.md', (path) => (writeFileSync(path, ''), truncateSync(path, 20 * 1024 ** 3)), 'too-large'],
    ['large.md', (path) => writeFileSync(path, 'x'.repeat(262_145)), 'too-large'],
    [
      'binary.md',
      (path) => writeFileSync(path, Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 0xff, 0xfe])),
      'not-utf8',
    ],
    ['nul.md', (path) => writeFileSync(path, 'Do\0it.\n'), 'control-characters'],
    ['paste.md', (path) => writeFileSync(path, 'x\u001b[201~rm -rf /\n'), 'control-characters'],
    ['script.md', (path) => writeFileSync(path, '---js\nprocess.exit()\n---\nx\n'), 'malformed'],
    ['empty.md', (path) => writeFileSync(path, ''), 'empty'],
    ['a\nb.md', (path) => writeFileSync(path, 'Do it.\n'), 'bad-name'],
    [`${'x'.repeat(230)}.md`, (path) => writeFileSync(path, 'Do it.\n'), 'bad-name'],
  ];

  test('is told with its reason, all at once, and stops no other', async () => {
    rig.write('inbox', 'good.md');
    for (const [name, make] of kinds) make(join(rig.folders.inbox, name));
    const started = performance.now();
    const { entries } = await rig.look();
    expect(performance.now() - started).toBeLessThan(1000);
    const reasons = kinds.map(([name]) => {
      const entry = entries[name];
      return [name, entry?.type === 'bad' ? entry.reason : entry?.type];
    });
    expect(reasons).toEqual(kinds.map(([name, , reason]) => [name, reason]));
    expect(entries['good.md']?.type).toBe('task');
    for (const entry of Object.values(entries)) if (entry.type === 'bad') expect(entry.detail).not.toBe('');
  });

  test('is told of a socket and of a device', async () => {
    const server = createServer().listen(join(rig.folders.inbox, 'socket.md'));
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    expect(await rig.entry('socket.md')).toMatchObject({ type: 'bad', reason: 'not-a-file' });
    if (process.getuid?.() !== 0) return;
    execFileSync('mknod', [join(rig.folders.inbox, 'zero.md'), 'c', '1', '5']);
    expect(await rig.entry('zero.md')).toMatchObject({ type: 'bad', reason: 'not-a-file' });
  });

  test('is told of a name that is not UTF-8', async () => {
    const name = Buffer.concat([
      Buffer.from(`${rig.folders.inbox}/b`),
      Buffer.from([0xff]),
      Buffer.from('.md'),
    ]);
    writeFileSync(name, 'Do it.\n');
    const bad = Object.values((await rig.look()).entries);
    expect(bad).toEqual([expect.objectContaining({ type: 'bad', reason: 'bad-name' })]);
  });

  test('is opened by nobody: a pipe, a link, a device', async () => {
    execFileSync('mkfifo', [join(rig.folders.inbox, 'fifo.md')]);
    symlinkSync('/dev/zero', join(rig.folders.inbox, 'zero.md'));
    const { files, read } = noting();
    await rig.look({ files });
    expect(read.filter((name) => name.endsWith('.md'))).toEqual([]);
  });

  test('is given its time: a second name may go again', async () => {
    const path = rig.write('inbox', '.tmp');
    const file = join(rig.folders.inbox, 'x.md');
    linkSync(path, file);
    expect(await rig.entry('x.md', { now: changedAt(file) + 4000 })).toMatchObject({ type: 'unsettled' });
    unlinkSync(path);
    expect(await rig.entry('x.md', { now: changedAt(file) + 1000 })).toMatchObject({ type: 'task' });
  });
});

describe('the folders', () => {
  test('are looked at for .md without a leading dot; other files are strays after a minute', async () => {
    for (const name of ['.x.md', 'x.MD', 'x.txt', 'x.md~', 'md']) rig.write('inbox', name);
    rig.write('inbox', 'drafts/x.md');
    expect(await rig.look({ now: Date.now() + 50_000 })).toMatchObject({ entries: {}, strays: [] });
    const { entries, strays } = await rig.look();
    expect(entries).toEqual({});
    expect(strays.toSorted()).toEqual(['md', 'x.MD', 'x.md~', 'x.txt']);
  });

  test('hold claims under names of ours; what else lies there is a stray', async () => {
    rig.write('claimed', 'fix@auto-3@abcd1234.md');
    for (const name of ['fix.md', 'fix@auto-3@AB.md', '../x@y@z.md', 'a@b@c@dddd.md'].map((n) =>
      n.replace('/', ''),
    )) {
      rig.write('claimed', name);
    }
    const { claims, strays } = await rig.look();
    const file = 'fix@auto-3@abcd1234.md';
    expect(claims).toEqual({
      abcd1234: { inbox: 'work', id: 'fix', session: 'auto-3', attempt: 'abcd1234', file },
    });
    expect(strays.toSorted()).toEqual([
      'claimed/a@b@c@dddd.md',
      'claimed/fix.md',
      'claimed/fix@auto-3@AB.md',
    ]);
  });

  test('are told of by the hundred at most where they hold strays', async () => {
    for (let n = 0; n < 150; n += 1) rig.write('claimed', `${String(n)}.txt`);
    expect((await rig.look()).strays).toHaveLength(100);
  });

  test('are counted by their tasks', async () => {
    for (const name of ['a.md', 'b.md', 'b@1234.md']) rig.write('done', name);
    for (const name of ['c.md', 'c.reason', '.d.md']) rig.write('rejected', name);
    expect((await rig.look()).counts).toEqual({ done: 3, failed: 0, rejected: 1 });
    rig.write('failed', 'x.md');
    renameSync(join(rig.folders.done, 'a.md'), join(rig.folders.failed, 'a.md'));
    expect((await rig.look()).counts).toEqual({ done: 2, failed: 2, rejected: 1 });
  });

  test('are empty where they are not there, but for the inbox itself', async () => {
    rmSync(rig.folders.inbox, { recursive: true });
    const dir = rig.folders.inbox;
    expect((await rig.reading())['work']).toMatchObject({
      ok: false,
      diagnostic: { code: 'inbox-missing', target: 'inbox/work', detail: dir, help: `mkdir -p ${dir}` },
    });
    mkdirSync(dir);
    const counts = { done: 0, failed: 0, rejected: 0 };
    expect(await rig.look()).toEqual({ entries: {}, claims: {}, history: {}, counts, strays: [] });
  });

  test.each(['inbox', 'claimed', 'done', 'failed', 'rejected', 'attempts'] as const)(
    'make the inbox unreadable, never empty, where one cannot be read: %s',
    async (folder) => {
      rmSync(rig.folders[folder], { recursive: true, force: true });
      writeFileSync(rig.folders[folder], '');
      expect((await rig.reading())['work']).toMatchObject({
        ok: false,
        diagnostic: { code: 'inbox-unreadable' },
      });
    },
  );

  test('stay as they are: looking changes nothing', async () => {
    rig.write('inbox', 'x.md');
    rig.write('claimed', 'y@auto-0@abcd1234.md');
    const state = (): string => machine.sh(`find ${machine.home} -printf '%p %i %m %T@ %C@ %A@\\n' | sort`);
    const before = state();
    await rig.look();
    expect(state().replaceAll(/ \S+$/gm, '')).toBe(before.replaceAll(/ \S+$/gm, ''));
  });
});

describe('the history', () => {
  test('has the attempts that are over of what waits or is claimed, oldest first', async () => {
    rig.write('inbox', 'fix.md');
    rig.write('claimed', 'run@auto-0@rrrr0002.md');
    rig.record({ attempt: 'aaaa0002', end: { ...END, at: 20 } });
    rig.record({ attempt: 'bbbb0001', end: { ...END, at: 10, result: 'failed' } });
    rig.record({ attempt: 'cccc0003', end: null });
    rig.record({ id: 'run', attempt: 'rrrr0001', end: { ...END, at: 7 } });
    rig.record({ id: 'run', attempt: 'rrrr0002' });
    rig.record({ id: 'past', attempt: 'pppp0001', end: END });
    expect((await rig.look()).history).toEqual({
      fix: [
        { attempt: 'bbbb0001', result: 'failed', at: 10 },
        { attempt: 'aaaa0002', result: 'returned', at: 20 },
      ],
      run: [{ attempt: 'rrrr0001', result: 'returned', at: 7 }],
    });
  });

  test('leaves out what is no record, or one of something else', async () => {
    rig.write('inbox', 'fix.md');
    rig.write('attempts', 'fix@dddd0001.json', '{"version":1');
    rig.write('attempts', 'fix@dddd0002.json', 'x'.repeat(300_000));
    rig.write('attempts', 'fix.json', '{}');
    rig.record({ attempt: 'eeee0001', end: END });
    renameSync(
      join(rig.folders.attempts, 'fix@eeee0001.json'),
      join(rig.folders.attempts, 'fix@eeee0002.json'),
    );
    symlinkSync('/dev/zero', join(rig.folders.attempts, 'fix@dddd0003.json'));
    expect((await rig.look()).history).toEqual({ fix: [] });
  });

  test('is told of every id, whatever it is called', async () => {
    for (const id of ['constructor', 'toString', 'hasOwnProperty']) rig.write('inbox', `${id}.md`);
    const { history } = await rig.look();
    expect(history).toEqual({ constructor: [], toString: [], hasOwnProperty: [] });
  });

  test('grows when an attempt ends', async () => {
    rig.write('inbox', 'fix.md');
    rig.record({ attempt: 'aaaa0001' });
    expect((await rig.look()).history).toEqual({ fix: [] });
    rig.record({ attempt: 'aaaa0001', end: END });
    expect((await rig.look()).history['fix']).toHaveLength(1);
  });
});

describe('what an earlier look has read', () => {
  test('is not believed of a folder that may have changed again within one tick of its clock', async () => {
    const now = Date.now();
    rig.write('done', 'a.md');
    const ticking: FileReader = {
      ...machine.host.files,
      entries: async (folder) => {
        const answer = await machine.host.files.entries(folder);
        const done = answer.type === 'ok' ? answer.value['done'] : undefined;
        if (answer.type === 'error' || done === undefined) return answer;
        const still = { ...done, identity: 'same', changedAt: now };
        return { ...answer, value: { ...answer.value, done: still } };
      },
    };
    expect((await rig.look({ files: ticking, now })).counts.done).toBe(1);
    rig.write('done', 'b.md');
    expect((await rig.look({ files: ticking, now })).counts.done).toBe(2);
  });

  test('is not read again', async () => {
    for (const name of ['a.md', 'b.md']) rig.write('inbox', name);
    rig.record({ id: 'a', end: END });
    rig.write('done', 'c.md');
    const first = noting();
    const before = await rig.look({ files: first.files });
    expect(count(first.read)).toMatchObject({ 'a.md': 1, 'b.md': 1, done: 1, attempts: 1 });
    const second = noting();
    expect(await rig.look({ files: second.files })).toEqual(before);
    expect(count(second.read)).toEqual({ claimed: 1, failed: 1, rejected: 1 });
  });

  test('is read again where anything about the file changed, be its time and size the same', async () => {
    const path = rig.write('inbox', 'x.md', '---\nid: a\n---\nDo it.\n');
    const { atime, mtime } = statSync(path);
    expect(await rig.entry('x.md')).toMatchObject({ task: { id: 'a' } });
    await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync(path, '---\nid: b\n---\nDo it.\n');
    utimesSync(path, atime, mtime);
    expect(await rig.entry('x.md')).toMatchObject({ task: { id: 'b' } });
  });

  test('is read again under another limit or folder', async () => {
    rig.write('inbox', 'x.md', '---\ncwd: sub\n---\nDo it.\n');
    await rig.look();
    const { inboxes, tasks } = rig.desired();
    const small = rig.desired({ tasks: { ...tasks, maxBytes: 10 } });
    expect(await rig.entry('x.md', { desired: small })).toMatchObject({ reason: 'too-large' });
    const [work] = Object.values(inboxes);
    const moved = rig.desired(work === undefined ? {} : { inboxes: { work: { ...work, cwd: '/other' } } });
    expect(await rig.entry('x.md', { desired: moved })).toMatchObject({ task: { cwd: '/other/sub' } });
  });

  test('is forgotten when it goes, and never holds a task’s text', async () => {
    rig.write('inbox', 'x.md', 'Do rc-body-7.\n');
    await rig.look();
    const kept = (): readonly string[] =>
      [...rig.cache.inboxes.values()].flatMap(({ known }) => [...known.files.keys()]);
    expect(kept()).toEqual(['x.md']);
    const all = [...rig.cache.inboxes.values()].flatMap(({ known }) => [
      ...known.files.values(),
      known.entries,
    ]);
    expect(JSON.stringify(all)).not.toContain('rc-body-7');
    rmSync(join(rig.folders.inbox, 'x.md'));
    await rig.look();
    expect(kept()).toEqual([]);
    await rig.reading({ desired: rig.desired({ inboxes: {} }) });
    expect([rig.cache.inboxes.size, rig.cache.listings.size]).toEqual([0, 0]);
  });
});

test('10 000 files hold up nobody, and a later look costs little more than their names', async () => {
  for (let n = 0; n < 10_000; n += 1) {
    writeFileSync(
      join(rig.folders.inbox, `task-${String(n)}.md`),
      `---\npriority: low\n---\nDo ${String(n)}.\n`,
    );
  }
  let turns = 0;
  const beat = setInterval(() => (turns += 1), 1);
  onTestFinished(() => clearInterval(beat));
  const first = await rig.look();
  const turnsMeanwhile = turns;
  const times: number[] = [];
  for (let look = 0; look < 5; look += 1) {
    const before = process.cpuUsage();
    await rig.look();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  const laterMs = Math.min(...times);
  if (process.env['ROLLCALL_FIGURES'] !== undefined)
    process.stdout.write(`${times.join(' ')} ${turnsMeanwhile}\n`);
  expect(Object.values(first.entries).filter(({ type }) => type === 'task')).toHaveLength(10_000);
  expect(turnsMeanwhile).toBeGreaterThan(30);
  expect(laterMs).toBeLessThan(200);
}, 60_000);
