import { randomBytes } from 'node:crypto';
import { constants, lstatSync, readlinkSync, renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { lstat, mkdir, open, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { FileAnswer, FileReader, FileWriter } from '../model/host.ts';
import type { DirectoryState, PathState } from '../model/observed.ts';
import { syncFolder } from './state/write-atomic.ts';

/** Paths, folders and links of this machine. */
export const fileReader: FileReader = {
  path: (path) => answered(() => pathState(path)),
  directory: (path) => answered(() => directoryState(path)),
  names: (path) => answered(async () => (await readdir(path)).toSorted()),
  text: (path, maxBytes) => answered(() => regularText(path, maxBytes)),
};

/** Makes folders and links; overwrites nothing but a link that is still the one it was told of. */
export const fileWriter: FileWriter = {
  makeDirectory: (path) =>
    answered(async () => {
      await mkdir(path, { recursive: true, mode: 0o700 });
      return null;
    }),
  makeLink: (path, to) =>
    answered(() => {
      symlinkSync(to, path);
      syncFolder(dirname(path));
      return null;
    }),
  replaceLink: (path, from, to) =>
    answered(() => {
      replace(path, from, to);
      return null;
    }),
};

async function pathState(path: string): Promise<PathState> {
  const found = await orAbsent(() => lstat(path));
  if (found === null) return { type: 'absent' };
  if (found.isDirectory()) return { type: 'directory' };
  if (found.isFile()) return { type: 'file' };
  if (!found.isSymbolicLink()) return { type: 'other' };
  return { type: 'link', target: await readlink(path), resolved: await resolved(path) };
}

async function resolved(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENOTDIR'].includes(codeOf(error))) return null;
    throw error;
  }
}

async function directoryState(path: string): Promise<DirectoryState> {
  const found = await orAbsent(() => stat(path));
  if (found === null) return { type: 'absent' };
  return found.isDirectory() ? { type: 'present', real: await realpath(path) } : { type: 'not-a-directory' };
}

/** O_NONBLOCK, or a FIFO would hang us; O_NOFOLLOW, or a link would show what it leads to. */
async function regularText(path: string, maxBytes: number): Promise<string> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw errno('EINVAL', path, 'not a regular file');
    if (found.size > maxBytes) throw errno('EFBIG', path);
    const bytes = Buffer.alloc(maxBytes + 1);
    const { bytesRead } = await file.read(bytes, 0, maxBytes + 1, 0);
    if (bytesRead > maxBytes) throw errno('EFBIG', path);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, bytesRead));
  } catch (error) {
    if (error instanceof TypeError) throw errno('EILSEQ', path, 'not UTF-8');
    throw error;
  } finally {
    await file.close();
  }
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

/** ENOTDIR too: below a file there is nothing. */
async function orAbsent<T>(look: () => Promise<T>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
    throw error;
  }
}

async function answered<T>(work: () => Promise<T> | T): Promise<FileAnswer<T>> {
  try {
    return { type: 'ok', value: await work() };
  } catch (error) {
    return {
      type: 'error',
      code: codeOf(error),
      text: error instanceof Error ? error.message : String(error),
    };
  }
}

/** errno's name of a failed call, or `UNKNOWN`. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : 'UNKNOWN';
}

function errno(code: string, path: string, text = code): Error {
  return Object.assign(new Error(`${text}: ${basename(path)}`), { code });
}
