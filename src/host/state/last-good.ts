import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { read, type Reading, unreadable } from '../../model/reading.ts';
import { isObject, isText, readJson } from './json.ts';
import { reasonOf, stateProblem } from './problem.ts';
import { writeAtomic } from './write-atomic.ts';

/** A desired-state file as it was when last put in force. */
export interface LastGood {
  /** Absolute path it was read from. */
  readonly file: string;
  readonly text: string;
}

/** The last file in force; null: none was ever kept. */
export function loadLastGood(dir: string): Reading<LastGood | null> {
  const file = readJson(fileIn(dir));
  if (file.type === 'absent') return read(null);
  if (file.type === 'bad') return unreadable(stateProblem(`${fileIn(dir)}: ${file.text}`));
  const { value } = file;
  if (!isObject(value) || !isText(value['file']) || !isText(value['text'])) {
    return unreadable(stateProblem(`${fileIn(dir)} is not of the shape it says`));
  }
  if (value['sha256'] !== hashOf(value['text'])) {
    return unreadable(stateProblem(`${fileIn(dir)}: checksum does not match`));
  }
  return read({ file: value['file'], text: value['text'] });
}

/** Keeps a file that was put in force; written only where it differs from the one kept. */
export function saveLastGood(dir: string, good: LastGood): Diagnostic | null {
  const kept = loadLastGood(dir);
  if (kept.ok && kept.value?.file === good.file && kept.value.text === good.text) return null;
  try {
    const { file, text } = good;
    writeAtomic(fileIn(dir), `${JSON.stringify({ file, sha256: hashOf(text), text })}\n`);
    return null;
  } catch (error) {
    return stateProblem(`${fileIn(dir)} cannot be written: ${reasonOf(error)}`);
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function fileIn(dir: string): string {
  return join(dir, 'last-good.json');
}
