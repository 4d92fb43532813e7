import type { TmuxCommand, TmuxGuard } from '../../../src/model/host.ts';

/**
 * A machine small enough to be copied and compared at every step: files, one tmux server, processes, a clock that
 * stands still until it is moved. Immutable: a step makes a new world that shares what it did not touch.
 */
export interface World {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Keyed by absolute path. */
  readonly files: Files;
  /**
   * What is not on the disk yet: path -> what a power cut brings back there (null: nothing). Null: nobody cuts the
   * power here, and folders have no times.
   */
  readonly unsynced: Readonly<Record<string, FileNode | null>> | null;
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

export type Files = Readonly<Record<string, FileNode>>;

export type FileNode =
  /** `at`: when a name in it last came or went, where that is kept. */
  | { readonly type: 'directory'; readonly at?: number }
  /** `mark` names the file itself, as an inode does: a rename keeps it. */
  | { readonly type: 'file'; readonly text: string; readonly mark: string; readonly at: number }
  | { readonly type: 'link'; readonly to: string }
  /** A pipe, a socket, a device. */
  | { readonly type: 'other' };

export interface Server {
  readonly pid: number;
  /** Epoch seconds. */
  readonly startTime: number;
  /** Keyed by session id. */
  readonly sessions: Readonly<Record<string, Session>>;
  /** Numbers of the next session, window and pane. */
  readonly next: { readonly session: number; readonly window: number; readonly pane: number };
  /** Options of the whole server, of all sessions and of all windows. */
  readonly options: Readonly<Record<'server' | 'session' | 'window', Options>>;
}

export type Options = Readonly<Record<string, string>>;

export interface Session {
  readonly id: string;
  readonly name: string;
  readonly options: Options;
  /** Keyed by window id. */
  readonly windows: Readonly<Record<string, Window>>;
  /** The window that shows. */
  readonly active: string;
  readonly attached: number;
  /** Epoch seconds of the last key of somebody attached. */
  readonly lastKey: number | null;
}

export interface Window {
  readonly id: string;
  readonly options: Options;
  /** Keyed by pane id. */
  readonly panes: Readonly<Record<string, Pane>>;
  readonly active: string;
  readonly synchronized: boolean;
}

export interface Pane {
  readonly id: string;
  readonly pid: number;
  readonly dead: boolean;
  readonly status: number | null;
  readonly options: Options;
  readonly inMode: boolean;
  readonly inputOff: boolean;
  /** What has reached its program as input, for onlookers. */
  readonly input: string;
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
  | AgentProcess;

export interface AgentProcess {
  readonly type: 'agent';
  readonly attempt: string;
  readonly task: string;
  /** Folder of its attempt. */
  readonly run: string;
  /** Its launcher, which may have been killed. */
  readonly parent: number;
  readonly hungUp: boolean;
  /** Its home, the conversation it is in, and whether that goes on; null: it keeps none. */
  readonly talk: Talk | null;
  /** How far its turn is; left out: it has only just been started. */
  readonly does?: 'works' | 'asks' | 'rests' | 'refused' | 'failed';
}

export interface Talk {
  readonly home: string;
  readonly conversation: string;
  readonly cwd: string;
  readonly resumes: boolean;
  /** What is in its first prompt. */
  readonly prompt: string;
}

export interface LateCommand {
  readonly guard: TmuxGuard;
  readonly commands: readonly TmuxCommand[];
}

export interface Start {
  readonly attempt: string;
  readonly task: string;
  /** The conversation it is in, and whether it goes on; null: it keeps none. */
  readonly conversation: string | null;
  readonly resumes: boolean;
}

/** 2026-11-22T12:00:00Z. */
export const NOON = Date.UTC(2026, 10, 22, 12);

export const EMPTY_WORLD: World = {
  now: NOON,
  files: {},
  unsynced: null,
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

/** All panes of a session, in the order they came. */
export function panesOf({ windows }: Session): readonly Pane[] {
  return Object.values(windows).flatMap(({ panes }) => Object.values(panes));
}
