import { lstatSync, realpathSync } from 'node:fs';
import type { PreAnswer } from '../../model/task.ts';
import { writeAtomic } from '../state/write-atomic.ts';
import { codeOf, errno } from './answered.ts';
import { identityOf } from './entries.ts';
import { underLock } from './folder-lock.ts';
import { withValue } from './json-edit.ts';
import { regularBytes } from './regular.ts';

const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Sets one value in a JSON file and leaves every other byte and its mode as they are; a link's file is changed, the
 * link stays. Nothing is locked or written where the value is so already. Throws EINVAL where it is no JSON object or
 * something else than an object is on the way, EAGAIN where it was locked for 2 s, ESTALE where somebody changed it
 * without the lock.
 */
export async function setInJson(answer: PreAnswer): Promise<void> {
  const before = read(answer.file);
  if (changed(before, answer) === before.text) return;
  await underLock(answer.lock, (held) => {
    const now = read(answer.file);
    const text = changed(now, answer);
    if (text === now.text) return;
    writeAtomic(now.path, text, {
      mode: now.mode,
      fresh: now.identity === null,
      check: () => {
        if (!held() || identityAt(now.path) !== now.identity) throw errno('ESTALE', answer.file);
      },
    });
  });
}

interface JsonText {
  /** Links followed. */
  readonly path: string;
  readonly text: string;
  readonly mode: number;
  /** Null: it is not there. */
  readonly identity: string | null;
}

function read(file: string): JsonText {
  const path = realPath(file);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return { path, text: '', mode: 0o600, identity: null };
  const { bytes, identity } = regularBytes(path, MOST_BYTES);
  const text = decoded(bytes, file);
  return { path, text, mode: found.mode & 0o7777, identity };
}

/** A missing file stays as it is named; a link that leads nowhere is ENOENT. */
function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch (error) {
    const absent = lstatSync(file, { throwIfNoEntry: false }) === undefined;
    if (codeOf(error) === 'ENOENT' && absent) return file;
    throw error;
  }
}

function changed({ text, identity }: JsonText, answer: PreAnswer): string {
  const next = withValue(identity === null ? '{}\n' : text, answer);
  if (next === null) throw errno('EINVAL', answer.file, 'not a JSON object with that place');
  return next;
}

function decoded(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw errno('EINVAL', file, 'not UTF-8');
  }
}

function identityAt(path: string): string | null {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found === undefined ? null : identityOf(found);
}
