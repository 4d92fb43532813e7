import {
  appendFileSync,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { JournalEvent } from '../../model/event.ts';
import { reasonOf, stateProblem } from './problem.ts';

export interface JournalOptions {
  readonly dir: string;
  /** Size from which a new file is begun, bytes; 8 MiB. */
  readonly maxBytes?: number;
  /** How many full files are kept beside the current one; 4. */
  readonly keep?: number;
  /** Called once when writing begins to fail, and again only after it worked in between. */
  readonly onProblem?: (problem: Diagnostic) => void;
}

/** What was done, one JSON line each, for people; nothing is ever decided by it, so a full disk stops no work. */
export interface Journal {
  append(event: JournalEvent): void;
}

/** The journal of the fleet whose state folder is `dir`. */
export function openJournal(options: JournalOptions): Journal {
  const path = journalFile(options.dir);
  let failing = false;
  return {
    append(event) {
      try {
        rotate(path, options.maxBytes ?? 8 * 1024 * 1024, options.keep ?? 4);
        appendLine(path, JSON.stringify(event));
        failing = false;
      } catch (error) {
        if (!failing) options.onProblem?.(stateProblem(`${path} cannot be written: ${reasonOf(error)}`));
        failing = true;
      }
    },
  };
}

/** The file written to; full ones are `.1` (newest), `.2`, … */
export function journalFile(dir: string): string {
  return join(dir, 'events.jsonl');
}

/** Where a crash or a full disk tore the last line, the next event begins a line of its own. */
function appendLine(path: string, line: string): void {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
  const fd = openSync(path, flags, 0o600);
  try {
    appendFileSync(fd, `${endsTorn(fd) ? '\n' : ''}${line}\n`);
  } finally {
    closeSync(fd);
  }
}

function endsTorn(fd: number): boolean {
  const { size } = fstatSync(fd);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last.toString() !== '\n';
}

function rotate(path: string, maxBytes: number, keep: number): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size < maxBytes) return;
  rmSync(`${path}.${String(keep)}`, { force: true });
  for (let index = keep - 1; index >= 1; index -= 1)
    moveIfThere(`${path}.${String(index)}`, `${path}.${String(index + 1)}`);
  if (keep >= 1) renameSync(path, `${path}.1`);
  else rmSync(path);
}

function moveIfThere(from: string, to: string): void {
  if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, to);
}
