import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { JournalEvent } from '../../model/event.ts';
import type { JournalCursor } from '../../model/notice.ts';
import { journalFile } from './journal.ts';
import { eventsIn } from './read-events.ts';

/** What came behind a cursor, and where reading goes on. */
export interface Since {
  readonly events: readonly JournalEvent[];
  readonly cursor: JournalCursor;
  /** Not all was read: another look goes on. */
  readonly isMore: boolean;
}

/** At most so much of the journal is read by one look, bytes. */
const MOST_BYTES = 1024 * 1024;

/**
 * The events of the fleet whose state folder is `dir` that were written behind the cursor; without one none, and the
 * journal's end. Full files may have been given other names, old ones removed and even the lines written anew
 * meanwhile: the place is found again by the file's inode, else by the line that was read last, else by its time.
 * Throws errno errors where a journal is there and cannot be read.
 */
export function eventsSince(dir: string, cursor: JournalCursor | null): Since {
  const files = journalFiles(dir);
  const last = files.at(-1);
  if (last === undefined) return { events: [], cursor: cursor ?? START, isMore: false };
  if (cursor === null) return { events: [], cursor: endOf(last), isMore: false };
  return cursor.mark === '' ? readOn(files, cursor) : readOn(files, placeAgain(files, cursor));
}

const START: JournalCursor = { inode: 0, offset: 0, mark: '', at: '' };

interface JournalPart {
  readonly path: string;
  readonly inode: number;
  readonly size: number;
}

/** From the oldest to the one that is written to. */
function journalFiles(dir: string): readonly JournalPart[] {
  const path = journalFile(dir);
  const names = namesIn(dirname(path)).flatMap((name) => {
    const number = name.startsWith(`${basename(path)}.`) ? name.slice(basename(path).length + 1) : '0';
    const isPart =
      name === basename(path) || (name.startsWith(basename(path)) && /^[1-9]\d{0,3}$/.test(number));
    return isPart ? [{ name, number: Number(number) }] : [];
  });
  return names
    .toSorted((a, b) => b.number - a.number)
    .flatMap(({ name }) => {
      const found = sizeOf(join(dir, name));
      return found === null ? [] : [{ path: join(dir, name), ...found }];
    });
}

/** Reads whole lines behind the cursor, file after file. */
function readOn(files: readonly JournalPart[], cursor: JournalCursor): Since {
  const index = files.findIndex(({ inode }) => inode === cursor.inode);
  const rest = index < 0 ? files : files.slice(index);
  let now = cursor;
  let room = MOST_BYTES;
  const events: JournalEvent[] = [];
  for (const [position, file] of rest.entries()) {
    const offset = file.inode === cursor.inode ? cursor.offset : 0;
    const text = textOf(file.path, file.inode, offset, Math.min(room, file.size - offset));
    // It was given another name just now: another look finds it there.
    if (text.length === 0 && file.size > offset) return { events, cursor: now, isMore: true };
    const whole = wholeLines(text, position < rest.length - 1 && text.length < room);
    events.push(...eventsIn(whole.toString('utf8')));
    now = cursorAt(file.inode, offset + whole.length, whole, now);
    room -= text.length;
    if (room <= 0) return { events, cursor: now, isMore: true };
  }
  return { events, cursor: now, isMore: false };
}

/** A line is whole with its newline; what a crash tore at the end of a full file never gets one. */
function wholeLines(bytes: Buffer, isFinished: boolean): Buffer {
  if (isFinished || (bytes.length === MOST_BYTES && !bytes.includes('\n'))) return bytes;
  return bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
}

function cursorAt(inode: number, offset: number, read: Buffer, before: JournalCursor): JournalCursor {
  const line = lastLine(read);
  if (line === '') return { ...before, inode, offset };
  return { inode, offset, mark: markOf(line), at: eventsIn(line)[0]?.at ?? before.at };
}

/** The same place, where the files are others by now. */
function placeAgain(files: readonly JournalPart[], cursor: JournalCursor): JournalCursor {
  const same = files.find(({ inode }) => inode === cursor.inode);
  if (same !== undefined && markBefore(same, cursor.offset) === cursor.mark) return cursor;
  for (const file of files.toReversed()) {
    const offset = behindMark(file, cursor.mark);
    if (offset !== null) return { ...cursor, inode: file.inode, offset };
  }
  return byTime(files, cursor);
}

/** The line before that place; it may not be the one we read, where another file got the inode. */
function markBefore(file: JournalPart, offset: number): string | null {
  if (offset > file.size) return null;
  const most = 64 * 1024;
  const from = Math.max(0, offset - most);
  const line = lastLine(textOf(file.path, file.inode, from, offset - from));
  return line === '' ? null : markOf(line);
}

function behindMark(file: JournalPart, mark: string): number | null {
  return placeIn(file, (line) => markOf(line) === mark);
}

/** Where the line is gone: behind all that is not newer. */
function byTime(files: readonly JournalPart[], cursor: JournalCursor): JournalCursor {
  for (const file of files.toReversed()) {
    const offset = placeIn(file, (line) => (eventsIn(line)[0]?.at ?? '~') <= cursor.at);
    if (offset !== null) return { ...cursor, inode: file.inode, offset };
  }
  return { ...cursor, inode: files[0]?.inode ?? 0, offset: 0 };
}

/** Behind the last line that is one; null: none is. */
function placeIn(file: JournalPart, isOne: (line: string) => boolean): number | null {
  const bytes = textOf(file.path, file.inode, 0, file.size);
  let place: number | null = null;
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf('\n', from);
    if (end < 0) break;
    if (isOne(bytes.toString('utf8', from, end))) place = end + 1;
    from = end + 1;
  }
  return place;
}

function endOf(file: JournalPart): JournalCursor {
  const from = Math.max(0, file.size - 64 * 1024);
  const bytes = textOf(file.path, file.inode, from, file.size - from);
  const whole = bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
  const cursor = cursorAt(file.inode, from + whole.length, whole, START);
  // A file without a whole line is read from its start.
  return whole.length === 0 ? { ...cursor, offset: from === 0 ? 0 : file.size } : cursor;
}

function lastLine(bytes: Buffer): string {
  const end = bytes.lastIndexOf('\n');
  if (end < 0) return '';
  return bytes.toString('utf8', bytes.lastIndexOf('\n', Math.max(0, end - 1)) + 1, end);
}

function markOf(line: string): string {
  return createHash('sha256').update(line).digest('hex').slice(0, 16);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

function sizeOf(path: string): { readonly inode: number; readonly size: number } | null {
  return withFile(path, (fd) => {
    const { ino, size } = fstatSync(fd);
    return { inode: ino, size };
  });
}

/** Those bytes, while it is still that file; it may have been given another name since. */
function textOf(path: string, inode: number, offset: number, length: number): Buffer {
  const read = withFile(path, (fd) => {
    if (fstatSync(fd).ino !== inode) return Buffer.alloc(0);
    const bytes = Buffer.alloc(Math.max(0, length));
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, offset));
  });
  return read ?? Buffer.alloc(0);
}

function withFile<T>(path: string, work: (fd: number) => T): T | null {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
  try {
    return work(fd);
  } finally {
    closeSync(fd);
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
