import { join } from 'node:path';
import type { FileEntry } from '../model/host.ts';
import type { Leftover, LeftoverPart, LeftoverPlace } from '../model/leftovers.ts';
import { queueFolders, recordOf } from '../model/queue.ts';
import { parseRecord } from '../queue/record.ts';
import { boundedly } from './boundedly.ts';
import { MOST_RECORD_BYTES } from './history.ts';
import type { Collected, Collecting } from './janitor.ts';
import { leftoverOf, listed, oldestFirst, partOf } from './janitor-parts.ts';
import { type RunFolders, runFolders } from './janitor-runs.ts';
import { cancelledTasks } from './janitor-cancelled.ts';
import type { PastRecord } from './look-cache.ts';

type Entries = Readonly<Record<string, FileEntry>>;

/** Names that tasks of ours have in `done/` and `failed/`, and the reasons beside them. */
export const TASK_NAMES = /^[^.].*\.md(?:\.reason)?$/s;

/** At most so many records are read in one look; the oldest first. */
const MOST_READ = 500;

/**
 * Tasks that are over, each with the record that says so: a file without one is nobody's word for a task of ours, and
 * stays. Only records that may be past their age are read.
 */
export async function collectTasks(about: Collecting, inbox: string): Promise<Collected> {
  const { leftovers, desired } = about;
  const folders = queueFolders(desired.inboxes[inbox]?.dir ?? '');
  const found: Record<'attempts' | 'done' | 'failed', Entries> = { attempts: {}, done: {}, failed: {} };
  for (const each of ['attempts', 'done', 'failed'] as const) {
    const answer = await listed(leftovers, folders[each], each === 'attempts' ? /\.json$/ : TASK_NAMES);
    if (answer.type === 'error') return { places: {}, problem: { folder: folders[each], text: answer.text } };
    found[each] = answer.value;
  }
  const { records, more, nextAt } = await pastRecords(about, folders.attempts, found.attempts);
  const runs = await runFolders(about);
  const owned = owners(records, found);
  const entries: Record<'done' | 'failed', Leftover[]> = { done: [], failed: [] };
  for (const { name, record } of records) {
    if (about.inUse.has(record.attempt)) continue;
    const parts = await partsOf(about, runs, record, owned.get(name) ?? null, folders);
    if (parts === null) continue;
    const entry = found.attempts[name];
    if (entry === undefined) continue;
    const { attempt, id, endedAt, result } = record;
    const whole = [...parts, partOf(folders.attempts, name, entry)];
    entries[result === 'done' ? 'done' : 'failed'].push(leftoverOf(whole, { attempt, id, since: endedAt }));
  }
  const taken = new Set([...owned.values()].map(({ file }) => file));
  const cancelled = await cancelledTasks(about, folders.failed, found.failed, taken);
  const place = (kind: 'done' | 'failed', of: readonly Leftover[]): LeftoverPlace => ({
    kind,
    entries: oldestFirst(of),
    more,
    nextAt,
    rotates: null,
  });
  return {
    places: {
      [`inbox/${inbox}/done`]: place('done', entries.done),
      [`inbox/${inbox}/failed`]: place('failed', [...entries.failed, ...cancelled]),
    },
    problem: null,
  };
}

interface NamedRecord {
  /** In `attempts/`. */
  readonly name: string;
  readonly record: PastRecord;
}

/** The records that may be past their age, as far as they are of this fleet and over. */
async function pastRecords(
  about: Collecting,
  folder: string,
  entries: Entries,
): Promise<{
  readonly records: readonly NamedRecord[];
  readonly more: boolean;
  readonly nextAt: number | null;
}> {
  const { desired, at, cache } = about;
  const least = Math.min(desired.janitor.keepDoneMs, desired.janitor.keepFailedMs);
  const named = Object.entries(entries)
    .filter(([name, { type }]) => type === 'file' && recordOf(name) !== null)
    .toSorted(([, a], [, b]) => a.changedAt - b.changedAt);
  const past = named.filter(([, { changedAt }]) => changedAt + least <= at);
  const first = past.slice(0, MOST_READ);
  const read = await boundedly(first, async ([name, { identity }]) => {
    const key = `${name} ${identity}`;
    const known = cache.read.get(key);
    return { name, key, record: known === undefined ? await pastRecord(about, folder, name) : known };
  });
  cache.read = new Map(read.map(({ key, record }) => [key, record]));
  const records = read.flatMap(({ name, record }) => (record === null ? [] : [{ name, record }]));
  const next = named[past.length]?.[1].changedAt;
  // What is read and stays (another fleet's, say) must not hide the rest for ever.
  const more = past.length > first.length && records.length > 0;
  return { records, more, nextAt: next === undefined ? null : next + least };
}

async function pastRecord(
  { host, desired }: Collecting,
  folder: string,
  name: string,
): Promise<PastRecord | null> {
  const text = await host.files.text(join(folder, name), MOST_RECORD_BYTES);
  const record = text.type === 'ok' ? parseRecord(text.value) : null;
  const named = recordOf(name);
  if (record === null || named === null || record.end === null || record.fleet !== desired.name) return null;
  if (record.attempt !== named.attempt || record.id !== named.id) return null;
  const { id, attempt, file, launches, end } = record;
  return { id, attempt, file, launches, result: end.result, endedAt: end.at };
}

interface Owned {
  readonly folder: 'done' | 'failed';
  /** Its name there. */
  readonly file: string;
  readonly entry: FileEntry;
}

/**
 * Which file each record's task is: the one that bears its attempt's name, else the one of its own name, which is the
 * task of whoever ended last under it.
 */
function owners(
  records: readonly NamedRecord[],
  found: Readonly<Record<'done' | 'failed', Entries>>,
): ReadonlyMap<string, Owned> {
  const owned = new Map<string, Owned>();
  const last = new Map<string, NamedRecord>();
  for (const each of records) {
    const { result, file, attempt, endedAt } = each.record;
    if (result === 'returned') continue;
    const apart = `${file.endsWith('.md') ? file.slice(0, -3) : file}@${attempt}.md`;
    const entry = Object.hasOwn(found[result], apart) ? found[result][apart] : undefined;
    if (entry !== undefined) {
      owned.set(each.name, { folder: result, file: apart, entry });
      continue;
    }
    const key = `${result} ${file}`;
    const before = last.get(key);
    if (before === undefined || before.record.endedAt < endedAt) last.set(key, each);
  }
  for (const { name, record } of last.values()) {
    if (record.result === 'returned') continue;
    const entry = Object.hasOwn(found[record.result], record.file)
      ? found[record.result][record.file]
      : undefined;
    if (entry !== undefined) owned.set(name, { folder: record.result, file: record.file, entry });
  }
  return owned;
}

/** Its run's folder, then its file; null: something of it lives, or is no plain file. */
async function partsOf(
  { at }: Collecting,
  runs: RunFolders,
  { attempt, launches }: PastRecord,
  owned: Owned | null,
  folders: Readonly<Record<'done' | 'failed', string>>,
): Promise<readonly LeftoverPart[] | null> {
  if (owned !== null && owned.entry.type !== 'file') return null;
  const run = await runs.partOf(attempt, launches, at);
  if (run === 'in-use') return null;
  return [
    ...(run === null ? [] : [run]),
    ...(owned === null ? [] : [partOf(folders[owned.folder], owned.file, owned.entry)]),
  ];
}
