import { createHash } from 'node:crypto';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { type Memory, NO_MEMORY } from '../../model/memory.ts';
import { isObject, isText, isWhole, readJson } from './json.ts';
import { memoryOf } from './memory-shape.ts';
import { reasonOf, stateProblem } from './problem.ts';
import { writeAtomic } from './write-atomic.ts';

/** Version of the file's shape; an older one is converted, a newer one not believed. */
const SCHEMA = 1;

/**
 * What was remembered, from `state.json`, else from the one before it, else nothing. Only reads, so `plan` may call
 * it: a bad file is put aside by the next save.
 */
export function loadMemory(dir: string): { readonly memory: Memory; readonly problem: Diagnostic | null } {
  const now = load(fileIn(dir));
  if (now.type === 'ok') return { memory: now.memory, problem: null };
  if (now.type === 'absent') return { memory: NO_MEMORY, problem: null };
  const before = load(`${fileIn(dir)}.prev`);
  const memory = before.type === 'ok' ? before.memory : NO_MEMORY;
  const instead = before.type === 'ok' ? 'the one before it is used' : 'started anew';
  return { memory, problem: stateProblem(`${fileIn(dir)}: ${now.text}; ${instead}`) };
}

/** Remembers, whole or not at all; a file that could not be read is kept as `state.json.corrupt-<ms>`. */
export function saveMemory(dir: string, memory: Memory, now: number = Date.now()): Diagnostic | null {
  const path = fileIn(dir);
  try {
    const old = load(path);
    if (old.type === 'bad') renameSync(path, `${path}.corrupt-${String(now)}`);
    const serial = old.type === 'ok' ? old.serial + 1 : 1;
    const text = { schema: SCHEMA, serial, sha256: hashOf(memory), data: memory };
    writeAtomic(path, `${JSON.stringify(text)}\n`, { keepPrevious: true });
    return null;
  } catch (error) {
    return stateProblem(`${path} cannot be written: ${reasonOf(error)}`);
  }
}

type Loaded =
  | { readonly type: 'ok'; readonly memory: Memory; readonly serial: number }
  | { readonly type: 'absent' }
  | { readonly type: 'bad'; readonly text: string };

function load(path: string): Loaded {
  const file = readJson(path);
  if (file.type !== 'ok') return file;
  const { value } = file;
  if (!isObject(value) || !isWhole(value['schema'])) return { type: 'bad', text: 'not a state file' };
  if (value['schema'] > SCHEMA) return { type: 'bad', text: 'written by a newer Rollcall' };
  const { data, sha256, serial } = value;
  if (!isText(sha256) || sha256 !== hashOf(data)) return { type: 'bad', text: 'checksum does not match' };
  const memory = memoryOf(data);
  if (memory === null || !isWhole(serial)) return { type: 'bad', text: 'not of the shape it says' };
  return { type: 'ok', memory, serial };
}

/** Of the data's own JSON: parsing keeps the order of keys, so what was written hashes the same when read. */
function hashOf(data: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(data) ?? '')
    .digest('hex');
}

function fileIn(dir: string): string {
  return join(dir, 'state.json');
}
