import { posix } from 'node:path';

/** What written paths are relative to. Both absolute. */
export interface PathBase {
  /** The file they are written in. */
  readonly file: string;
  /** What `~` stands for. */
  readonly home: string;
}

/** A written path made absolute and normal: `~` and `~/x` expand, a relative one is relative to the file. */
export function absolutePath(written: string, base: PathBase): string {
  const expanded = written === '~' || written.startsWith('~/') ? base.home + written.slice(1) : written;
  return posix.resolve(posix.dirname(base.file), expanded);
}

/** Whether `path` is `folder` or lies in it. Both absolute and normal. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}
