import { basename, dirname } from 'node:path';
import type { FileAnswer, FileEntry, FileReader } from '../model/host.ts';
import type { QueueFolders } from '../model/queue.ts';
import type { CachedListing } from './look-cache.ts';

const NEIGHBOURS = ['claimed', 'done', 'failed', 'rejected', 'attempts'] as const;
type Neighbour = (typeof NEIGHBOURS)[number];

type Neighbours =
  | { readonly ok: true; readonly names: Readonly<Record<Neighbour, readonly string[]>> }
  | {
      readonly ok: false;
      readonly folder: string;
      readonly error: Extract<FileAnswer<never>, { type: 'error' }>;
    };

/**
 * The names in the folders beside an inbox; one that is not there is empty. `done` and its like grow for weeks, so
 * they are listed again only where the folder itself has changed. `claimed` always is.
 */
export async function lookAtNeighbours(
  files: FileReader,
  folders: QueueFolders,
  listings: Map<string, CachedListing>,
  now: number,
): Promise<Neighbours> {
  const beside = await files.entries(dirname(folders.inbox));
  const entryOf = (folder: string): FileEntry | undefined =>
    beside.type === 'ok' && Object.hasOwn(beside.value, basename(folder))
      ? beside.value[basename(folder)]
      : undefined;
  const names: Record<Neighbour, readonly string[]> = {
    claimed: [],
    done: [],
    failed: [],
    rejected: [],
    attempts: [],
  };
  for (const each of NEIGHBOURS) {
    const folder = folders[each];
    const entry = each === 'claimed' ? undefined : entryOf(folder);
    const listed = await listing(files, folder, entry, listings, now);
    if (listed.type === 'error') return { ok: false, folder, error: listed };
    names[each] = listed.value;
  }
  return { ok: true, names };
}

/** A folder that changed a moment ago may change again within the same tick of its clock, and look the same. */
const TICK_MS = 2000;

async function listing(
  files: FileReader,
  folder: string,
  entry: FileEntry | undefined,
  listings: Map<string, CachedListing>,
  now: number,
): Promise<FileAnswer<readonly string[]>> {
  const cached = listings.get(folder);
  // A link's own times say nothing of the folder behind it.
  const isStill = entry?.type === 'directory' && now - entry.changedAt > TICK_MS;
  if (isStill && cached?.identity === entry.identity && cached.changedAt === entry.changedAt) {
    return { type: 'ok', value: cached.names };
  }
  const answer = await files.names(folder);
  if (answer.type === 'error') return answer.code === 'ENOENT' ? { type: 'ok', value: [] } : answer;
  if (isStill)
    listings.set(folder, { identity: entry.identity, changedAt: entry.changedAt, names: answer.value });
  else listings.delete(folder);
  return answer;
}
