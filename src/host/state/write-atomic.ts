import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

export interface WriteOptions {
  /** The old one stays beside it as `.prev`. */
  readonly keepPrevious?: boolean;
  /** 0600 where it is left out. */
  readonly mode?: number;
  /** EEXIST where something stands: the name is given by link(2), which never overwrites. */
  readonly fresh?: boolean;
  /** Called right before the name is given; throws where that must not be any more. */
  readonly check?: () => void;
}

/**
 * Writes a file of ours so that a reader, also one after a crash or a power cut, finds the old text or the new one,
 * whole. Throws errno errors; what was there is then still there.
 */
export function writeAtomic(path: string, text: string, options: WriteOptions = {}): void {
  const next = join(dirname(path), `.rollcall-${randomBytes(8).toString('hex')}.tmp`);
  try {
    writeSynced(next, text, options.mode ?? 0o600);
    if (options.keepPrevious === true) keepPrevious(path);
    options.check?.();
    if (options.fresh === true) linkSync(next, path);
    else renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
  if (options.fresh === true) rmSync(next);
  syncFolder(dirname(path));
}

/** Makes names in a folder last through a power cut. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function writeSynced(path: string, text: string, mode: number): void {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const fd = openSync(path, flags, 0o600);
  try {
    // Not by open(2): the umask would take from it.
    if (mode !== 0o600) fchmodSync(fd, mode);
    writeFileSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function keepPrevious(path: string): void {
  rmSync(`${path}.prev`, { force: true });
  try {
    linkSync(path, `${path}.prev`);
  } catch (error) {
    // The first write has nothing before it.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
