import {
  appendFileSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { errno } from '../files/answered.ts';
import { identityOf } from '../files/entries.ts';
import { reasonOf, stateProblem } from './problem.ts';

export interface LinesOptions {
  /** Size from which a new file is begun, bytes; 8 MiB. */
  readonly maxBytes?: number;
  /** How many full files are kept beside the current one; 4. */
  readonly keep?: number;
  /** Called once when writing begins to fail, and again only after it worked in between. */
  readonly onProblem?: (problem: Diagnostic) => void;
}

/** A file of JSON lines for people, mode 0600: nothing is ever decided by it, so a full disk stops no work. */
export interface Lines<T> {
  append(line: T): void;
}

/** Lines at the end of the file at `path`; full ones become `path.1` (newest), `path.2`, … */
export function openLines<T>(path: string, options: LinesOptions): Lines<T> {
  let failing = false;
  return {
    append(line) {
      try {
        if (isFull(path, options.maxBytes ?? 8 * 1024 * 1024)) rotate(path, options.keep ?? KEPT_FILES);
        appendLine(path, JSON.stringify(line));
        failing = false;
      } catch (error) {
        if (!failing) options.onProblem?.(stateProblem(`${path} cannot be written: ${reasonOf(error)}`));
        failing = true;
      }
    },
  };
}

/** How many full files are kept beside the current one. */
export const KEPT_FILES = 4;

/**
 * Begins the file at `path` anew, if it still is that one (`file`: device and inode); ESTALE where it is not. By rename: who is writing a line just
 * now writes it into the file it has opened, and no line is lost.
 */
export function rotateLines(path: string, file: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile() || identityOf(found).split(':').slice(0, 2).join(':') !== file)
    throw errno('ESTALE', path);
  rotate(path, KEPT_FILES);
}

/** Where a crash or a full disk tore the last line, the next one begins a line of its own. */
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

function isFull(path: string, maxBytes: number): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) >= maxBytes;
}

function rotate(path: string, keep: number): void {
  rmSync(`${path}.${String(keep)}`, { force: true });
  for (let index = keep - 1; index >= 1; index -= 1)
    moveIfThere(`${path}.${String(index)}`, `${path}.${String(index + 1)}`);
  if (keep >= 1) renameSync(path, `${path}.1`);
  else rmSync(path);
}

function moveIfThere(from: string, to: string): void {
  if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, to);
}
