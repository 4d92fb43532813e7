import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename } from 'node:path';
import { pidsOf } from '../processes.ts';

/** Descriptors looked at, at most: some tenths of a second. */
const MOST_DESCRIPTORS = 50_000;

/**
 * Of these files, those that a process of our user has open for writing, by /proc; null where that cannot be told. A
 * process that shows its descriptors to nobody (an ssh-agent) is passed over; so is who has the file mapped only.
 */
export function beingWritten(paths: readonly string[]): readonly string[] | null {
  const wanted = paths.flatMap((path) => {
    const identity = identityAt(path);
    return identity === null ? [] : [{ path, identity, name: basename(path) }];
  });
  if (wanted.length === 0) return [];
  const pids = pidsOf(userInfo().uid);
  if (pids === null) return null;
  const names = new Set(wanted.map(({ name }) => name));
  const written = new Set<string>();
  let looked = 0;
  for (const pid of pids) {
    const descriptors = namesIn(`/proc/${String(pid)}/fd`);
    looked += descriptors.length;
    if (looked > MOST_DESCRIPTORS) return null;
    for (const fd of descriptors) {
      const identity = writtenThrough(pid, fd, names);
      if (identity !== null) written.add(identity);
    }
  }
  return wanted.filter(({ identity }) => written.has(identity)).map(({ path }) => path);
}

/**
 * Identity of the file behind a descriptor open for writing. The name is compared first: asking about any other file
 * could hang on a file system that does.
 */
function writtenThrough(pid: number, fd: string, names: ReadonlySet<string>): string | null {
  try {
    const link = `/proc/${String(pid)}/fd/${fd}`;
    const target = readlinkSync(link);
    if (!target.startsWith('/') || !names.has(basename(target))) return null;
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/${String(pid)}/fdinfo/${fd}`, 'utf8'))?.[1];
    const readOnly = flags !== undefined && (Number.parseInt(flags, 8) & 0o3) === 0;
    return readOnly ? null : identityAt(link);
  } catch {
    // Closed, or ended, meanwhile.
    return null;
  }
}

function identityAt(path: string): string | null {
  try {
    const { dev, ino } = statSync(path);
    return `${String(dev)}:${String(ino)}`;
  } catch {
    // Gone, or closed to us: then it is no task of ours either.
    return null;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
