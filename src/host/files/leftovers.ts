import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import type { FileEntry, LeftoverReader, LeftoverWriter } from '../../model/host.ts';
import { type LeftoverPart, TEMPORARY_NAME } from '../../model/leftovers.ts';
import { rotateLines } from '../state/lines.ts';
import { answered, codeOf, errno } from './answered.ts';
import { entryAt, identityOf } from './entries.ts';

/** What of ours grows old, on this machine. */
export const leftoverReader: Omit<LeftoverReader, 'buffers'> = {
  list: (folder, isWanted) => answered(() => list(folder, isWanted)),
  stateOf: (folder) => answered(() => stateOf(folder)),
  head: (path, maxBytes) => answered(() => head(path, maxBytes)),
};

/** Its end. Each check and its removal are one synchronous turn: nothing of this process comes between. */
export const leftoverWriter: LeftoverWriter = {
  removePart: (part) => answered(() => removePart(part)),
  beginAnew: (path, file) =>
    answered(() => {
      rotateLines(path, file);
      return null;
    }),
};

/** Only what is wanted is asked for: a folder may have many thousand names, and few of them matter. */
function list(folder: string, isWanted: (name: string) => boolean): Readonly<Record<string, FileEntry>> {
  requireFolder(folder);
  const found: Record<string, FileEntry> = {};
  for (const name of readdirSync(folder)) {
    const entry = isWanted(name) ? entryAt(`${folder}/${name}`, true) : null;
    if (entry !== null) found[name] = entry;
  }
  return found;
}

function stateOf(folder: string): string {
  const { dev, ino, mtimeMs, ctimeMs } = requireFolder(folder);
  return [dev, ino, mtimeMs, ctimeMs].join(':');
}

/** A link would lead to somebody's own folder: what is behind it is not ours to empty. */
function requireFolder(folder: string) {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined) throw errno('ENOENT', folder);
  if (!found.isDirectory()) throw errno('ENOTDIR', folder, found.isSymbolicLink() ? 'a link' : 'no folder');
  return found;
}

function head(path: string, maxBytes: number): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!fstatSync(fd).isFile()) throw errno('EINVAL', path, 'not a regular file');
    const bytes = Buffer.alloc(maxBytes);
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, maxBytes, 0));
  } finally {
    closeSync(fd);
  }
}

function removePart({ folder, name, type, identity }: LeftoverPart): 'removed' | 'gone' | 'changed' {
  if (name === '' || name === '.' || name === '..' || name.includes('/')) throw errno('EINVAL', name);
  const path = `${folder}/${name}`;
  try {
    requireFolder(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'gone';
    if (codeOf(error) === 'ENOTDIR') return 'changed';
    throw error;
  }
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 'gone';
  if (identityOf(found) !== identity || found.isDirectory() !== (type === 'folder')) return 'changed';
  if (type === 'file') unlinkSync(path);
  else removeFolder(folder, name);
  return 'removed';
}

/** By rename first: a crash in the middle leaves a temporary folder, and never half of one that counts. */
function removeFolder(folder: string, name: string): void {
  const aside = TEMPORARY_NAME.test(name) ? name : `.rollcall-${randomBytes(8).toString('hex')}.tmp`;
  if (aside !== name) renameSync(`${folder}/${name}`, `${folder}/${aside}`);
  // Links in it are removed, and what they lead to stays.
  rmSync(`${folder}/${aside}`, { recursive: true, force: true });
}
