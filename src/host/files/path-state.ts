import { lstat, readlink, realpath, stat } from 'node:fs/promises';
import type { DirectoryState, PathState } from '../../model/observed.ts';
import { codeOf } from './answered.ts';

/** What stands at the path itself. Throws errno errors. */
export async function pathState(path: string): Promise<PathState> {
  const found = await orAbsent(() => lstat(path));
  if (found === null) return { type: 'absent' };
  if (found.isDirectory()) return { type: 'directory' };
  if (found.isFile()) return { type: 'file' };
  if (!found.isSymbolicLink()) return { type: 'other' };
  return { type: 'link', target: await readlink(path), resolved: await resolved(path) };
}

/** What the path leads to. Throws errno errors. */
export async function directoryState(path: string): Promise<DirectoryState> {
  const found = await orAbsent(() => stat(path));
  if (found === null) return { type: 'absent' };
  return found.isDirectory() ? { type: 'present', real: await realpath(path) } : { type: 'not-a-directory' };
}

async function resolved(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENOTDIR'].includes(codeOf(error))) return null;
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
