import {
  accessSync,
  constants,
  readFileSync,
  readlinkSync,
  realpathSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** What a path leads to, links followed. */
export interface PathFacts {
  readonly type: 'file' | 'directory' | 'other';
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
  /** Device and inode: equal for one file under two names. */
  readonly identity: string;
  readonly real: string;
  /** Whether we could write to it; asked of the kernel, not tried. */
  readonly writable: boolean;
}

/** Null: nothing is there; an errno's name where it cannot be told. Never opens the file. */
export function pathFacts(path: string): PathFacts | string | null {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return null;
    return {
      type: found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other',
      mode: found.mode & 0o7777,
      uid: found.uid,
      modifiedAt: found.mtimeMs,
      identity: `${String(found.dev)}:${String(found.ino)}`,
      real: realpathSync(path),
      writable: writable(path),
    };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
    return code === 'ENOTDIR' ? null : code;
  }
}

export interface Room {
  /** Bytes free for us, and in all. */
  readonly free: number;
  readonly size: number;
  /** Free inodes; null where the file system does not count them. */
  readonly inodes: number | null;
}

/** Room on the file system where `path` is, or would be made; null where that cannot be told. */
export function roomAt(path: string): Room | null {
  try {
    const { bavail, blocks, bsize, files, ffree } = statfsSync(path);
    return { free: bavail * bsize, size: blocks * bsize, inodes: files === 0 ? null : ffree };
  } catch {
    return path === dirname(path) ? null : roomAt(dirname(path));
  }
}

/** Whether two processes see the same mounts; null where that cannot be told. */
export function sameMounts(pid: number, other: number): boolean | null {
  const [one, two] = [pid, other].map((each) => mounts(each));
  return one === null || two === null ? null : one === two;
}

/** The text of /proc/PID/cgroup, or null. */
export function cgroupText(pid: number): string | null {
  try {
    return readFileSync(`/proc/${String(pid)}/cgroup`, 'utf8');
  } catch {
    return null;
  }
}

function mounts(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${String(pid)}/ns/mnt`);
  } catch {
    return null;
  }
}

function writable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
