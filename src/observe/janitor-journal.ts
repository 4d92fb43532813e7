import { join } from 'node:path';
import type { FileEntry } from '../model/host.ts';
import type { Leftover, LeftoverPlace } from '../model/leftovers.ts';
import type { Collected, Collecting } from './janitor.ts';
import { leftoverOf, listed, partOf } from './janitor-parts.ts';

/** So many parts of the age a journal is kept in: a line goes at the latest a quarter of the age after its time. */
const PARTS = 4;

/**
 * The files of a journal. Lines go a file at a time, for a file that is rewritten could lose the line that is just being
 * written: `.4` first, once its last line is past its age. So that no file grows too old to go, the current one is
 * begun anew when its first line is a quarter of the age old.
 */
export async function collectJournal(about: Collecting, name: 'events' | 'evidence'): Promise<Collected> {
  const { leftovers, look } = about;
  const { stateDir } = look;
  const current = `${name}.jsonl`;
  const answer = await listed(leftovers, stateDir, (each) => NAMES[name].test(each));
  if (answer.type === 'error') return { places: {}, problem: { folder: stateDir, text: answer.text } };
  const entries = fullFiles(stateDir, current, answer.value);
  const found = answer.value[current];
  const full = Object.hasOwn(answer.value, `${current}.${String(PARTS)}`);
  const rotates = found === undefined || full ? null : await begunAt(about, join(stateDir, current), found);
  const place: LeftoverPlace = { kind: 'events', entries, more: false, nextAt: null, rotates };
  return { places: { [`fleet/${name}`]: place }, problem: null };
}

const NAMES = {
  events: /^events\.jsonl(?:\.[1-9]\d?)?$/,
  evidence: /^evidence\.jsonl(?:\.[1-9]\d?)?$/,
} as const;

/** The full ones, the last number (the oldest) first: those before it can go only after it. */
function fullFiles(
  folder: string,
  current: string,
  found: Readonly<Record<string, FileEntry>>,
): readonly Leftover[] {
  const files = Object.entries(found)
    .filter(([name, { type }]) => name !== current && type === 'file')
    .toSorted(([a], [b]) => numberOf(b) - numberOf(a));
  let since = 0;
  return files.map(([name, entry]) => {
    // Its last line's time: what a rename changes says nothing of its lines.
    since = Math.max(since, entry.modifiedAt);
    return { ...leftoverOf([partOf(folder, name, entry)]), since };
  });
}

function numberOf(name: string): number {
  return Number(name.slice(name.lastIndexOf('.') + 1));
}

/** When it is to be begun anew; null: its first line tells no time. */
async function begunAt(
  { leftovers, desired }: Collecting,
  path: string,
  { type, identity }: FileEntry,
): Promise<LeftoverPlace['rotates']> {
  const head = type === 'file' ? await leftovers.head(path, 4096) : null;
  const at = head?.type === 'ok' ? /^\{"at":"([^"]{1,40})"/.exec(head.value)?.[1] : undefined;
  const begun = at === undefined ? Number.NaN : Date.parse(at);
  if (!Number.isFinite(begun)) return null;
  // Lines come all the time: device and inode tell which file it is.
  const file = identity.split(':').slice(0, 2).join(':');
  return { path, identity: file, at: begun + Math.ceil(desired.janitor.keepEventsMs / PARTS) };
}
