import { join } from 'node:path';
import type { FileEntry } from '../model/host.ts';
import type { Leftover } from '../model/leftovers.ts';
import { boundedly } from './boundedly.ts';
import type { Collecting } from './janitor.ts';
import { leftoverOf, partOf } from './janitor-parts.ts';

type Entries = Readonly<Record<string, FileEntry>>;

/** More than a reason of ours has. */
const MOST_REASON_BYTES = 16_384;

/** Tasks that were cancelled before they were started: no attempt was made, so the reason beside them is all there is. */
export async function cancelledTasks(
  about: Collecting,
  folder: string,
  entries: Entries,
  taken: ReadonlySet<string>,
): Promise<readonly Leftover[]> {
  const { at, desired } = about;
  return await withReasons(about, folder, entries, {
    words: ['cancelled'],
    isPast: ({ changedAt }) => changedAt + desired.janitor.keepFailedMs <= at,
    isFree: (name) => !taken.has(name),
  });
}

/**
 * Files with a reason of ours beside them, and reasons whose file has gone. The reason goes last: it is what tells that
 * the file is ours. It is read only once it is old enough to matter.
 */
export async function withReasons(
  { host }: Pick<Collecting, 'host'>,
  folder: string,
  entries: Entries,
  options: {
    /** What its first line may be. */
    readonly words: readonly string[];
    readonly isPast: (entry: FileEntry) => boolean;
    readonly isFree: (name: string) => boolean;
  },
): Promise<readonly Leftover[]> {
  const reasons = Object.entries(entries).filter(
    ([name, entry]) => name.endsWith('.reason') && entry.type === 'file',
  );
  const found = await boundedly(reasons, async ([name, reason]): Promise<readonly Leftover[]> => {
    const file = name.slice(0, -'.reason'.length);
    const entry = Object.hasOwn(entries, file) ? entries[file] : undefined;
    if (!options.isFree(file) || entry?.type === 'directory') return [];
    const parts = [
      ...(entry === undefined ? [] : [partOf(folder, file, entry)]),
      partOf(folder, name, reason),
    ];
    if (!options.isPast(reason)) return [leftoverOf(parts)];
    const text = await host.files.text(join(folder, name), MOST_REASON_BYTES);
    const word = text.type === 'ok' ? text.value.split('\n', 1)[0] : undefined;
    return word !== undefined && options.words.includes(word) ? [leftoverOf(parts)] : [];
  });
  return found.flat();
}
