import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileReader, fileWriter } from '../../src/host/files.ts';
import type { FileAnswer, FileEntry } from '../../src/model/host.ts';

let folder: string;
const at = (name: string): string => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-tasks-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const OK = { type: 'ok', value: null };

function valueOf<T>(answer: FileAnswer<T>): T {
  if (answer.type !== 'ok') throw new Error(JSON.stringify(answer));
  return answer.value;
}

async function entry(name: string): Promise<FileEntry> {
  const found = valueOf(await fileReader.entries(folder))[name];
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

/** A name that is not UTF-8. */
function rawName(...bytes: readonly number[]): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(bytes)]);
}

test('every name in a folder is told with what stands there itself', async () => {
  writeFileSync(at('a.md'), 'héllo');
  linkSync(at('a.md'), at('b.md'));
  mkdirSync(at('dir.md'));
  symlinkSync('a.md', at('link.md'));
  symlinkSync('nowhere', at('dangling.md'));
  execFileSync('mkfifo', [at('fifo.md')]);
  utimesSync(at('a.md'), 1000, 1000);
  const entries = valueOf(await fileReader.entries(folder));
  expect(Object.fromEntries(Object.entries(entries).map(([name, { type }]) => [name, type]))).toEqual({
    'a.md': 'file',
    'b.md': 'file',
    'dir.md': 'directory',
    'link.md': 'link',
    'dangling.md': 'link',
    'fifo.md': 'other',
  });
  expect(entries['a.md']).toMatchObject({ size: 6, names: 2, modifiedAt: 1_000_000, nameIsText: true });
  expect(Math.abs((entries['a.md']?.changedAt ?? 0) - Date.now())).toBeLessThan(60_000);
  expect(entries['a.md']?.identity).toBe(entries['b.md']?.identity);
  expect(await fileReader.entries(at('none'))).toMatchObject({ type: 'error', code: 'ENOENT' });
  expect(await fileReader.entries(at('a.md'))).toMatchObject({ type: 'error', code: 'ENOTDIR' });
});

test('the identity is another for other bytes, another time, another file', async () => {
  writeFileSync(at('a'), 'one');
  const first = (await entry('a')).identity;
  expect((await entry('a')).identity).toBe(first);
  chmodSync(at('a'), 0o600);
  expect((await entry('a')).identity).toBe(first);
  writeFileSync(at('a'), 'two!');
  const second = (await entry('a')).identity;
  utimesSync(at('a'), 5, 5);
  const third = (await entry('a')).identity;
  writeFileSync(at('b'), 'two!');
  utimesSync(at('b'), 5, 5);
  const fourth = (await entry('b')).identity;
  expect(new Set([first, second, third, fourth]).size).toBe(4);
});

test('a name that is not UTF-8 is told as such, and moved by its identity', async () => {
  writeFileSync(rawName(0x62, 0xff, 0x2e, 0x6d, 0x64), 'broken');
  writeFileSync(at('plain \uFFFD.md'), 'text');
  const entries = valueOf(await fileReader.entries(folder));
  expect(entries['plain \uFFFD.md']).toMatchObject({ nameIsText: true, size: 4 });
  const broken = entries['b\uFFFD.md'];
  expect(broken).toMatchObject({ nameIsText: false, size: 6 });
  expect(await fileWriter.move(at('b\uFFFD.md'), at('rejected/b.md'), 'other')).toMatchObject({
    code: 'ENOENT',
  });
  expect(await fileWriter.move(at('b\uFFFD.md'), at('rejected/b.md'), broken?.identity ?? '')).toEqual(OK);
  expect(readFileSync(at('rejected/b.md'), 'utf8')).toBe('broken');
  expect(readdirSync(folder).toSorted()).toEqual(['plain \uFFFD.md', 'rejected']);
});

