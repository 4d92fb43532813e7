import type { TmuxCommand, TmuxGuard } from '../../src/model/host.ts';

/**
 * A machine small enough to be copied and compared at every step: files, one tmux server, processes, a clock that
 * stands still until it is moved. Immutable: a step makes a new world that shares what it did not touch.
 */
export interface World {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Keyed by absolute path. */
  readonly files: Readonly<Record<string, FileNode>>;
  readonly tmux: Server | null;
  /** Keyed by pid. */
  readonly processes: Readonly<Record<string, Process>>;
  /** Guarded commands whose clients gave up or died: the server may carry out each of them at any time, or never. */
  readonly late: readonly LateCommand[];
  /** Every start of an agent there ever was. */
  readonly starts: readonly Start[];
  readonly nextPid: number;
  /** Servers there ever were: ids and times of each life differ. */
  readonly lives: number;
}

export type FileNode =
  | { readonly type: 'directory' }
  /** `mark` names the file itself, as an inode does: a rename keeps it. */
  | { readonly type: 'file'; readonly text: string; readonly mark: string; readonly at: number };

export interface Server {
  readonly pid: number;
  /** Epoch seconds. */
  readonly startTime: number;
  /** Keyed by session id. */
  readonly sessions: Readonly<Record<string, Session>>;
  readonly nextId: number;
}

export interface Session {
  readonly id: string;
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
  readonly pane: Pane;
}

export interface Pane {
  readonly id: string;
  readonly pid: number;
  readonly dead: boolean;
  readonly status: number | null;
}

/** `hungUp`: it has been told to end (SIGHUP, SIGTERM) and will, at some moment. */
export type Process =
  | { readonly type: 'server' }
  | { readonly type: 'other' }
  | {
      readonly type: 'launcher';
      readonly folder: string;
      /** `new`: has not touched its spec; `taken`: it is its own now; `started`: has an agent; `running`: has said so. */
      readonly stage: 'new' | 'taken' | 'started' | 'running';
      readonly child: number | null;
      readonly hungUp: boolean;
    }
  | {
      readonly type: 'agent';
      readonly attempt: string;
      readonly task: string;
      /** Folder of its attempt. */
      readonly run: string;
      /** Its launcher, which may have been killed. */
      readonly parent: number;
      readonly hungUp: boolean;
    };

export interface LateCommand {
  readonly guard: TmuxGuard;
  readonly commands: readonly TmuxCommand[];
}

export interface Start {
  readonly attempt: string;
  readonly task: string;
}

/** 2026-11-22T12:00:00Z. */
export const NOON = Date.UTC(2026, 10, 22, 12);

export const EMPTY_WORLD: World = {
  now: NOON,
  files: {},
  tmux: null,
  processes: {},
  late: [],
  starts: [],
  nextPid: 100,
  lives: 0,
};

/** A world in which a new process runs, and its pid. */
export function withProcess(world: World, process: Process): { readonly world: World; readonly pid: number } {
  const pid = world.nextPid;
  const processes = { ...world.processes, [pid]: process };
  return { world: { ...world, processes, nextPid: pid + 1 }, pid };
}

/** The same process in another state. */
export function withProcessAs(world: World, pid: number, process: Process): World {
  return { ...world, processes: { ...world.processes, [pid]: process } };
}

/** When the process of this pid started, as /proc tells it; every process here has a pid of its own. */
export function startOf(pid: number): string {
  return `${String(pid)}0`;
}
