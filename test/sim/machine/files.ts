import type { FileAnswer, FileEntry } from '../../../src/model/host.ts';
import { failed, parentOf, resolved, walk } from './paths.ts';
import type { FileNode, Files, World } from './world.ts';

/** What a call found, and the world after it. */
export type Done<T> = readonly [World, T];

export function textOf(world: World, path: string): string | null {
  const node = world.files[resolved(world.files, path) ?? path];
  return node?.type === 'file' ? node.text : null;
}

/** Names in a folder, sorted; null: no such folder. */
export function namesIn(files: Files, folder: string): readonly string[] | null {
  const real = resolved(files, folder);
  return real === null || files[real]?.type !== 'directory' ? null : (indexOf(files).get(real) ?? []);
}

/** The folder and every missing one above it. */
export function withFolder(files: Files, path: string): Files {
  if (path === '' || files[path] !== undefined) return files;
  return { ...withFolder(files, parentOf(path)), [path]: { type: 'directory' } };
}

/** A new file, or the old one's name with other bytes; its folder is made where it is missing. */
export function withFile(world: World, path: string, text: string, mark = ''): World {
  const found = walk(world.files, path, true);
  if (found.type === 'error') return world;
  const { real } = found;
  if (world.files[real] !== undefined && world.files[real].type !== 'file') return world;
  const node: FileNode = { type: 'file', text, mark, at: world.now };
  return withNode(withParents(world, real), real, node);
}

/** Something at a path, or nothing: written, and not on the disk yet. */
export function withNode(world: World, path: string, node: FileNode | null): World {
  const before = world.files[path] ?? null;
  const { [path]: _, ...others } = world.files;
  const files = node === null ? others : { ...world.files, [path]: node };
  if (world.unsynced === null) return { ...world, files };
  const unsynced = Object.hasOwn(world.unsynced, path)
    ? world.unsynced
    : { ...world.unsynced, [path]: before };
  const parent = parentOf(path);
  const timed =
    (before === null) === (node === null) || files[parent]?.type !== 'directory'
      ? files
      : { ...files, [parent]: { type: 'directory' as const, at: world.now } };
  return { ...world, files: timed, unsynced };
}

/** What stands at these paths is on the disk now, as fsync of the files and of their folders makes it. */
export function synced(world: World, paths: readonly string[]): World {
  if (world.unsynced === null) return world;
  const unsynced = Object.fromEntries(
    Object.entries(world.unsynced).filter(([path]) => !paths.includes(path)),
  );
  return { ...world, unsynced };
}

function withParents(world: World, path: string): World {
  const parent = parentOf(path);
  if (parent === '' || world.files[parent] !== undefined) return world;
  return withNode(withParents(world, parent), parent, { type: 'directory' });
}

/** As `FileWriter.makeDirectory`: nothing of it is on the disk when it returns. */
export function makeDirectory(world: World, path: string): Done<FileAnswer<null>> {
  const found = walk(world.files, path, true);
  if (found.type === 'error') return [world, found];
  const { real } = found;
  if (world.files[real]?.type === 'directory') return [world, { type: 'ok', value: null }];
  if (world.files[real] !== undefined) return [world, failed('EEXIST', path)];
  const above = nearest(world.files, real);
  if (world.files[above] !== undefined && world.files[above].type !== 'directory')
    return [world, failed('ENOTDIR', path)];
  const made = withNode(withParents(world, real), real, { type: 'directory' });
  return [made, { type: 'ok', value: null }];
}

/** The nearest thing above a path that is there; empty: none but the root. */
function nearest(files: Files, path: string): string {
  const parent = parentOf(path);
  return parent === '' || files[parent] !== undefined ? parent : nearest(files, parent);
}