test('of two names that read alike the one that is text counts, and the other comes after it', async () => {
  writeFileSync(rawName(0x62, 0xff), 'broken');
  writeFileSync(at('b\uFFFD'), 'text');
  const text = await entry('b\uFFFD');
  expect(text).toMatchObject({ nameIsText: true, size: 4 });
  expect(await fileWriter.move(at('b\uFFFD'), at('x/1'), text.identity)).toEqual(OK);
  const broken = await entry('b\uFFFD');
  expect(broken).toMatchObject({ nameIsText: false, size: 6 });
  expect(await fileWriter.move(at('b\uFFFD'), at('x/2'), broken.identity)).toEqual(OK);
  expect(readFileSync(at('x/2'), 'utf8')).toBe('broken');
});

test('ten thousand files are looked at in little more than the time of their system calls', async () => {
  for (let index = 0; index < 10_000; index += 1) closeSync(openSync(at(`task-${String(index)}.md`), 'w'));
  const times = { ours: Infinity, bare: Infinity };
  for (let round = 0; round < 5; round += 1) {
    const begin = performance.now();
    expect(Object.keys(valueOf(await fileReader.entries(folder)))).toHaveLength(10_000);
    const middle = performance.now();
    for (const name of readdirSync(folder)) lstatSync(at(name));
    times.ours = Math.min(times.ours, middle - begin);
    times.bare = Math.min(times.bare, performance.now() - middle);
  }
  expect(times.ours).toBeLessThan(2 * times.bare + 20);
}, 60_000);

test('bytes come whole, with the identity they were read under', async () => {
  const bytes = Buffer.from([0, 255, 10, 13]);
  writeFileSync(at('a'), bytes);
  const read = valueOf(await fileReader.bytes(at('a'), 4));
  expect(Buffer.from(read.bytes)).toEqual(bytes);
  expect(read.identity).toBe((await entry('a')).identity);
  expect(await fileReader.bytes(at('a'), 3)).toMatchObject({ type: 'error', code: 'EFBIG' });
  symlinkSync('a', at('link'));
  execFileSync('mkfifo', [at('fifo')]);
  expect(await fileReader.bytes(at('link'), 9)).toMatchObject({ code: 'ELOOP' });
  expect(await fileReader.bytes(at('fifo'), 9)).toMatchObject({ code: 'EINVAL' });
  expect(await fileReader.bytes('/dev/zero', 9)).toMatchObject({ code: 'EINVAL' });
  expect(await fileReader.bytes(folder, 9)).toMatchObject({ type: 'error' });
  expect(await fileReader.bytes(at('none'), 9)).toMatchObject({ code: 'ENOENT' });
});

test('a tail is the end of the text, without half a character at either end', async () => {
  writeFileSync(at('a'), 'one\ntwö\n');
  utimesSync(at('a'), 7, 7);
  expect(await fileReader.tail(at('a'), 100)).toEqual({
    type: 'ok',
    value: { text: 'one\ntwö\n', at: 7000 },
  });
  const text = async (max: number): Promise<string> => valueOf(await fileReader.tail(at('a'), max)).text;
  expect(await text(3)).toBe('ö\n');
  expect(await text(2)).toBe('\n');
  expect(await text(0)).toBe('');
  writeFileSync(at('a'), Buffer.from('x😀y😀', 'utf8'));
  expect(await text(4)).toBe('😀');
  for (const max of [5, 6, 7, 8]) expect(await text(max)).toBe(max === 5 ? 'y😀' : 'y😀');
  expect(await text(9)).toBe('😀y😀');
  // Just being written: the last character is there by half.
  writeFileSync(at('a'), Buffer.from('done é', 'utf8').subarray(0, -1));
  expect(await text(100)).toBe('done ');
  writeFileSync(at('a'), Buffer.from([0x80, 0x80, 0x80, 0x80, 0x41]));
  expect(await text(5)).toContain('A');
  expect(await fileReader.tail(at('none'), 5)).toMatchObject({ code: 'ENOENT' });
  execFileSync('mkfifo', [at('fifo')]);
  expect(await fileReader.tail(at('fifo'), 5)).toMatchObject({ code: 'EINVAL' });
});

