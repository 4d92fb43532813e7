import type { FileAnswer, FileEntry } from '../../src/model/host.ts';
import type { FileNode, World } from './world.ts';

/** What a call found, and the world after it. */
export type Done<T> = readonly [World, T];

type Files = World['files'];

export function textOf(world: World, path: string): string | null {
  const node = world.files[path];
  return node?.type === 'file' ? node.text : null;
}

/** Names in a folder, sorted; null: no such folder. */
export function namesIn(files: Files, folder: string): readonly string[] | null {
  if (files[folder]?.type !== 'directory') return null;
  const prefix = `${folder}/`;
  return Object.keys(files)
    .filter((path) => path.startsWith(prefix) && !path.includes('/', prefix.length))
    .map((path) => path.slice(prefix.length))
    .toSorted();
}

/** The folder and every missing one above it. */
export function withFolder(files: Files, path: string): Files {
  if (path === '' || files[path] !== undefined) return files;
  return { ...withFolder(files, parentOf(path)), [path]: { type: 'directory' } };
}

/** A new file, or the old one's name with other bytes; its folder is there. */
export function withFile(world: World, path: string, text: string, mark = ''): World {
  const node: FileNode = { type: 'file', text, mark, at: world.now };
  return { ...world, files: { ...withFolder(world.files, parentOf(path)), [path]: node } };
}

export function entryOf(node: FileNode): FileEntry {
  const isFile = node.type === 'file';
  const at = isFile ? node.at : 0;
  return {
    type: isFile ? 'file' : 'directory',
    size: isFile ? node.text.length : 0,
    names: 1,
    modifiedAt: at,
    changedAt: at,
    identity: isFile ? identityOf(node) : 'folder',
    nameIsText: true,
  };
}

/** Equal for the same file with the same bytes. */
export function identityOf(node: Extract<FileNode, { type: 'file' }>): string {
  return `${node.mark}:${String(node.text.length)}:${node.text.slice(0, 12)}`;
}

/**
 * As `FileWriter.move`: refuses what is not the file it was, and never writes over anything. The times of a file stay
 * as they are: nobody waits for a moved one to have been quiet, as if that time had passed.
 */
export function move(
  world: World,
  from: string,
  to: string,
  identity: string | null,
): Done<FileAnswer<null>> {
  const node = world.files[from];
  if (node?.type !== 'file') return [world, failed('ENOENT', from)];
  if (identity !== null && identityOf(node) !== identity) return [world, failed('ESTALE', from)];
  if (world.files[to] !== undefined) return [world, failed('EEXIST', to)];
  const { [from]: _, ...rest } = withFolder(world.files, parentOf(to));
  return [
    { ...world, files: { ...rest, [to]: node } },
    { type: 'ok', value: null },
  ];
}

/** As `FileWriter.write`. */
export function write(
  world: World,
  path: string,
  text: string,
  { fresh }: { readonly fresh: boolean },
): Done<FileAnswer<null>> {
  const node = world.files[path];
  if (world.files[parentOf(path)]?.type !== 'directory') return [world, failed('ENOENT', path)];
  if (node?.type === 'directory') return [world, failed('EISDIR', path)];
  if (fresh && node !== undefined) return [world, failed('EEXIST', path)];
  return [withFile(world, path, text), { type: 'ok', value: null }];
}

/** As `FileWriter.remove`. */
export function remove(world: World, path: string): Done<FileAnswer<null>> {
  const node = world.files[path];
  if (node?.type === 'directory') return [world, failed('EISDIR', path)];
  const { [path]: _, ...files } = world.files;
  return [node === undefined ? world : { ...world, files }, { type: 'ok', value: null }];
}

export function failed(code: string, path: string): FileAnswer<never> {
  return { type: 'error', code, text: `${code}: ${path}` };
}

export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
