import type { Io } from './io.ts';

/** Priorities as in syslog(3): what `journalctl -p` goes by. */
const PRIORITY = { debug: 7, info: 6, warn: 4, error: 3 } as const;

/** journald cuts at 48 KiB, and what is behind the cut has no priority and is no JSON. */
const MAX_BYTES = 16_000;
const MAX_VALUE = 500;

/** A line of the loop's log as the journal takes it: its priority in front, and never too long. `line` is JSON. */
export function journalLine(line: string): string {
  const fields: Readonly<Record<string, unknown>> = JSON.parse(line);
  const level = Number(fields['level']);
  const priority =
    level >= 50 ? PRIORITY.error : level >= 40 ? PRIORITY.warn : level >= 30 ? PRIORITY.info : PRIORITY.debug;
  return `<${String(priority)}>${short(line.trimEnd(), fields)}\n`;
}

/** Where stderr is the journal: the same process, with each line of its talk marked as an error. */
export function talkingToJournal(io: Io): Io {
  const { stderr } = io;
  if (stderr.isJournal !== true) return io;
  return { ...io, stderr: { ...stderr, write: (text) => stderr.write(markedErrors(text)) } };
}

/** Whether a stream, given by device and inode, is the one systemd connected to the journal. */
export function isJournal(stream: { readonly dev: bigint; readonly ino: bigint }, env: Io['env']): boolean {
  return env['JOURNAL_STREAM'] === `${String(stream.dev)}:${String(stream.ino)}`;
}

function markedErrors(text: string): string {
  return text.replaceAll(/^(?=[^\n])/gm, `<${String(PRIORITY.error)}>`);
}

function short(line: string, fields: Readonly<Record<string, unknown>>): string {
  if (Buffer.byteLength(line) <= MAX_BYTES) return line;
  const cut = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === 'string' && value.length > MAX_VALUE ? `${value.slice(0, MAX_VALUE)}…` : value,
  ]);
  const shorter = JSON.stringify({ ...Object.fromEntries(cut), cutFromBytes: Buffer.byteLength(line) });
  if (Buffer.byteLength(shorter) <= MAX_BYTES) return shorter;
  const { level, fleet, msg } = fields;
  const words = typeof msg === 'string' ? msg.slice(0, MAX_VALUE) : '';
  return JSON.stringify({ level, fleet, msg: words, cutFromBytes: Buffer.byteLength(line) });
}
