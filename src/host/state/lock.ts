import { chmodSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isObject, isText, isWhole, orNull, readJson } from './json.ts';
import { writeAtomic } from './write-atomic.ts';

/** Who holds the lock, for messages only. */
export interface Holder {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat, where known. */
  readonly procStart: string | null;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly host: string;
  /** `rollcall run`. */
  readonly command: string;
}

export interface Lock {
  readonly ok: true;
  /** False once the lock's file was removed or replaced: somebody else may hold another one. Stop acting. */
  stillHeld(): boolean;
  release(): void;
}

/** `holder` is null where the other one has not written its name yet, or nothing is known. */
export type LockAnswer = Lock | { readonly ok: false; readonly holder: Holder | null };

/**
 * One writer per fleet. The lock is SQLite's on a file of its own: the kernel frees it when this process ends,
 * however it ends, and no child inherits it. Nobody else may open that file: POSIX drops a process's locks when it
 * closes any descriptor of the file. Throws errno errors where the folder cannot be written.
 */
export function acquireLock(dir: string, holder: Holder): LockAnswer {
  const path = join(dir, 'lock.db');
  const db = exclusively(path);
  if (db === null) return { ok: false, holder: readHolder(dir) };
  // By name: opening it to ask would drop the lock.
  chmodSync(path, 0o600);
  const inode = inodeOf(path);
  let held = true;
  writeAtomic(holderFile(dir), `${JSON.stringify(holder)}\n`);
  return {
    ok: true,
    stillHeld: () => held && inode !== null && inodeOf(path) === inode,
    release: () => {
      if (!held) return;
      held = false;
      rmSync(holderFile(dir), { force: true });
      db.close();
    },
  };
}

/** Who said last that it holds the lock. Takes no lock and does not tell whether it still does. */
export function readHolder(dir: string): Holder | null {
  const file = readJson(holderFile(dir));
  return file.type === 'ok' && isHolder(file.value) ? file.value : null;
}

function exclusively(path: string): DatabaseSync | null {
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db.close();
    if (isBusy(error)) return null;
    throw error;
  }
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === SQLITE_BUSY;
}

function inodeOf(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? null : `${String(found.dev)}:${String(found.ino)}`;
}

function holderFile(dir: string): string {
  return join(dir, 'lock.json');
}

const isTextOrNull = orNull(isText);

function isHolder(value: unknown): value is Holder {
  return (
    isObject(value) &&
    isWhole(value['pid']) &&
    isWhole(value['since']) &&
    isTextOrNull(value['procStart']) &&
    ['host', 'command'].every((key) => isText(value[key]))
  );
}
