import type { FileEntry } from '../model/host.ts';

/** How long nothing may have changed about a file before it counts, milliseconds. */
export const QUIET_MS = { whole: 1000, unfinished: 5000, bad: 5000, empty: 30_000 } as const;

/** A change that lies further ahead than this was made under another clock. */
const AHEAD_MS = 2000;

/**
 * When a file that last changed then will have been quiet for so long, epoch milliseconds; null: it has been already.
 * One that changed in the future did so before the clock was set back: its time tells nothing.
 */
export function quietAt(
  { changedAt }: Pick<FileEntry, 'changedAt'>,
  forMs: number,
  now: number,
): number | null {
  if (changedAt > now + AHEAD_MS || now - changedAt >= forMs) return null;
  return Math.ceil(changedAt + forMs);
}
