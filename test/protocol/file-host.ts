import type { FileAnswer, FileEntry, FileReader, FileWriter } from '../../src/model/host.ts';
import type { DirectoryState, PathState } from '../../src/model/observed.ts';
import {
  type Done,
  entryOf,
  failed,
  identityOf,
  move,
  namesIn,
  remove,
  textOf,
  withFolder,
  write,
} from './files.ts';
import type { Say } from './host.ts';
import { PLACES } from './scene.ts';
import type { World } from './world.ts';

/** The files of a world behind the product's own interface. */
export function filesOn(say: Say): FileReader & FileWriter {
  const look = <T>(name: string, paths: readonly string[], see: (world: World) => FileAnswer<T>) =>
    say<FileAnswer<T>>({
      label: `${name} ${paths.join(' ')}`,
      writes: false,
      part: partOf(paths),
      paths,
      run: (world) => [world, see(world)],
      faults: [{ type: 'file-error', run: (world) => [world, failed('EIO', paths[0] ?? '')] }],
    });
  const change = (name: string, paths: readonly string[], run: (world: World) => Done<FileAnswer<null>>) =>
    say<FileAnswer<null>>({
      label: `${name} ${paths.join(' -> ')}`,
      writes: true,
      part: name !== 'move' && name !== 'remove' && partOf(paths) === 'runs' ? 'preparing' : null,
      paths,
      run,
      faults: [{ type: 'file-error', run: (world) => [world, failed('EIO', paths[0] ?? '')] }],
    });
  return {
    path: (path) =>
      look<PathState>('lstat', [path], (world) => ({ type: 'ok', value: stateOf(world, path) })),
    directory: (path) =>
      look<DirectoryState>('stat', [path], (world) => {
        const type = world.files[path]?.type;
        if (type === undefined) return { type: 'ok', value: { type: 'absent' } };
        return {
          type: 'ok',
          value: type === 'directory' ? { type: 'present', real: path } : { type: 'not-a-directory' },
        };
      }),
    names: (path) =>
      look<readonly string[]>('names', [path], (world) => {
        const names = namesIn(world.files, path);
        return names === null ? noFolder(world, path) : { type: 'ok', value: names };
      }),
    text: (path, maxBytes) =>
      look<string>('read', [path], (world) => {
        const text = textOf(world, path);
        return text === null ? failed('ENOENT', path) : { type: 'ok', value: text.slice(0, maxBytes) };
      }),
    tail: (path, maxBytes) =>
      look<{ text: string; at: number }>('tail', [path], (world) => {
        const node = world.files[path];
        if (node?.type !== 'file') return failed('ENOENT', path);
        return { type: 'ok', value: { text: node.text.slice(-maxBytes), at: node.at } };
      }),
    entries: (folder) =>
      look<Record<string, FileEntry>>('entries', [folder], (world) => {
        const names = namesIn(world.files, folder);
        if (names === null) return noFolder(world, folder);
        const entries = names.flatMap((name) => {
          const node = world.files[`${folder}/${name}`];
          return node === undefined ? [] : [[name, entryOf(node)] as const];
        });
        return { type: 'ok', value: Object.fromEntries(entries) };
      }),
    bytes: (path, maxBytes) =>
      look<{ bytes: Uint8Array; identity: string }>('bytes', [path], (world) => {
        const node = world.files[path];
        if (node?.type !== 'file') return failed('ENOENT', path);
        const bytes = new TextEncoder().encode(node.text).subarray(0, maxBytes);
        return { type: 'ok', value: { bytes, identity: identityOf(node) } };
      }),
    beingWritten: (paths) =>
      say<readonly string[] | null>({
        label: `being written ${paths.join(' ')}`,
        writes: false,
        part: null,
        paths,
        still: true,
        run: (world) => [world, []],
        faults: [],
      }),
    makeDirectory: (path) =>
      change('mkdir', [path], (world) => [
        { ...world, files: withFolder(world.files, path) },
        { type: 'ok', value: null },
      ]),
    makeLink: (path) => change('symlink', [path], (world) => [world, failed('ENOTSUP', path)]),
    replaceLink: (path) => change('swap', [path], (world) => [world, failed('ENOTSUP', path)]),
    move: (from, to, identity) => change('move', [from, to], (world) => move(world, from, to, identity)),
    write: (path, text, options) => change('write', [path], (world) => write(world, path, text, options)),
    remove: (path) => change('remove', [path], (world) => remove(world, path)),
    setInJson: ({ file }) => change('set', [file], (world) => [world, { type: 'ok', value: null }]),
  };
}

function stateOf(world: World, path: string): PathState {
  return { type: world.files[path]?.type ?? 'absent' };
}

function noFolder(world: World, path: string): FileAnswer<never> {
  return failed(world.files[path] === undefined ? 'ENOENT' : 'ENOTDIR', path);
}

function partOf([path = '']: readonly string[]): 'runs' | 'queue' {
  return path.startsWith(`${PLACES.runs}/`) ? 'runs' : 'queue';
}
