import { join } from 'node:path';
import type { FileEntry, FileReader } from '../model/host.ts';
import type { InboxEntry } from '../model/task.ts';
import { boundedly } from './boundedly.ts';
import { type FileFinding, type InboxContext, readInboxFile } from './inbox-file.ts';
import type { KnownEntries, KnownFile, ReadFile } from './look-cache.ts';
import { QUIET_MS, quietAt } from './settled.ts';

/** One name in an inbox's folder. */
export interface Listed {
  readonly name: string;
  readonly entry: FileEntry;
}

/**
 * What stands in an inbox under these names. Only what is new, or changed since the look before, is read; what counts
 * has been quiet for its time and is open for writing nowhere.
 */
export async function lookAtEntries(
  files: FileReader,
  context: InboxContext,
  listed: readonly Listed[],
  before: KnownEntries,
  now: number,
): Promise<KnownEntries> {
  const open = listed.filter((each) => settledAs(each, before) === null);
  if (open.length === 0 && listed.length === before.files.size) return before;
  const findings = await findingsOf(files, context, open, before, now);
  const busy = await written(files, context.dir, open, findings, now);
  const entries: Record<string, InboxEntry> = {};
  const ids = new Set<string>();
  const known = new Map<string, KnownFile>();
  for (const each of listed) {
    const kept = settledAs(each, before);
    const finding = findings.get(each.name);
    const is = kept?.file.entry ?? entryOf(each, finding, busy, now);
    if (is === null) continue;
    entries[each.name] = is;
    if (is.type === 'task') ids.add(is.task.id);
    if (kept !== null) known.set(each.name, kept);
    else if (finding?.type === 'read') {
      known.set(each.name, { file: finding.file, settled: is.type !== 'unsettled' });
    }
  }
  return { entries, ids, files: known };
}

type Findings = ReadonlyMap<string, FileFinding>;

/** `null`: nobody can tell who writes it, so its time alone decides, and is to be longer. */
type Busy = (name: string) => boolean | null;

/** What was whole at an earlier look, and about which nothing has changed since. */
function settledAs({ name, entry }: Listed, { files }: KnownEntries): KnownFile | null {
  const known = files.get(name);
  return known?.settled === true && isSame(known.file, entry) ? known : null;
}

function isSame({ changedAt, entry: { identity } }: ReadFile, entry: FileEntry): boolean {
  return changedAt === entry.changedAt && identity === entry.identity;
}

async function findingsOf(
  files: FileReader,
  context: InboxContext,
  open: readonly Listed[],
  before: KnownEntries,
  now: number,
): Promise<Findings> {
  const found = await boundedly(open, async ({ name, entry }): Promise<[string, FileFinding]> => {
    const file = before.files.get(name)?.file;
    const finding =
      file !== undefined && isSame(file, entry)
        ? ({ type: 'read', file } as const)
        : await readInboxFile(files, context, name, entry, now);
    return [name, finding];
  });
  return new Map(found);
}

/** Null: it went while we looked. */
function entryOf(
  { name, entry }: Listed,
  finding: FileFinding | undefined,
  busy: Busy,
  now: number,
): InboxEntry | null {
  if (finding === undefined || finding.type === 'gone') return null;
  if (finding.type === 'later') return { type: 'unsettled', until: finding.until, why: finding.why };
  const { file } = finding;
  const isBusy = busy(name);
  const quietMs = isBusy === null ? Math.max(file.quietMs, QUIET_MS.unfinished) : file.quietMs;
  const until = quietAt(entry, quietMs, now);
  if (until !== null) return { type: 'unsettled', until, why: whyNot(file) };
  if (isBusy !== true) return file.entry;
  return { type: 'unsettled', until: now + QUIET_MS.whole, why: 'a program has it open for writing' };
}

function whyNot({ entry, quietMs }: ReadFile): string {
  if (entry.type === 'bad') return `it changed a moment ago, and is no task so far: ${entry.detail}`;
  return quietMs === QUIET_MS.whole
    ? 'it changed a moment ago'
    : 'it changed a moment ago, and does not end with a newline';
}

/** Which of those that would count now some program has open for writing. Asked at most once, for all of them. */
async function written(
  files: FileReader,
  dir: string,
  open: readonly Listed[],
  findings: Findings,
  now: number,
): Promise<Busy> {
  const due = open.filter(({ name, entry }) => {
    const finding = findings.get(name);
    return (
      entry.type === 'file' && finding?.type === 'read' && quietAt(entry, finding.file.quietMs, now) === null
    );
  });
  if (due.length === 0) return () => false;
  const paths = await files.beingWritten(due.map(({ name }) => join(dir, name)));
  if (paths === null) return () => null;
  const busy = new Set(paths);
  return (name) => busy.has(join(dir, name));
}
