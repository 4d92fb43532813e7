import { lstatSync, mkdirSync, type PathLike, renameSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { syncFolder } from '../state/write-atomic.ts';
import { codeOf, errno } from './answered.ts';
import { BROKEN, brokenNames, identityOf } from './entries.ts';

/**
 * Renames what is still the one named (`identity`; null: anything) to a name where nothing stands, and makes the
 * folder of `to` where only that is missing. Throws ESTALE, EEXIST, ENOENT, EXDEV and what else rename(2) throws.
 * Checks and rename are one synchronous turn: nothing of this process comes between. Another process still can, for
 * some microseconds: Node has no rename that refuses to overwrite, and a second name (link) would be a second task.
 */
export function move(from: string, to: string, identity: string | null): void {
  const source = sourceOf(from, identity);
  const made = madeFolder(dirname(to));
  if (lstatSync(to, { throwIfNoEntry: false }) !== undefined) throw errno('EEXIST', to);
  renameSync(source, to);
  // The new name first: what a power cut leaves is one name or both, never none.
  for (const folder of new Set([dirname(to), dirname(from)])) syncFolder(folder);
  if (made) syncFolder(dirname(dirname(to)));
}

/** The path as it is on the disk: a name that is not UTF-8 was told of as text, and is found again by its identity. */
function sourceOf(from: string, identity: string | null): PathLike {
  const found = lstatSync(from, { throwIfNoEntry: false });
  if (found !== undefined && (identity === null || identityOf(found) === identity)) return from;
  const name = basename(from);
  if (identity !== null && name.includes(BROKEN)) {
    const raw = brokenNames(dirname(from), name).find((path) => identityOf(lstatSync(path)) === identity);
    if (raw !== undefined) return raw;
  }
  throw errno(found === undefined ? 'ENOENT' : 'ESTALE', from);
}

function madeFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}
