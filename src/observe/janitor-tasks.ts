import type { FileEntry } from '../model/host.ts';
import type { Leftover, LeftoverPart, LeftoverPlace } from '../model/leftovers.ts';
import { type QueueFolders, queueFolders } from '../model/queue.ts';
import type { Collected, Collecting } from './janitor.ts';
import { cancelledTasks } from './janitor-cancelled.ts';
import { earliest, leftoverOf, listed, oldestFirst, partOf, SPARED_MS } from './janitor-parts.ts';
import { type OldRecord, oldRecords } from './janitor-records.ts';
import { type RunFolders, runFolders } from './janitor-runs.ts';

type Entries = Readonly<Record<string, FileEntry>>;
type Found = Readonly<Record<'done' | 'failed', Entries>>;

/**
 * Tasks that are over, each with the record that says so: a file without one is nobody's word for a task of ours, and
 * stays. Only what may be past its age is read, or even asked for.
 */
export async function collectTasks(about: Collecting, inbox: string): Promise<Collected> {
  const folders = queueFolders(about.desired.inboxes[inbox]?.dir ?? '');
  const old = await oldRecords(about, folders.attempts);
  if (old.type === 'error') return { places: {}, problem: { folder: folders.attempts, text: old.text } };
  const names = new Set(old.records.flatMap(({ record }) => [record.file, apartName(record)]));
  const found = { done: {}, failed: {} };
  for (const each of ['done', 'failed'] as const) {
    const answer = await listed(
      about.leftovers,
      folders[each],
      (name) => names.has(name) || (each === 'failed' && isReasoned(name)),
    );
    if (answer.type === 'error') return { places: {}, problem: { folder: folders[each], text: answer.text } };
    found[each] = answer.value;
  }
  const owned = owners(old.records, found);
  const runs = await runFolders(about);
  const entries: Record<'done' | 'failed', Leftover[]> = { done: [], failed: [] };
  let spared = 0;
  for (const each of old.records) {
    const { attempt, id, endedAt, result } = each.record;
    const parts = await partsOf(about, runs, each, owned.get(each) ?? null, folders);
    if (parts === null) spared += 1;
    else
      entries[result === 'done' ? 'done' : 'failed'].push(leftoverOf(parts, { attempt, id, since: endedAt }));
  }
  const taken = new Set([...owned.values()].map(({ file }) => file));
  const cancelled = await cancelledTasks(about, folders.failed, found.failed, taken);
  const nextAt = earliest(old.nextAt, spared === 0 ? null : about.at + SPARED_MS);
  const place = (kind: 'done' | 'failed', of: readonly Leftover[]): LeftoverPlace => {
    return { kind, entries: oldestFirst(of), more: old.more, nextAt, rotates: null };
  };
  return {
    places: {
      [`inbox/${inbox}/done`]: place('done', entries.done),
      [`inbox/${inbox}/failed`]: place('failed', [...entries.failed, ...cancelled]),
    },
    problem: null,
  };
}

/** A reason, or what may have one beside it: a task that was cancelled before it was started has no record. */
function isReasoned(name: string): boolean {
  return !name.startsWith('.') && (name.endsWith('.md') || name.endsWith('.md.reason'));
}

/** The name a task got where its own was taken. */
function apartName({ file, attempt }: OldRecord['record']): string {
  return `${file.endsWith('.md') ? file.slice(0, -3) : file}@${attempt}.md`;
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
function owners(records: readonly OldRecord[], found: Found): ReadonlyMap<OldRecord, Owned> {
  const owned = new Map<OldRecord, Owned>();
  const last = new Map<string, OldRecord>();
  for (const each of records) {
    const { record } = each;
    const apart = fileOf(record, apartName(record), found);
    if (apart !== null) {
      owned.set(each, apart);
      continue;
    }
    const key = `${record.result} ${record.file}`;
    const before = last.get(key);
    if (before === undefined || before.record.endedAt < record.endedAt) last.set(key, each);
  }
  for (const each of last.values()) {
    const own = fileOf(each.record, each.record.file, found);
    if (own !== null) owned.set(each, own);
  }
  return owned;
}

function fileOf({ result }: OldRecord['record'], file: string, found: Found): Owned | null {
  if (result === 'returned') return null;
  const entry = Object.hasOwn(found[result], file) ? found[result][file] : undefined;
  return entry === undefined ? null : { folder: result, file, entry };
}

/** Its run's folder, its file, its record; null: it is under way, something of it lives, or it is no plain file. */
async function partsOf(
  about: Collecting,
  runs: RunFolders,
  { part, record }: OldRecord,
  owned: Owned | null,
  folders: QueueFolders,
): Promise<readonly LeftoverPart[] | null> {
  const { attempt, launches } = record;
  if (about.inUse.has(attempt) || (owned !== null && owned.entry.type !== 'file')) return null;
  const run = await runs.partOf(attempt, launches);
  if (run === 'in-use') return null;
  return [
    ...(run === null ? [] : [run]),
    ...(owned === null ? [] : [partOf(folders[owned.folder], owned.file, owned.entry)]),
    part,
  ];
}
