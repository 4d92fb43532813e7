import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { queueFolders } from '../../src/model/queue.ts';

export const PLACES = ['inbox', 'claimed', 'done', 'failed', 'rejected'] as const;
export type Place = (typeof PLACES)[number];

/** One name of a task's, as one listing found it. */
export interface Placed {
  readonly place: Place;
  readonly name: string;
  /** Device and inode: a file that is renamed keeps it, a copy has another. */
  readonly node: string;
  readonly links: number;
  /** Any change of the file, its name included, changes this. */
  readonly changed: string;
}

/**
 * One listing of all five folders, one after the other, in the direction in which tasks move. Null: it was torn,
 * for something moved while it was made.
 */
export function scan(dir: string): readonly Placed[] | null {
  const folders = queueFolders(dir);
  const placed: Placed[] = [];
  try {
    for (const place of PLACES)
      for (const name of namesIn(folders[place])) {
        const { dev, ino, nlink, ctimeNs } = lstatSync(join(folders[place], name), { bigint: true });
        const node = `${String(dev)}:${String(ino)}`;
        placed.push({ place, name, node, links: Number(nlink), changed: String(ctimeNs) });
      }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  return placed;
}

/**
 * Where every task was at one moment. Two listings in a row that agree, to the time of each file's last change,
 * leave no room for a move: all that they show was there at once, between the first's end and the second's start.
 */
export function snapshot(dir: string): readonly Placed[] {
  for (let before = scan(dir); ; ) {
    const after = scan(dir);
    if (before !== null && after !== null && JSON.stringify(before) === JSON.stringify(after)) return after;
    before = after;
  }
}

/** sha256 of a task's bytes where it now is; null: it has moved on. */
export function digest(dir: string, { place, name }: Pick<Placed, 'place' | 'name'>): string | null {
  try {
    return createHash('sha256')
      .update(readFileSync(join(queueFolders(dir)[place], name)))
      .digest('hex');
  } catch {
    return null;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.md') && !name.startsWith('.'))
      .toSorted();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
