import {
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileReader, fileWriter } from '../../src/host/files.ts';

let folder: string;
const at = (name: string): string => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-files-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('each thing at a path is told from the others', async () => {
  mkdirSync(at('dir'));
  writeFileSync(at('file'), 'x');
  symlinkSync('dir', at('link'));
  symlinkSync('nowhere', at('dangling'));
  symlinkSync('loop', at('loop'));
  symlinkSync(at('file/below'), at('through-file'));
  execFileSync('mkfifo', [at('fifo')]);
  const seen = async (name: string): Promise<unknown> => fileReader.path(at(name));
  const ok = (value: object): object => ({ type: 'ok', value });
  expect(await seen('dir')).toEqual(ok({ type: 'directory' }));
  expect(await seen('file')).toEqual(ok({ type: 'file' }));
  expect(await seen('fifo')).toEqual(ok({ type: 'other' }));
  expect(await seen('none')).toEqual(ok({ type: 'absent' }));
  expect(await seen('file/below')).toEqual(ok({ type: 'absent' }));
  expect(await seen('link')).toEqual(ok({ type: 'link', target: 'dir', resolved: at('dir') }));
  expect(await seen('dangling')).toEqual(ok({ type: 'link', target: 'nowhere', resolved: null }));
  expect(await seen('loop')).toEqual(ok({ type: 'link', target: 'loop', resolved: null }));
  expect(await seen('through-file')).toMatchObject(ok({ type: 'link', resolved: null }));
});

test('a folder is what a path leads to', async () => {
  mkdirSync(at('dir'));
  writeFileSync(at('file'), 'x');
  symlinkSync('dir', at('link'));
  symlinkSync('loop', at('loop'));
  expect(await fileReader.directory(at('link'))).toEqual({
    type: 'ok',
    value: { type: 'present', real: at('dir') },
  });
  expect(await fileReader.directory(at('file'))).toEqual({ type: 'ok', value: { type: 'not-a-directory' } });
  expect(await fileReader.directory(at('none'))).toEqual({ type: 'ok', value: { type: 'absent' } });
  expect(await fileReader.directory(at('loop'))).toMatchObject({ type: 'error', code: 'ELOOP' });
});

test('text is read from regular files only, whole, and only where it is text', async () => {
  writeFileSync(at('file'), 'héllo');
  writeFileSync(at('bytes'), Buffer.from([0xff, 0xfe]));
  symlinkSync('file', at('link'));
  execFileSync('mkfifo', [at('fifo')]);
  expect(await fileReader.text(at('file'), 6)).toEqual({ type: 'ok', value: 'héllo' });
  expect(await fileReader.text(at('file'), 5)).toMatchObject({ type: 'error', code: 'EFBIG' });
  expect(await fileReader.text(at('bytes'), 9)).toMatchObject({ type: 'error', code: 'EILSEQ' });
  expect(await fileReader.text(at('link'), 9)).toMatchObject({ type: 'error', code: 'ELOOP' });
  expect(await fileReader.text(at('fifo'), 9)).toMatchObject({ type: 'error', code: 'EINVAL' });
  expect(await fileReader.text(folder, 9)).toMatchObject({ type: 'error' });
  expect(await fileReader.text(at('none'), 9)).toMatchObject({ type: 'error', code: 'ENOENT' });
});

test('a folder is made with what is missing above it, closed to others, and never over something', async () => {
  expect(await fileWriter.makeDirectory(at('a/b'))).toEqual({ type: 'ok', value: null });
  expect(lstatSync(at('a')).mode & 0o777).toBe(0o700);
  expect(lstatSync(at('a/b')).mode & 0o777).toBe(0o700);
  expect(await fileWriter.makeDirectory(at('a/b'))).toMatchObject({ type: 'ok' });
  writeFileSync(at('file'), 'x');
  expect(await fileWriter.makeDirectory(at('file'))).toMatchObject({ type: 'error', code: 'EEXIST' });
  expect(await fileWriter.makeDirectory(at('file/below'))).toMatchObject({ type: 'error' });
  expect(readFileSync(at('file'), 'utf8')).toBe('x');
});

test.each(['file', 'dir', 'link', 'dangling'])('a link is never made over a %s', async (name) => {
  writeFileSync(at('file'), 'x');
  mkdirSync(at('dir'));
  symlinkSync('file', at('link'));
  symlinkSync('nowhere', at('dangling'));
  const before = lstatSync(at(name));
  expect(await fileWriter.makeLink(at(name), 'to')).toMatchObject({ type: 'error', code: 'EEXIST' });
  expect(lstatSync(at(name)).ino).toBe(before.ino);
  expect(await fileWriter.makeLink(at('new'), 'to')).toEqual({ type: 'ok', value: null });
  expect(readlinkSync(at('new'))).toBe('to');
});

test.each(['file', 'dir', 'other-link', 'none'])(
  'a link is swapped only for the one named: %s stays',
  async (name) => {
    writeFileSync(at('file'), 'x');
    linkSync(at('file'), at('second-name'));
    mkdirSync(at('dir'));
    symlinkSync('elsewhere', at('other-link'));
    const before = readdirSync(folder);
    const inode = lstatSync(at(name), { throwIfNoEntry: false })?.ino;
    expect(await fileWriter.replaceLink(at(name), 'from', 'to')).toMatchObject({
      type: 'error',
      code: 'ESTALE',
    });
    expect(lstatSync(at(name), { throwIfNoEntry: false })?.ino).toBe(inode);
    expect(readdirSync(folder)).toEqual(before);
  },
);

test('a link is swapped in one step: a reader never sees it missing', async () => {
  symlinkSync('a', at('active'));
  // [stop, times seen missing, times read]
  const shared = new Int32Array(new SharedArrayBuffer(12));
  const reader = new Worker(
    `const { workerData } = require('node:worker_threads'); const { readlinkSync } = require('node:fs');
     while (Atomics.load(workerData.shared, 0) === 0) {
       try { readlinkSync(workerData.path); } catch { Atomics.add(workerData.shared, 1, 1); }
       Atomics.add(workerData.shared, 2, 1);
     }`,
    { eval: true, workerData: { shared, path: at('active') } },
  );
  const ended = new Promise((resolve) => reader.once('exit', resolve));
  const end = Date.now() + 1500;
  for (let turn = 0; Date.now() < end; turn += 1) {
    const [from, to] = turn % 2 === 0 ? (['a', 'b'] as const) : (['b', 'a'] as const);
    expect(await fileWriter.replaceLink(at('active'), from, to)).toEqual({ type: 'ok', value: null });
  }
  Atomics.store(shared, 0, 1);
  await ended;
  expect(Atomics.load(shared, 2)).toBeGreaterThan(1000);
  expect(Atomics.load(shared, 1)).toBe(0);
  expect(readdirSync(folder)).toEqual(['active']);
});
