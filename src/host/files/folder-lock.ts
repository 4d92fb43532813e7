import { lstatSync, mkdirSync, rmdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, errno } from './answered.ts';

/** A lock folder this old is what somebody who died has left: who lives renews it or is done long before. */
const STALE_MS = 10_000;
const PATIENCE_MS = 2000;
const PAUSE_MS = 25;

/**
 * Does `work` while a folder of ours stands at `path`, as agents lock their own files; `held` tells whether it is
 * still ours. Throws EAGAIN where another's stood there for 2 s, EINVAL where something else than a folder does.
 */
export async function underLock<T>(path: string, work: (held: () => boolean) => T): Promise<T> {
  const ours = await acquired(path);
  const held = (): boolean => inodeOf(path) === ours;
  try {
    return work(held);
  } finally {
    if (held()) rmdirSync(path);
  }
}

async function acquired(path: string): Promise<number | null> {
  for (const end = performance.now() + PATIENCE_MS; ; ) {
    try {
      mkdirSync(path, { mode: 0o700 });
      return inodeOf(path);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    if (removedStale(path)) continue;
    if (performance.now() > end) throw errno('EAGAIN', path, 'locked by somebody else');
    await sleep(PAUSE_MS);
  }
}

/** Looked at and removed in one turn: a moment later it may be somebody's new one. */
function removedStale(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return true;
  if (!found.isDirectory()) throw errno('EINVAL', path, 'not a lock folder');
  // A time far in the future is no newer: the clock was set back.
  if (Math.abs(Date.now() - found.mtimeMs) <= STALE_MS) return false;
  try {
    rmdirSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  return true;
}

function inodeOf(path: string): number | null {
  return lstatSync(path, { throwIfNoEntry: false })?.ino ?? null;
}
