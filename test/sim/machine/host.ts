import type { ActResult, HostWriter, TmuxAnswer } from '../../../src/model/host.ts';
import { filesOn } from './file-host.ts';
import type { Done } from './files.ts';
import { endedBy } from './processes.ts';
import { act, actOnNewServer, listing, stamps } from './tmux.ts';
import { type Pane, startOf, type World } from './world.ts';

/** One call that waits for its answer: what it does to the world, and how it may go wrong. */
export interface Call {
  readonly label: string;
  readonly writes: boolean;
  /** Calls of one part may be taken for one step: looks at the queue, at tmux, at runs; null: a step of its own. */
  readonly part: string | null;
  /** Paths it is about; empty: of tmux or of processes. */
  readonly paths: readonly string[];
  /** It answers alike whenever it is asked. */
  readonly still?: true;
  readonly run: (world: World) => Done<unknown>;
  readonly faults: readonly CallFault[];
}

export interface CallFault {
  /** Left undone: an error, no answer, or none but that of a server which does it later. */
  readonly type: 'tmux-late' | 'tmux-silent' | 'file-error';
  readonly run: (world: World) => Done<unknown>;
}

/** A call whose answer is a `T`. */
export type CallOf<T> = Call & { readonly run: (world: World) => Done<T> };
export type Say = <T>(call: CallOf<T>) => Promise<T>;

/** Hands a call over to whoever decides when it is carried out. */
export type Ask = (call: Call) => Promise<unknown>;

/** The clock and the nonce of a reconciler: they answer at once. */
export interface Instruments {
  readonly now: () => number;
  readonly nonce: () => string;
  /** The folder with one folder for each attempt. */
  readonly runsDir: string;
  /** What a pane shows; null: that cannot be seen. Left out: nothing. */
  readonly screenOf?: (world: World, pane: Pane) => string | null;
}

/** The product's host on a world: each method is one step, carried out when `ask` says so. */
export function hostOn(ask: Ask, instruments: Instruments): HostWriter {
  const { now, nonce, runsDir, screenOf } = instruments;
  const say: Say = <T>(call: CallOf<T>): Promise<T> =>
    // The one who answers runs this very call.
    ask(call) as Promise<T>;
  const askTmux = <T>(name: string, see: (server: NonNullable<World['tmux']>, world: World) => T) =>
    say<TmuxAnswer<T>>({
      label: name,
      writes: false,
      part: name,
      paths: [],
      run: (world) => [
        world,
        world.tmux === null ? { type: 'no-server' } : { type: 'ok', value: see(world.tmux, world) },
      ],
      faults: [{ type: 'tmux-silent', run: (world) => [world, { type: 'timeout' }] }],
    });
  const process = <T>(label: string, writes: boolean, run: (world: World) => Done<T>) =>
    say<T>({ label, writes, part: writes ? null : 'runs', paths: [], run, faults: [] });
  return {
    now,
    nonce,
    tmux: {
      socket: '/run/tmux.sock',
      list: () => askTmux('list', listing),
      stamps: (ids, panes = []) =>
        askTmux('stamps', (server, world) =>
          stamps(server, ids, panes, (pane) => (screenOf === undefined ? '' : screenOf(world, pane))),
        ),
      act: (guard, commands) =>
        say<ActResult>({
          label: `act ${commands.map(({ type }) => type).join(',')}`,
          writes: true,
          part: null,
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
          part: null,
          paths: [],
          run: (world) => actOnNewServer(world, commands),
          faults: [],
        }),
    },
    files: filesOn(say, runsDir),
    processes: {
      list: () => process('processes', false, (world) => [world, listed(world)]),
      startOf: (pid) =>
        process(`start of ${String(pid)}`, false, (world) => [
          world,
          world.processes[pid] === undefined ? null : startOf(pid),
        ]),
      environmentOf: (pid) =>
        process(`environment of ${String(pid)}`, false, (world) => [world, environmentOf(world, pid)]),
      detailsOf: () => Promise.resolve(null),
      openFiles: () => Promise.resolve(null),
      signal: (pid, start, signal) =>
        process(`${signal} to ${String(pid)}`, true, (world): Done<'sent' | 'gone' | 'failed'> => {
          if (world.processes[pid] === undefined || start !== startOf(pid)) return [world, 'gone'];
          return [endedBy(world, pid, signal), 'sent'];
        }),
    },
  };
}

function listed({ processes }: World) {
  return Object.entries(processes).map(([pid, process]) => {
    const name = process.type === 'agent' && process.talk !== null ? 'claude' : process.type;
    return { pid: Number(pid), command: name, names: [name] };
  });
}

function environmentOf({ processes }: World, pid: number): Readonly<Record<string, string>> | null {
  const process = processes[pid];
  if (process === undefined) return null;
  if (process.type !== 'agent') return {};
  const { attempt, task, run, talk } = process;
  const home = talk === null ? {} : { CLAUDE_CONFIG_DIR: talk.home };
  return { ...home, ROLLCALL_ATTEMPT: attempt, ROLLCALL_TASK: task, ROLLCALL_RUN: run };
}

/** Whether a path lies in one of the folders, or is one of them. */
export function isUnder(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}
