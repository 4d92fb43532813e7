import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { EVENT_TYPES, type JournalEvent } from '../../model/event.ts';
import { isObject, isText } from './json.ts';
import { journalFile } from './journal.ts';

/** Events at or after `since` (epoch milliseconds), oldest first. Torn and foreign lines are skipped. */
export function readEvents(dir: string, options: { readonly since?: number } = {}): readonly JournalEvent[] {
  const since = options.since ?? 0;
  return [...rotated(dir), journalFile(dir)]
    .flatMap((path) => eventsIn(textOf(path)))
    .filter((event) => Date.parse(event.at) >= since);
}

/**
 * Events written from now on, as they come; ends when `signal` fires. Asks every `everyMs` (200), for file events
 * get lost and come late.
 */
export async function* followEvents(
  dir: string,
  options: { readonly signal: AbortSignal; readonly everyMs?: number },
): AsyncGenerator<JournalEvent, void, undefined> {
  const path = journalFile(dir);
  let place = endOf(path);
  let torn = '';
  while (!options.signal.aborted) {
    const more = textFrom(path, place);
    place = more.place;
    // A line is whole once its newline is there; what is behind the last one waits for the rest.
    const text = torn + more.text;
    const whole = text.lastIndexOf('\n') + 1;
    torn = text.slice(whole);
    yield* eventsIn(text.slice(0, whole));
    await sleep(options.everyMs ?? 200, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

interface Place {
  readonly inode: number;
  readonly offset: number;
}

function endOf(path: string): Place {
  const found = statSync(path, { throwIfNoEntry: false });
  return { inode: found?.ino ?? 0, offset: found?.size ?? 0 };
}

/** What is behind `place`: in that file, wherever it was moved to, and then in the one that took its name. */
function textFrom(path: string, place: Place): { readonly text: string; readonly place: Place } {
  const now = statSync(path, { throwIfNoEntry: false });
  if (now === undefined) return { text: '', place };
  if (now.ino === place.inode) return readFrom(path, place.offset);
  const before = statSync(`${path}.1`, { throwIfNoEntry: false });
  const rest = before?.ino === place.inode ? readFrom(`${path}.1`, place.offset).text : '';
  const begun = readFrom(path, 0);
  return { text: rest + begun.text, place: begun.place };
}

function readFrom(path: string, offset: number): { readonly text: string; readonly place: Place } {
  const fd = openSync(path, 'r');
  try {
    const found = fstatSync(fd);
    const bytes = Buffer.alloc(Math.max(0, found.size - offset));
    const length = readSync(fd, bytes, 0, bytes.length, offset);
    return { text: bytes.toString('utf8', 0, length), place: { inode: found.ino, offset: offset + length } };
  } finally {
    closeSync(fd);
  }
}

function rotated(dir: string): readonly string[] {
  const paths: string[] = [];
  for (
    let index = 1;
    statSync(`${journalFile(dir)}.${String(index)}`, { throwIfNoEntry: false }) !== undefined;
    index += 1
  ) {
    paths.unshift(`${journalFile(dir)}.${String(index)}`);
  }
  return paths;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The events in some lines; torn and foreign ones are skipped. */
export function eventsIn(text: string): readonly JournalEvent[] {
  return text.split('\n').flatMap((line) => {
    const event = parsed(line);
    return event === null ? [] : [event];
  });
}

function parsed(line: string): JournalEvent | null {
  if (line === '') return null;
  try {
    const value: unknown = JSON.parse(line);
    return isEvent(value) ? value : null;
  } catch {
    return null;
  }
}

const SEVERITIES: readonly unknown[] = ['info', 'warning', 'error'];
const TYPES: readonly unknown[] = EVENT_TYPES;

function isEvent(value: unknown): value is JournalEvent {
  return (
    isObject(value) &&
    ['at', 'target', 'message'].every((key) => isText(value[key])) &&
    TYPES.includes(value['type']) &&
    SEVERITIES.includes(value['severity']) &&
    isObject(value['fields'])
  );
}
