import { randomBytes } from 'node:crypto';
import { lstatSync, readlinkSync, renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileReader, FileWriter } from '../model/host.ts';
import { answered, codeOf, errno } from './files/answered.ts';
import { beingWritten } from './files/being-written.ts';
import { entries } from './files/entries.ts';
import { move } from './files/move.ts';
import { directoryState, pathState } from './files/path-state.ts';
import { head, regularBytes, tail } from './files/regular.ts';
import { setInJson } from './files/set-in-json.ts';
import { regularText } from './files/text.ts';
import { syncFolder, writeAtomic } from './state/write-atomic.ts';

/** Paths, folders and links of this machine. */
export const fileReader: FileReader = {
  path: (path) => answered(() => pathState(path)),
  directory: (path) => answered(() => directoryState(path)),
  names: (path) => answered(async () => (await readdir(path)).toSorted()),
  text: (path, maxBytes) => answered(() => regularText(path, maxBytes)),
  head: (path, maxBytes) => answered(() => head(path, maxBytes)),
  tail: (path, maxBytes) => answered(() => tail(path, maxBytes)),
  entries: (folder) => answered(() => entries(folder)),
  bytes: (path, maxBytes) => answered(() => regularBytes(path, maxBytes)),
  beingWritten: (paths) => Promise.resolve(beingWritten(paths)),
};

/** Makes, moves and removes; overwrites nothing but files of ours and what is still what it was told of. */
export const fileWriter: FileWriter = {
  makeDirectory: (path) => done(async () => mkdir(path, { recursive: true, mode: 0o700 })),
  makeLink: (path, to) =>
    done(() => {
      symlinkSync(to, path);
      syncFolder(dirname(path));
    }),
  replaceLink: (path, from, to) => done(() => replace(path, from, to)),
  move: (from, to, identity) => done(() => move(from, to, identity)),
  write: (path, text, { fresh }) => done(() => writeAtomic(path, text, { fresh })),
  remove: (path) => done(() => remove(path)),
  setInJson: (answer) => done(() => setInJson(answer)),
};

function done(work: () => unknown): ReturnType<FileWriter['remove']> {
  return answered(async () => {
    await work();
    return null;
  });
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  syncFolder(dirname(path));
}

/**
 * Synchronous, so that nothing of this process comes between the second reading and the rename. Another process
 * still can, for some microseconds: no system call swaps a link only if it is still the one read.
 */
function replace(path: string, from: string, to: string): void {
  if (linkText(path) !== from) throw errno('ESTALE', path);
  const next = join(dirname(path), `.rollcall-${randomBytes(8).toString('hex')}.tmp`);
  symlinkSync(to, next);
  try {
    if (linkText(path) !== from) throw errno('ESTALE', path);
    renameSync(next, path);
  } catch (error) {
    unlinkSync(next);
    throw error;
  }
  syncFolder(dirname(path));
}

function linkText(path: string): string | null {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}
