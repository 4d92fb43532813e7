import type { BigIntStats } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import { watch } from 'chokidar';

export interface WatchOptions {
  /** Whether what a link leads to is meant, as for a file that is edited through one. */
  readonly follow?: boolean;
}

/** File events get lost: every path is looked at this often as well, for some microseconds each. */
const EVERY_MS = 1000;

/**
 * Rings when one of `paths` appears, changes or goes; `folders` hold them. The folders are watched, not the
 * files: an editor that saves by rename would leave a watch on the file behind. A hint only.
 */
export function watchPaths(
  paths: readonly string[],
  folders: readonly string[],
  ring: () => void,
  options: WatchOptions = {},
): () => Promise<void> {
  const wanted = new Set([...paths, ...folders]);
  const watcher = watch([...new Set(folders)], {
    depth: 0,
    ignoreInitial: true,
    followSymlinks: false,
    ignored: (path) => !wanted.has(path),
    persistent: false,
  });
  watcher.on('all', () => {
    ring();
  });
  // A folder that cannot be watched is looked at all the same.
  watcher.on('error', () => undefined);
  const stopPolling = poll(paths, options.follow === true ? stat : lstat, ring);
  return async () => {
    stopPolling();
    await watcher.close();
  };
}

type Look = (path: string, options: { readonly bigint: true }) => Promise<BigIntStats>;

function poll(paths: readonly string[], look: Look, ring: () => void): () => void {
  let before: string | null = null;
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void signature(paths, look).then((now) => {
      looking = false;
      if (before !== null && now !== before) ring();
      before = now;
    });
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

async function signature(paths: readonly string[], look: Look): Promise<string> {
  const parts = paths.map(async (path) => {
    try {
      const { dev, ino, mode, size, mtimeNs } = await look(path, { bigint: true });
      // A folder's own time changes with what is in it, which is no business of ours.
      const inside = (mode & 0o170000n) === 0o040000n ? '' : `${String(size)} ${String(mtimeNs)}`;
      return `${String(dev)} ${String(ino)} ${String(mode)} ${inside}`;
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    }
  });
  return JSON.stringify(await Promise.all(parts));
}
