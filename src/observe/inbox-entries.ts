import { join } from 'node:path';
import type { FileEntry, FileReader } from '../model/host.ts';
import type { InboxEntry } from '../model/task.ts';
import { boundedly } from './boundedly.ts';
import { type FileFinding, type InboxContext, readInboxFile } from './inbox-file.ts';
import { type CachedFile, type InboxCache, versionOf } from './look-cache.ts';
import { QUIET_MS, quietAt } from './settled.ts';

type Entries = Readonly<Record<string, InboxEntry>>;
type Known = Pick<InboxCache, 'files' | 'settled'>;

/**
 * What stands in an inbox under these names. Only what is new, or changed since the look before, is read; what counts
 * has been quiet for its time and is open for writing nowhere.
 */
export async function lookAtEntries(
  files: FileReader,
  context: InboxContext,
  listed: readonly (readonly [string, FileEntry])[],
  before: Known,
  now: number,
): Promise<{ readonly entries: Entries; readonly known: Known }> {
  const found = await boundedly(listed, async ([name, entry]): Promise<Found> => {
    const cached = before.files.get(name);
    if (cached === undefined || cached.version !== versionOf(entry)) {
      return { name, entry, finding: await readInboxFile(files, context, name, entry, now), settled: false };
    }
    return { name, entry, finding: { type: 'read', file: cached }, settled: before.settled.has(name) };
  });
  const isBusy = await written(files, context.dir, found, now);
  const entries: Record<string, InboxEntry> = {};
  const known = { files: new Map<string, CachedFile>(), settled: new Set<string>() };
  for (const { name, entry, finding, settled } of found) {
    if (finding.type === 'gone') continue;
    if (finding.type === 'read') known.files.set(name, finding.file);
    entries[name] =
      settled && finding.type === 'read' ? finding.file.entry : entryOf(entry, finding, isBusy(name), now);
    if (entries[name].type !== 'unsettled') known.settled.add(name);
  }
  return { entries, known };
}

interface Found {
  readonly name: string;
  readonly entry: FileEntry;
  readonly finding: FileFinding;
  /** An earlier look found it to be whole, and nothing about it has changed since. */
  readonly settled: boolean;
}

/** `null`: nobody can tell who writes it, so its time alone decides, and is to be longer. */
type Busy = boolean | null;

function entryOf(
  entry: FileEntry,
  finding: Exclude<FileFinding, { type: 'gone' }>,
  busy: Busy,
  now: number,
): InboxEntry {
  if (finding.type === 'later') return { type: 'unsettled', until: finding.until, why: finding.why };
  const { file } = finding;
  const until = quietAt(
    entry,
    busy === null ? Math.max(file.quietMs, QUIET_MS.unfinished) : file.quietMs,
    now,
  );
  if (until !== null) return { type: 'unsettled', until, why: whyQuiet(file) };
  if (busy !== true) return file.entry;
  return { type: 'unsettled', until: now + QUIET_MS.whole, why: 'a program has it open for writing' };
}

function whyQuiet({ entry, quietMs }: CachedFile): string {
  if (entry.type === 'bad') return `it changed a moment ago, and is no task so far: ${entry.detail}`;
  return quietMs === QUIET_MS.whole
    ? 'it changed a moment ago'
    : 'it changed a moment ago, and does not end with a newline';
}

/** Which of those that would count now some program has open for writing. Asked at most once, for all of them. */
async function written(
  files: FileReader,
  dir: string,
  found: readonly Found[],
  now: number,
): Promise<(name: string) => Busy> {
  const due = found.filter(
    ({ entry, finding, settled }) =>
      !settled &&
      entry.type === 'file' &&
      finding.type === 'read' &&
      quietAt(entry, finding.file.quietMs, now) === null,
  );
  if (due.length === 0) return () => false;
  const busy = await files.beingWritten(due.map(({ name }) => join(dir, name)));
  if (busy === null) return () => null;
  const paths = new Set(busy);
  return (name) => paths.has(join(dir, name));
}
