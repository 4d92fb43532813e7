import { watch } from 'chokidar';

/**
 * Rings when one of `paths` appears, changes or goes; `folders` hold them. The folders are watched, not the
 * files: an editor that saves by rename would leave a watch on the file behind. A hint only: events get lost.
 */
export function watchPaths(
  paths: readonly string[],
  folders: readonly string[],
  ring: () => void,
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
  // A folder that cannot be watched is looked at on every tick all the same.
  watcher.on('error', () => undefined);
  return async () => watcher.close();
}
