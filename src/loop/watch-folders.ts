import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';

/** File events get lost, and some filesystems have none: every folder is looked at this often as well. */
const EVERY_MS = 1000;

export interface FolderWatch {
  /** Watches these and no others from now on. */
  keep(folders: readonly string[]): void;
  stop(): void;
}

/**
 * Rings when something in one of the folders appears, changes or goes: one watch for a folder, however much is in it.
 * A folder that is not there yet is noticed when it comes. A hint only.
 */
export function watchFolders(ring: () => void): FolderWatch {
  const watchers = new Map<string, FSWatcher | null>();
  const seen = new Map<string, string>();
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look().finally(() => {
      looking = false;
    });
  }, EVERY_MS);
  timer.unref();

  const begin = (folder: string): FSWatcher | null => {
    try {
      const watcher = watch(folder, { persistent: false }, ring);
      watcher.on('error', () => {
        watcher.close();
        if (watchers.get(folder) === watcher) watchers.set(folder, null);
      });
      return watcher;
    } catch {
      // Not there, or no watch is left to be had: it is looked at all the same.
      return null;
    }
  };

  const look = async (): Promise<void> => {
    for (const folder of watchers.keys()) {
      const now = await signature(folder);
      const before = seen.get(folder);
      if (!watchers.has(folder)) continue;
      seen.set(folder, now);
      if (before === undefined || before === now) continue;
      ring();
      // Another folder may stand there now.
      watchers.get(folder)?.close();
      watchers.set(folder, begin(folder));
    }
  };

  return {
    keep(folders) {
      const wanted = new Set(folders);
      for (const [folder, watcher] of watchers) {
        if (wanted.has(folder)) continue;
        watcher?.close();
        watchers.delete(folder);
        seen.delete(folder);
      }
      for (const folder of wanted) if (!watchers.has(folder)) watchers.set(folder, begin(folder));
    },
    stop() {
      clearInterval(timer);
      for (const watcher of watchers.values()) watcher?.close();
      watchers.clear();
    },
  };
}

async function signature(folder: string): Promise<string> {
  try {
    const { dev, ino, mtimeNs } = await stat(folder, { bigint: true });
    return `${String(dev)} ${String(ino)} ${String(mtimeNs)}`;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
  }
}
