import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/*
 * What Rollcall writes to is put on disks of its own, each some hundred KiB: its state, the folders of an inbox, the
 * folders of the runs. They are mounted in a namespace of the chaos's own (`run.ts`), so nothing of the machine's changes.
 */

const PLACES = ['.local/state/rollcall', 'work/.agent-queue', 'run'];
const FILLER = '.filler';

/** Puts small disks under the places, which must not be there yet or be empty. */
export function mountSmallDisks(home: string): void {
  for (const place of PLACES) {
    const path = join(home, place);
    mkdirSync(path, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=384k,nr_inodes=160,mode=700', 'tmpfs', path]);
  }
}

/** Takes them off again. */
export function unmountSmallDisks(home: string): void {
  for (const place of PLACES) execFileSync('umount', ['-l', join(home, place)]);
}

/** Fills every small disk to its last block and inode; gives what empties them again. */
export function fill(home: string): () => void {
  for (const place of PLACES) {
    const folder = join(home, place, FILLER);
    mkdirSync(folder, { recursive: true });
    for (const size of [64 * 1024, 4096])
      writeUntilFull(join(folder, `blocks-${String(size)}`), Buffer.alloc(size));
    for (let number = 0; makes(join(folder, `inode-${String(number)}`)); number += 1);
  }
  return () => {
    for (const place of PLACES) rmSync(join(home, place, FILLER), { recursive: true, force: true });
  };
}

/** How many names the fillers have: none of them may be left. */
export function fillers(home: string): number {
  return PLACES.flatMap((place) => readdirSync(join(home, place)).filter((name) => name === FILLER)).length;
}

function writeUntilFull(path: string, block: Buffer): void {
  const fd = openSync(path, 'w');
  try {
    for (;;) writeSync(fd, block);
  } catch {
    // Full.
  } finally {
    closeSync(fd);
  }
}

function makes(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx'));
    return true;
  } catch {
    return false;
  }
}
