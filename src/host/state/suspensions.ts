import { join } from 'node:path';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Suspension, Suspensions } from '../../model/memory.ts';
import { read, type Reading, unreadable } from '../../model/reading.ts';
import { isObject, isObjectOf, isText, isWhole, orNull, readJson } from './json.ts';
import { reasonOf, stateProblem } from './problem.ts';
import { writeAtomic } from './write-atomic.ts';

/** What operators asked to be left alone. No file: nothing; a bad file is unreadable, for hands off was asked for. */
export function readSuspensions(dir: string): Reading<Suspensions> {
  const path = suspensionsFile(dir);
  const file = readJson(path);
  if (file.type === 'absent') return read({});
  if (file.type === 'bad') return unreadable(stateProblem(`${path}: ${file.text}`, REMOVE));
  if (isObjectOf(file.value, isSuspension)) return read(file.value);
  return unreadable(stateProblem(`${path} is not a list of suspensions`, REMOVE));
}

/** Puts the whole set in force. */
export function writeSuspensions(dir: string, suspensions: Suspensions): Diagnostic | null {
  try {
    writeAtomic(suspensionsFile(dir), `${JSON.stringify(suspensions, null, 2)}\n`);
    return null;
  } catch (error) {
    return stateProblem(`${suspensionsFile(dir)} cannot be written: ${reasonOf(error)}`);
  }
}

const REMOVE = 'remove the file, and suspend again what is to be left alone';

const isUntil = orNull(isWhole);
const isReason = orNull(isText);

function isSuspension(value: unknown): value is Suspension {
  return (
    isObject(value) &&
    isWhole(value['since']) &&
    isUntil(value['until']) &&
    isReason(value['reason']) &&
    isText(value['by'])
  );
}

/** Where they are kept. */
export function suspensionsFile(dir: string): string {
  return join(dir, 'suspensions.json');
}
