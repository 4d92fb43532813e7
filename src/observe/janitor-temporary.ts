import { KEPT_MEMORY_NAME, type LeftoverPlace, TEMPORARY_NAME } from '../model/leftovers.ts';
import type { Collected, Collecting } from './janitor.ts';
import { leftoverOf, listed, oldestFirst, partOf } from './janitor-parts.ts';

/**
 * Temporary files of ours that a crash left, by their exact names, in the folders in which we write. Folders of that
 * name only beside the runs, where we make them. A folder that cannot be looked into is none of our business here.
 */
export async function collectTemporary(about: Collecting, folders: readonly string[]): Promise<Collected> {
  const { leftovers, look } = about;
  const found: LeftoverPlace['entries'][number][] = [];
  for (const folder of folders) {
    const answer = await listed(leftovers, folder, (name) => TEMPORARY_NAME.test(name));
    for (const [name, entry] of Object.entries(answer.type === 'ok' ? answer.value : {})) {
      const isOurs = entry.type === 'directory' ? folder === look.runsDir : entry.type !== 'other';
      if (isOurs) found.push(leftoverOf([partOf(folder, name, entry)]));
    }
  }
  return { places: { 'fleet/temporary': placeOf('temporary', found) }, problem: null };
}

/** Memory files that could not be believed and were put aside for a person to look at. */
export async function collectMemory({ leftovers, look }: Collecting): Promise<Collected> {
  const answer = await listed(leftovers, look.stateDir, (name) => KEPT_MEMORY_NAME.test(name));
  const entries = Object.entries(answer.type === 'ok' ? answer.value : {})
    .filter(([, { type }]) => type === 'file')
    .map(([name, entry]) => leftoverOf([partOf(look.stateDir, name, entry)]));
  return { places: { 'fleet/memory': placeOf('memory', entries) }, problem: null };
}

function placeOf(kind: LeftoverPlace['kind'], entries: LeftoverPlace['entries']): LeftoverPlace {
  return { kind, entries: oldestFirst(entries), more: false, nextAt: null, rotates: null };
}