export function entryOf(path: string, node: FileNode): FileEntry {
  const at = node.type === 'file' ? node.at : node.type === 'directory' ? (node.at ?? 0) : 0;
  return {
    type: node.type,
    size: node.type === 'file' ? new TextEncoder().encode(node.text).length : 0,
    names: 1,
    modifiedAt: at,
    changedAt: at,
    identity: node.type === 'file' ? identityOf(node) : `${path}:${String(at)}`,
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
  const source = walk(world.files, from, false);
  if (source.type === 'error') return [world, source];
  const node = world.files[source.real];
  if (node === undefined) return [world, failed('ENOENT', from)];
  if (identity !== null && entryOf(source.real, node).identity !== identity)
    return [world, failed('ESTALE', from)];
  const folder = walk(world.files, parentOf(to), true);
  if (folder.type === 'error') return [world, folder];
  const made = madeFolder(world, folder.real);
  if (made === null) return [world, failed('ENOENT', to)];
  if (made.files[folder.real]?.type !== 'directory') return [world, failed('ENOTDIR', to)];
  const target = `${folder.real}/${nameOf(to)}`;
  if (made.files[target] !== undefined) return [made, failed('EEXIST', to)];
  if (target.startsWith(`${source.real}/`)) return [made, failed('EINVAL', to)];
  const moved = withBranch(withNode(withNode(made, source.real, null), target, node), source.real, target);
  return [synced(moved, [source.real, target, folder.real]), { type: 'ok', value: null }];
}

/** What is below a folder goes with it. */
function withBranch(world: World, from: string, to: string): World {
  if (world.files[to]?.type !== 'directory') return world;
  const below = Object.keys(world.files).filter((path) => path.startsWith(`${from}/`));
  return below.reduce((left, path) => {
    const node = left.files[path];
    if (node === undefined) return left;
    return withNode(withNode(left, path, null), to + path.slice(from.length), node);
  }, world);
}

/** The folder alone; null: what is above it is missing, too. */
function madeFolder(world: World, folder: string): World | null {
  if (world.files[folder] !== undefined) return world;
  const parent = parentOf(folder);
  if (parent !== '' && world.files[parent]?.type !== 'directory') return null;
  return synced(withNode(world, folder, { type: 'directory' }), [folder]);
}

/** As `FileWriter.write`. */
export function write(
  world: World,
  path: string,
  text: string,
  { fresh }: { readonly fresh: boolean },
): Done<FileAnswer<null>> {
  const found = walk(world.files, path, false);
  if (found.type === 'error') return [world, found];
  const node = world.files[found.real];
  const parent = world.files[parentOf(found.real)];
  if (parent === undefined) return [world, failed('ENOENT', path)];
  if (parent.type !== 'directory') return [world, failed('ENOTDIR', path)];
  if (fresh && node !== undefined) return [world, failed('EEXIST', path)];
  if (node?.type === 'directory') return [world, failed('EISDIR', path)];
  const file: FileNode = { type: 'file', text, mark: '', at: world.now };
  return [synced(withNode(world, found.real, file), [found.real]), { type: 'ok', value: null }];
}

/** As `FileWriter.remove`. */
export function remove(world: World, path: string): Done<FileAnswer<null>> {
  const found = walk(world.files, path, false);
  if (found.type === 'error') return [world, found.code === 'ENOENT' ? { type: 'ok', value: null } : found];
  const node = world.files[found.real];
  if (node?.type === 'directory') return [world, failed('EISDIR', path)];
  if (node === undefined) return [world, { type: 'ok', value: null }];
  return [synced(withNode(world, found.real, null), [found.real]), { type: 'ok', value: null }];
}

/** As `FileWriter.makeLink`. */
export function makeLink(world: World, path: string, to: string): Done<FileAnswer<null>> {
  const found = walk(world.files, path, false);
  if (found.type === 'error') return [world, found];
  const parent = world.files[parentOf(found.real)];
  if (parent === undefined) return [world, failed('ENOENT', path)];
  if (parent.type !== 'directory') return [world, failed('ENOTDIR', path)];
  if (world.files[found.real] !== undefined) return [world, failed('EEXIST', path)];
  return [
    synced(withNode(world, found.real, { type: 'link', to }), [found.real]),
    { type: 'ok', value: null },
  ];
}

/** As `FileWriter.replaceLink`. */
export function replaceLink(world: World, path: string, from: string, to: string): Done<FileAnswer<null>> {
  const found = walk(world.files, path, false);
  if (found.type === 'error') return [world, found.code === 'ENOENT' ? failed('ESTALE', path) : found];
  const node = world.files[found.real];
  if (node?.type !== 'link' || node.to !== from) return [world, failed('ESTALE', path)];
  return [
    synced(withNode(world, found.real, { type: 'link', to }), [found.real]),
    { type: 'ok', value: null },
  ];
}

const indexes = new WeakMap<Files, ReadonlyMap<string, readonly string[]>>();

/** Folder -> names in it, sorted. */
function indexOf(files: Files): ReadonlyMap<string, readonly string[]> {
  const known = indexes.get(files);
  if (known !== undefined) return known;
  const index = new Map<string, string[]>();
  for (const path of Object.keys(files)) {
    const folder = parentOf(path);
    const names = index.get(folder);
    if (names === undefined) index.set(folder, [nameOf(path)]);
    else names.push(nameOf(path));
  }
  for (const names of index.values()) names.sort();
  indexes.set(files, index);
  return index;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
