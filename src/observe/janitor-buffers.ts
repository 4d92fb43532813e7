import { OUR_BUFFER, TEMPORARY_MS } from '../model/leftovers.ts';
import type { Collected, Collecting } from './janitor.ts';
import { isAttempt, leftoverOf, listed, oldestFirst } from './janitor-parts.ts';

/**
 * Paste buffers that a delivery which was cut off left in the tmux server. Ours is one whose attempt has a folder among
 * our runs; so where there is none, the server is not even asked. Nothing tells that one has come, so it is asked again
 * every hour.
 */
export async function collectBuffers(about: Collecting): Promise<Collected> {
  const { leftovers, look, inUse, at } = about;
  const runs = await listed(leftovers, look.runsDir, isAttempt);
  const known = runs.type === 'ok' ? runs.value : {};
  const found = Object.keys(known).length === 0 ? [] : await leftovers.buffers();
  const entries = found.flatMap((part) => {
    const attempt = OUR_BUFFER.exec(part.name)?.groups?.['attempt'] ?? '';
    return Object.hasOwn(known, attempt) && !inUse.has(attempt) ? [leftoverOf([part], { attempt })] : [];
  });
  const place = {
    kind: 'temporary',
    entries: oldestFirst(entries),
    more: false,
    nextAt: at + TEMPORARY_MS,
    rotates: null,
  } as const;
  return { places: { 'fleet/buffers': place }, problem: null };
}