test('a file that some process has open for writing is told; one open for reading is not', async () => {
  for (const name of ['a b.md', 'c.md', 'd.md']) writeFileSync(at(name), 'x');
  const writer = spawn(
    'sh',
    ['-c', `exec 3>>'${at('a b.md')}' 4<'${at('c.md')}'; echo open; exec sleep 1000`],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  try {
    await new Promise((resolve) => writer.stdout.once('data', resolve));
    const paths = ['a b.md', 'c.md', 'd.md', 'none.md'].map(at);
    expect(await fileReader.beingWritten(paths)).toEqual([at('a b.md')]);
    // It goes on writing to the same file under its new name.
    renameSync(at('a b.md'), at('moved.md'));
    expect(await fileReader.beingWritten([at('moved.md')])).toEqual([at('moved.md')]);
    // Another file of that name is not being written.
    writeFileSync(at('a b.md'), 'y');
    expect(await fileReader.beingWritten([at('a b.md')])).toEqual([]);
  } finally {
    writer.kill('SIGKILL');
  }
  const own = openSync(at('d.md'), 'r+');
  expect(await fileReader.beingWritten([at('d.md')])).toEqual([at('d.md')]);
  closeSync(own);
  expect(await fileReader.beingWritten([at('d.md')])).toEqual([]);
  expect(await fileReader.beingWritten([])).toEqual([]);
});

test('a move keeps the file, makes the last folder, and only that', async () => {
  writeFileSync(at('a.md'), 'task');
  const { ino } = statSync(at('a.md'));
  const { identity } = await entry('a.md');
  expect(await fileWriter.move(at('a.md'), at('claimed/x@s@a.md'), identity)).toEqual(OK);
  expect(lstatSync(at('claimed')).mode & 0o777).toBe(0o700);
  expect(statSync(at('claimed/x@s@a.md')).ino).toBe(ino);
  expect(readdirSync(folder)).toEqual(['claimed']);
  expect(await fileWriter.move(at('claimed/x@s@a.md'), at('no/such/place.md'), null)).toMatchObject({
    type: 'error',
    code: 'ENOENT',
  });
  expect(readdirSync(at('claimed'))).toEqual(['x@s@a.md']);
});

test.each(['file', 'dir', 'dangling'])('a move never goes over a %s', async (name) => {
  writeFileSync(at('a.md'), 'task');
  writeFileSync(at('file'), 'theirs');
  mkdirSync(at('dir'));
  symlinkSync('nowhere', at('dangling'));
  const before = lstatSync(at(name)).ino;
  expect(await fileWriter.move(at('a.md'), at(name), null)).toMatchObject({ type: 'error', code: 'EEXIST' });
  expect(lstatSync(at(name)).ino).toBe(before);
  expect(readFileSync(at('a.md'), 'utf8')).toBe('task');
});

test('a move takes only what it was told of', async () => {
  writeFileSync(at('a.md'), 'task');
  const { identity } = await entry('a.md');
  appendFileSync(at('a.md'), ' and more');
  expect(await fileWriter.move(at('a.md'), at('to/a.md'), identity)).toMatchObject({ code: 'ESTALE' });
  expect(existsSync(at('to'))).toBe(false);
  const now = (await entry('a.md')).identity;
  rmSync(at('a.md'));
  expect(await fileWriter.move(at('a.md'), at('to/a.md'), now)).toMatchObject({ code: 'ENOENT' });
  writeFileSync(at('a.md'), 'task and more');
  expect(await fileWriter.move(at('a.md'), at('to/a.md'), now)).toMatchObject({ code: 'ESTALE' });
  expect(await fileWriter.move(at('a.md'), at('to/a.md'), null)).toEqual(OK);
  expect(readFileSync(at('to/a.md'), 'utf8')).toBe('task and more');
});

test('a link and a folder are moved as what they are', async () => {
  mkdirSync(at('dir.md'));
  writeFileSync(at('dir.md/x'), 'x');
  symlinkSync('dir.md', at('link.md'));
  for (const name of ['link.md', 'dir.md'])
    expect(await fileWriter.move(at(name), at(`rejected/${name}`), (await entry(name)).identity)).toEqual(OK);
  expect(lstatSync(at('rejected/link.md')).isSymbolicLink()).toBe(true);
  expect(readFileSync(at('rejected/dir.md/x'), 'utf8')).toBe('x');
});

test('of ten moves of one file at once one succeeds', async () => {
  writeFileSync(at('a.md'), 'task');
  const { identity } = await entry('a.md');
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      fileWriter.move(at('a.md'), at(`to/${String(index)}.md`), identity),
    ),
  );
  expect(answers.filter(({ type }) => type === 'ok')).toHaveLength(1);
  expect(readdirSync(at('to'))).toHaveLength(1);
});

