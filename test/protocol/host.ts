import type { ActResult, FileAnswer, FileEntry, HostWriter, TmuxAnswer } from '../../src/model/host.ts';
import type { DirectoryState, PathState } from '../../src/model/observed.ts';
import {
  type Done,
  entryOf,
  failed,
  identityOf,
  move,
  namesIn,
  parentOf,
  remove,
  textOf,
  withFolder,
  write,
} from './files.ts';
import { endedBy } from './processes.ts';
import { act, actOnNewServer, listing, stamps } from './tmux.ts';
import { type Server, startOf, type World } from './world.ts';

/** One call that waits for its answer: what it does to the world, and how it may go wrong. */
export interface Call {
  readonly label: string;
  readonly writes: boolean;
  /** Paths it is about; empty: of tmux or of processes. */
  readonly paths: readonly string[];
  /** It answers alike whenever it is asked. */
  readonly still?: true;
  readonly run: (world: World) => Done<unknown>;
  readonly faults: readonly CallFault[];
}

export interface CallFault {
  readonly type: 'tmux-late' | 'tmux-silent' | 'file-error';
  readonly run: (world: World) => Done<unknown>;
}

/** Hands a call over to whoever decides when it is carried out. */
export type Ask = (call: Call) => Promise<unknown>;

/** The clock and the nonce of a reconciler: they answer at once. */
export interface Instruments {
  readonly now: () => number;
  readonly nonce: () => string;
}

/** The product's host on a world: each method is one step, carried out when `ask` says so. */
export function hostOn(ask: Ask, { now, nonce }: Instruments): HostWriter {
  const say = <T>(call: Call & { readonly run: (world: World) => Done<T> }): Promise<T> =>
    // The one who answers runs this very call.
    ask(call) as Promise<T>;
  const look = <T>(name: string, paths: readonly string[], see: (world: World) => FileAnswer<T>) =>
    say<FileAnswer<T>>({
      label: `${name} ${paths.join(' ')}`,
      writes: false,
      paths,
      run: (world) => [world, see(world)],
      faults: [{ type: 'file-error', run: (world) => [world, failed('EIO', paths[0] ?? '')] }],
    });
  const change = (name: string, paths: readonly string[], run: (world: World) => Done<FileAnswer<null>>) =>
    say<FileAnswer<null>>({
      label: `${name} ${paths.join(' -> ')}`,
      writes: true,
      paths,
      run,
      faults: [{ type: 'file-error', run: (world) => [world, failed('EIO', paths[0] ?? '')] }],
    });
  const askTmux = <T>(name: string, see: (server: Server) => T) =>
    say<TmuxAnswer<T>>({
      label: name,
      writes: false,
      paths: [],
      run: (world) => [
        world,
        world.tmux === null ? { type: 'no-server' } : { type: 'ok', value: see(world.tmux) },
      ],
      faults: [{ type: 'tmux-silent', run: (world) => [world, { type: 'timeout' }] }],
    });
  const process = <T>(label: string, writes: boolean, run: (world: World) => Done<T>) =>
    say<T>({ label, writes, paths: [], run, faults: [] });
  return {
    now,
    nonce,
    tmux: {
      socket: '/run/tmux.sock',
      list: () => askTmux('list', listing),
      stamps: (ids, panes = []) => askTmux('stamps', (server) => stamps(server, ids, panes)),
      act: (guard, commands) =>
        say<ActResult>({
          label: `act ${commands.map(({ type }) => type).join(',')}`,
          writes: true,
          paths: [],
          run: (world) => act(world, guard, commands),
          faults: [
            {
              type: 'tmux-late',
              run: (world) => [
                { ...world, late: [...world.late, { guard, commands }] },
                { type: 'unknown', text: 'no answer in time' },
              ],
            },
          ],
        }),
      actOnNewServer: (commands) =>
        say<ActResult>({
          label: `act on new server ${commands.map(({ type }) => type).join(',')}`,
          writes: true,
          paths: [],
          run: (world) => actOnNewServer(world, commands),
          faults: [],
        }),
    },
    files: {
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
          return names === null ? failed('ENOENT', path) : { type: 'ok', value: names };
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
          if (names === null) return failed('ENOENT', folder);
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
    },
    processes: {
      list: () => process('processes', false, (world) => [world, listed(world)]),
      startOf: (pid) =>
        process(`start of ${String(pid)}`, false, (world) => [
          world,
          world.processes[pid] === undefined ? null : startOf(pid),
        ]),
      environmentOf: (pid) =>
        process(`environment of ${String(pid)}`, false, (world) => [world, environmentOf(world, pid)]),
      signal: (pid, start, signal) =>
        process(`${signal} to ${String(pid)}`, true, (world): Done<'sent' | 'gone' | 'failed'> => {
          if (world.processes[pid] === undefined || start !== startOf(pid)) return [world, 'gone'];
          return [endedBy(world, pid, signal), 'sent'];
        }),
    },
  };
}

function stateOf(world: World, path: string): PathState {
  return { type: world.files[path]?.type ?? 'absent' };
}

function listed({ processes }: World) {
  return Object.entries(processes).map(([pid, { type }]) => ({
    pid: Number(pid),
    command: type,
    names: [type],
  }));
}

function environmentOf({ processes }: World, pid: number): Readonly<Record<string, string>> | null {
  const process = processes[pid];
  if (process === undefined) return null;
  if (process.type !== 'agent') return {};
  const { attempt, task, run } = process;
  return { ROLLCALL_ATTEMPT: attempt, ROLLCALL_TASK: task, ROLLCALL_RUN: run };
}

/** Whether a path lies in one of the folders, or is one of them. */
export function isUnder(path: string, folders: readonly string[]): boolean {
  return folders.some(
    (folder) => path === folder || path.startsWith(`${folder}/`) || parentOf(folder) === path,
  );
}
