import type { FileAnswer, FileEntry, FileReader, FileWriter } from '../../../src/model/host.ts';
import type { DirectoryState, PathState } from '../../../src/model/observed.ts';
import {
  type Done,
  entryOf,
  identityOf,
  makeDirectory,
  makeLink,
  move,
  namesIn,
  remove,
  replaceLink,
  write,
} from './files.ts';
import type { Say } from './host.ts';
import { failed, resolved, walk } from './paths.ts';
import type { FileNode, World } from './world.ts';

/** The files of a world behind the product's own interface. */
export function filesOn(say: Say, runsDir: string): FileReader & FileWriter {
  const partOf = ([path = '']: readonly string[]): 'runs' | 'queue' =>
    path.startsWith(`${runsDir}/`) ? 'runs' : 'queue';
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
    path: (path) => look<PathState>('lstat', [path], (world) => stateOf(world, path)),
    directory: (path) => look<DirectoryState>('stat', [path], (world) => directoryOf(world, path)),
    names: (path) => look<readonly string[]>('names', [path], (world) => namesAt(world, path)),
    text: (path, maxBytes) =>
      look<string>('read', [path], (world) => {
        const found = regular(world, path);
        if (found.type === 'error') return found;
        const { text } = found.value;
        return text.length > maxBytes ? failed('EFBIG', path) : { type: 'ok', value: text };
      }),
    head: (path, maxBytes) =>
      look<string>('head', [path], (world) => {
        const found = regular(world, path);
        return found.type === 'error' ? found : { type: 'ok', value: found.value.text.slice(0, maxBytes) };
      }),
    tail: (path, maxBytes) =>
      look<{ text: string; at: number }>('tail', [path], (world) => {
        const found = regular(world, path);
        if (found.type === 'error') return found;
        const { text, at } = found.value;
        return { type: 'ok', value: { text: text.slice(-maxBytes), at } };
      }),
    entries: (folder) =>
      look<Record<string, FileEntry>>('entries', [folder], (world) => {
        const names = namesAt(world, folder);
        if (names.type === 'error') return names;
        const real = resolved(world.files, folder) ?? folder;
        const entries = names.value.flatMap((name) => {
          const path = `${real}/${name}`;
          const node = world.files[path];
          return node === undefined ? [] : [[name, entryOf(path, node)] as const];
        });
        return { type: 'ok', value: Object.fromEntries(entries) };
      }),
    bytes: (path, maxBytes) =>
      look<{ bytes: Uint8Array; identity: string }>('bytes', [path], (world) => {
        const found = regular(world, path);
        if (found.type === 'error') return found;
        const bytes = new TextEncoder().encode(found.value.text);
        if (bytes.length > maxBytes) return failed('EFBIG', path);
        return { type: 'ok', value: { bytes, identity: identityOf(found.value) } };
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
    makeDirectory: (path) => change('mkdir', [path], (world) => makeDirectory(world, path)),
    makeLink: (path, to) => change('symlink', [path], (world) => makeLink(world, path, to)),
    replaceLink: (path, from, to) => change('swap', [path], (world) => replaceLink(world, path, from, to)),
    move: (from, to, identity) => change('move', [from, to], (world) => move(world, from, to, identity)),
    write: (path, text, options) => change('write', [path], (world) => write(world, path, text, options)),
    remove: (path) => change('remove', [path], (world) => remove(world, path)),
    setInJson: ({ file }) => change('set', [file], (world) => [world, { type: 'ok', value: null }]),
  };
}

function stateOf({ files }: World, path: string): FileAnswer<PathState> {
  const found = walk(files, path, false);
  if (found.type === 'error') return absentOr(found, { type: 'absent' });
  const node = files[found.real];
  if (node === undefined) return { type: 'ok', value: { type: 'absent' } };
  if (node.type !== 'link') return { type: 'ok', value: { type: node.type } };
  return { type: 'ok', value: { type: 'link', target: node.to, resolved: resolved(files, path) } };
}

function directoryOf({ files }: World, path: string): FileAnswer<DirectoryState> {
  const found = walk(files, path, true);
  if (found.type === 'error') return absentOr(found, { type: 'absent' });
  const type = found.real === '' ? 'directory' : files[found.real]?.type;
  if (type === undefined) return { type: 'ok', value: { type: 'absent' } };
  return {
    type: 'ok',
    value: type === 'directory' ? { type: 'present', real: found.real } : { type: 'not-a-directory' },
  };
}

/** Below a file there is nothing. */
function absentOr<T>(error: Extract<FileAnswer<never>, { type: 'error' }>, absent: T): FileAnswer<T> {
  return error.code === 'ENOTDIR' ? { type: 'ok', value: absent } : error;
}

function namesAt({ files }: World, folder: string): FileAnswer<readonly string[]> {
  const found = walk(files, folder, true);
  if (found.type === 'error') return found;
  const names = namesIn(files, folder);
  if (names !== null) return { type: 'ok', value: names };
  return failed(files[found.real] === undefined ? 'ENOENT' : 'ENOTDIR', folder);
}

/** A regular file, opened without following a link at its own place. */
function regular({ files }: World, path: string): FileAnswer<Extract<FileNode, { type: 'file' }>> {
  const found = walk(files, path, false);
  if (found.type === 'error') return found;
  const node = files[found.real];
  if (node === undefined) return failed('ENOENT', path);
  if (node.type === 'file') return { type: 'ok', value: node };
  return failed(node.type === 'link' ? 'ELOOP' : 'EINVAL', path);
}
