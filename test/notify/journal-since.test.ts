import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openJournal } from '../../src/host/state/journal.ts';
import { eventsSince } from '../../src/host/state/journal-since.ts';
import type { JournalEvent } from '../../src/model/event.ts';
import type { JournalCursor } from '../../src/model/notice.ts';

let dir: string;
let count: number;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rollcall-since-'));
  count = 0;
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const file = (): string => join(dir, 'events.jsonl');

/** The next event, a second after the one before. */
function next(): JournalEvent {
  count += 1;
  const at = new Date(Date.UTC(2026, 10, 23) + count * 1000).toISOString();
  return {
    at,
    type: 'task.done',
    severity: 'info',
    target: `task/a/${String(count)}`,
    message: 'é',
    fields: {},
  };
}

function write(maxBytes = 1_000_000): void {
  openJournal({ dir, maxBytes }).append(next());
}

/** The numbers of the events behind a cursor, and the cursor behind them, as it comes back from disk. */
function since(cursor: JournalCursor | null): {
  readonly heard: readonly number[];
  readonly cursor: JournalCursor;
} {
  const read = eventsSince(dir, cursor);
  const heard = read.events.map(({ target }) => Number(target.slice('task/a/'.length)));
  return { heard, cursor: JSON.parse(JSON.stringify(read.cursor)) };
}

describe('what came behind a cursor', () => {
  test('is nothing at first: a memory that was lost begins at the end of the journal', () => {
    write();
    write();
    const { heard, cursor } = since(null);
    expect(heard).toEqual([]);
    write();
    expect(since(cursor).heard).toEqual([3]);
  });

  test('is all of a journal that was not there then', () => {
    const { cursor } = since(null);
    write();
    expect(since(cursor).heard).toEqual([1]);
  });

  test('waits for a line that is not whole yet, and leaves out one that never will be', () => {
    write();
    const { cursor } = since(null);
    const line = JSON.stringify(next());
    appendFileSync(file(), line.slice(0, 40));
    expect(since(cursor)).toEqual({ heard: [], cursor });
    // A crash tore it; the journal begins a line of its own.
    write();
    expect(since(cursor).heard).toEqual([3]);
  });

  test('is found where the journal was begun anew, once or often', () => {
    write();
    let { cursor } = since(null);
    for (let i = 0; i < 4; i += 1) write(1);
    expect(since(cursor).heard).toEqual([2, 3, 4, 5]);
    ({ cursor } = since(cursor));
    expect(since(cursor).heard).toEqual([]);
  });

  test('is what is left where old files were removed meanwhile', () => {
    write();
    const { cursor } = since(null);
    for (let i = 0; i < 8; i += 1) write(1);
    expect(since(cursor).heard).toEqual([5, 6, 7, 8, 9]);
  });

  test('is found by the last line where the file was written anew without its old lines', () => {
    for (let i = 0; i < 5; i += 1) write();
    const { cursor } = since(null);
    write();
    const lines = readFileSync(file(), 'utf8').split('\n').slice(3);
    writeFileSync(`${file()}.new`, lines.join('\n'));
    renameSync(`${file()}.new`, file());
    expect(since(cursor).heard).toEqual([6]);
  });

  test('is found by its time where that line is gone, too', () => {
    for (let i = 0; i < 5; i += 1) write();
    const { cursor } = since(null);
    for (let i = 0; i < 2; i += 1) write();
    const lines = readFileSync(file(), 'utf8').split('\n').slice(6);
    writeFileSync(`${file()}.new`, lines.join('\n'));
    renameSync(`${file()}.new`, file());
    expect(since(cursor).heard).toEqual([7]);
  });

  test('is found where a file of the same inode holds other lines', () => {
    for (let i = 0; i < 5; i += 1) write();
    const { cursor } = since(null);
    truncateSync(file(), 0);
    write();
    expect(since(cursor).heard).toEqual([6]);
  });

  test('is no file that something else put there', () => {
    write();
    const { cursor } = since(null);
    writeFileSync(join(dir, 'events.jsonl.old'), `${JSON.stringify(next())}\n`);
    writeFileSync(join(dir, 'other'), `${JSON.stringify(next())}\n`);
    symlinkSync(join(dir, 'other'), join(dir, 'events.jsonl.1'));
    expect(() => since(cursor)).toThrow(/ELOOP/);
    rmSync(join(dir, 'events.jsonl.1'));
    expect(since(cursor).heard).toEqual([]);
  });

  test('is read in parts where it is much, and each once', () => {
    write();
    let { cursor } = since(null);
    for (let i = 0; i < 20; i += 1) {
      const event = { ...next(), message: 'x'.repeat(100_000) };
      openJournal({ dir }).append(event);
    }
    const heard: number[] = [];
    let looks = 0;
    for (let more = true; more; looks += 1) {
      const read = eventsSince(dir, cursor);
      ({ cursor } = read);
      more = read.isMore;
      heard.push(...read.events.map(({ target }) => Number(target.slice(7))));
    }
    expect(heard).toEqual(Array.from({ length: 20 }, (_, i) => i + 2));
    expect(looks).toBeGreaterThan(1);
  });
});

test('law: whatever is written, begun anew and read in between, each event is heard once and in order', () => {
  const steps = fc.array(fc.constantFrom('write', 'write', 'rotate', 'read', 'tear'), { maxLength: 40 });
  fc.assert(
    fc.property(steps, (drawn) => {
      rmSync(dir, { recursive: true, force: true });
      dir = mkdtempSync(join(tmpdir(), 'rollcall-since-'));
      count = 0;
      let { cursor } = since(null);
      const heard: number[] = [];
      const written: number[] = [];
      const read = (): void => {
        const more = since(cursor);
        heard.push(...more.heard);
        ({ cursor } = more);
      };
      for (const step of drawn) {
        // At most four files are kept: who does not look for longer than that loses what is gone.
        if (step === 'rotate') read();
        if (step === 'read') read();
        else if (step === 'tear') appendFileSync(file(), '{"at":"20');
        else {
          write(step === 'rotate' ? 1 : 1_000_000);
          written.push(count);
        }
      }
      read();
      expect(heard).toEqual(written);
    }),
    { numRuns: 100 },
  );
});
