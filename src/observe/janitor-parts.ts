import type { FileAnswer, FileEntry, LeftoverReader } from '../model/host.ts';
import type { Leftover, LeftoverPart } from '../model/leftovers.ts';

/** One name as a part of something old. */
export function partOf(folder: string, name: string, entry: FileEntry): LeftoverPart {
  const type = entry.type === 'directory' ? 'folder' : 'file';
  return { folder, name, type, identity: entry.identity, changedAt: entry.changedAt };
}

/** Parts that go together, since the youngest of them changed. */
export function leftoverOf(
  parts: readonly LeftoverPart[],
  about: { readonly attempt?: string; readonly id?: string; readonly since?: number } = {},
): Leftover {
  const since = Math.max(about.since ?? 0, ...parts.map(({ changedAt }) => changedAt));
  return { since, attempt: about.attempt ?? null, id: about.id ?? null, parts };
}

export function oldestFirst(entries: readonly Leftover[]): readonly Leftover[] {
  return entries.toSorted((a, b) => a.since - b.since || (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** What is spared, for something of it lives, is looked at again so much later. */
export const SPARED_MS = 300_000;

/** The first of these times; null: there is none. */
export function earliest(...times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** Whether a name among the runs may be that of an attempt. */
export function isAttempt(name: string): boolean {
  return /^[a-z0-9]{4,32}$/.test(name);
}

/** A folder that is not there is empty. */
export async function listed(
  leftovers: LeftoverReader,
  folder: string,
  isWanted: (name: string) => boolean,
): Promise<FileAnswer<Readonly<Record<string, FileEntry>>>> {
  const answer = await leftovers.list(folder, isWanted);
  return answer.type === 'error' && answer.code === 'ENOENT' ? { type: 'ok', value: {} } : answer;
}

function keyOf({ parts }: Leftover): string {
  return parts.map(({ folder, name }) => `${folder}/${name}`).join(' ');
}
