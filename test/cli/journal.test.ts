import { expect, test } from 'vitest';
import { isJournal, journalLine, talkingToJournal } from '../../src/commands/journal.ts';
import type { Io } from '../../src/commands/io.ts';

const NEVER = new AbortController().signal;

function line(fields: Readonly<Record<string, unknown>>): string {
  return journalLine(`${JSON.stringify({ level: 30, fleet: 'home', msg: 'hello', ...fields })}\n`);
}

test.each([
  [20, '<7>'],
  [30, '<6>'],
  [40, '<4>'],
  [50, '<3>'],
  [60, '<3>'],
])('level %i has priority %s', (level, mark) => {
  expect(line({ level })).toBe(`${mark}${JSON.stringify({ level, fleet: 'home', msg: 'hello' })}\n`);
});

test('a line is never longer than 16 kB, and stays JSON with its message', () => {
  const many = Object.fromEntries(
    Array.from({ length: 2000 }, (_, i) => [`key${String(i)}`, 'é'.repeat(20)]),
  );
  for (const fields of [{ text: 'é'.repeat(100_000) }, { list: Array(20_000).fill('x') }, many]) {
    const long = line({ level: 50, ...fields });
    expect(Buffer.byteLength(long)).toBeLessThan(16_384);
    expect(long.startsWith('<3>')).toBe(true);
    expect(JSON.parse(long.slice(3))).toMatchObject({ level: 50, fleet: 'home', msg: 'hello' });
    expect(JSON.parse(long.slice(3)).cutFromBytes).toBeGreaterThan(16_000);
  }
});

test('only the stream that systemd named is the journal', () => {
  expect(isJournal({ dev: 8n, ino: 15n }, { JOURNAL_STREAM: '8:15' })).toBe(true);
  expect(isJournal({ dev: 8n, ino: 16n }, { JOURNAL_STREAM: '8:15' })).toBe(false);
  expect(isJournal({ dev: 8n, ino: 15n }, {})).toBe(false);
});

test.each([
  [true, '<3>rollcall: bad\n\n<3>two\n'],
  [false, 'rollcall: bad\n\ntwo\n'],
])('talk is marked line by line where stderr is the journal: %s', (journal, expected) => {
  let said = '';
  const sink = { write: (text: string) => (said += text), isTTY: false, columns: null, isJournal: journal };
  const io: Io = {
    stdout: sink,
    stderr: sink,
    env: {},
    cwd: '/',
    now: () => 0,
    ask: null,
    interruption: () => NEVER,
    onHangup: () => undefined,
    gone: NEVER,
    runOnTerminal: () => Promise.resolve(0),
  };
  talkingToJournal(io).stderr.write('rollcall: bad\n\ntwo\n');
  expect(said).toBe(expected);
});
