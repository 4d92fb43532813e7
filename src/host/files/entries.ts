import { isUtf8 } from 'node:buffer';
import { lstatSync, readdirSync, type Stats } from 'node:fs';
import type { FileEntry } from '../../model/host.ts';

/**
 * What stands under each name of a folder. Synchronous: each lstat takes microseconds, and many times that through the
 * thread pool. Throws errno errors of the folder's; a name that goes meanwhile is left out. Of two names that read
 * alike, because one of them is not UTF-8, the one that is counts.
 */
export function entries(folder: string): Readonly<Record<string, FileEntry>> {
  const names = readdirSync(folder);
  const found: Record<string, FileEntry> = {};
  for (const name of names) {
    // Only where a broken one shows: bytes cost twice the time of text.
    const entry = name.includes(BROKEN) ? null : entryAt(`${folder}/${name}`, true);
    if (entry !== null) found[name] = entry;
  }
  if (names.some((name) => name.includes(BROKEN))) addBroken(folder, found);
  return found;
}

/** Paths in bytes of the names in `folder` that read as `name` does and are not UTF-8. */
export function brokenNames(folder: string, name: string): readonly Buffer[] {
  return readdirSync(folder, { encoding: 'buffer' })
    .filter((raw) => !isUtf8(raw) && raw.toString() === name)
    .map((raw) => inFolder(folder, raw));
}

/** Device, inode, size and modification time: equal for equal bytes. */
export function identityOf({ dev, ino, size, mtimeMs }: Stats): string {
  return `${String(dev)}:${String(ino)}:${String(size)}:${String(mtimeMs)}`;
}

/** What a byte that is not UTF-8 reads as. */
export const BROKEN = '\uFFFD';

function addBroken(folder: string, found: Record<string, FileEntry>): void {
  const raws = readdirSync(folder, { encoding: 'buffer' }).filter(
    (raw) => raw.includes(BROKEN) || !isUtf8(raw),
  );
  // Those that are text last: they are the ones that stay.
  for (const raw of raws.toSorted((a, b) => Number(isUtf8(a)) - Number(isUtf8(b)))) {
    const entry = entryAt(inFolder(folder, raw), isUtf8(raw));
    if (entry !== null) found[raw.toString()] = entry;
  }
}

/** What stands at the path itself; null: nothing. */
export function entryAt(path: string | Buffer, nameIsText: boolean): FileEntry | null {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return null;
  return {
    type: typeOf(found),
    size: found.size,
    names: found.nlink,
    modifiedAt: found.mtimeMs,
    changedAt: found.ctimeMs,
    identity: identityOf(found),
    nameIsText,
  };
}

function typeOf(found: Stats): FileEntry['type'] {
  if (found.isFile()) return 'file';
  if (found.isDirectory()) return 'directory';
  return found.isSymbolicLink() ? 'link' : 'other';
}

function inFolder(folder: string, raw: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), raw]);
}