test('a move to another file system is refused whole', async () => {
  const elsewhere = mkdtempSync('/dev/shm/rollcall-tasks-');
  try {
    if (statSync(elsewhere).dev === statSync(folder).dev) return;
    writeFileSync(at('a.md'), 'task');
    expect(await fileWriter.move(at('a.md'), join(elsewhere, 'a.md'), null)).toMatchObject({ code: 'EXDEV' });
    expect(readFileSync(at('a.md'), 'utf8')).toBe('task');
    expect(readdirSync(elsewhere)).toEqual([]);
  } finally {
    rmSync(elsewhere, { recursive: true, force: true });
  }
});

test('a file is written whole for its owner only, anew or over the old one', async () => {
  expect(await fileWriter.write(at('a'), 'one', { fresh: true })).toEqual(OK);
  expect(lstatSync(at('a')).mode & 0o777).toBe(0o600);
  expect(await fileWriter.write(at('a'), 'two', { fresh: false })).toEqual(OK);
  expect(readFileSync(at('a'), 'utf8')).toBe('two');
  expect(statSync(at('a')).nlink).toBe(1);
  expect(await fileWriter.write(at('no/such'), 'x', { fresh: true })).toMatchObject({ code: 'ENOENT' });
  expect(readdirSync(folder)).toEqual(['a']);
});

test.each(['file', 'dir', 'dangling'])('a fresh file is never written over a %s', async (name) => {
  writeFileSync(at('file'), 'theirs');
  mkdirSync(at('dir'));
  symlinkSync('nowhere', at('dangling'));
  const before = lstatSync(at(name)).ino;
  expect(await fileWriter.write(at(name), 'x', { fresh: true })).toMatchObject({
    type: 'error',
    code: 'EEXIST',
  });
  expect(lstatSync(at(name)).ino).toBe(before);
  expect(readdirSync(folder).toSorted()).toEqual(['dangling', 'dir', 'file']);
});

test('of ten fresh writes at once one succeeds, and it is whole', async () => {
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      fileWriter.write(at('a'), String(index).repeat(9), { fresh: true }),
    ),
  );
  const winner = answers.findIndex(({ type }) => type === 'ok');
  expect(answers.filter(({ type }) => type === 'ok')).toHaveLength(1);
  expect(readFileSync(at('a'), 'utf8')).toBe(String(winner).repeat(9));
});

test('what is removed is gone, itself and not what it leads to; what is not there is no error', async () => {
  writeFileSync(at('a'), 'x');
  symlinkSync('a', at('link'));
  mkdirSync(at('dir'));
  expect(await fileWriter.remove(at('link'))).toEqual(OK);
  expect(await fileWriter.remove(at('link'))).toEqual(OK);
  expect(await fileWriter.remove(at('dir'))).toMatchObject({ type: 'error' });
  expect(readdirSync(folder).toSorted()).toEqual(['a', 'dir']);
  expect(await fileWriter.remove(at('a'))).toEqual(OK);
  expect(readdirSync(folder)).toEqual(['dir']);
});
