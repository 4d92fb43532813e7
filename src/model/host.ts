import type { ShellPrompt } from './dedicated-agent.ts';
import type { LeftoverPart } from './leftovers.ts';
import type { DirectoryState, Incarnation, ObservedPane, PathState } from './observed.ts';
import type { PreAnswer } from './task.ts';

/**
 * The primitives through which Rollcall meets the machine. The real thing is in host/; a simulator may stand
 * behind the same interface. Every method answers; none throws for what the world does.
 */
export interface HostReader {
  /** Epoch milliseconds. */
  now(): number;
  /** 32 random hex digits, others each time. */
  nonce(): string;
  readonly tmux: TmuxReader;
  readonly files: FileReader;
  readonly processes: ProcessReader;
  /** What is kept for a while and then goes. Left out: this host keeps nothing for long, and nobody looks. */
  readonly leftovers?: LeftoverReader;
}

export interface HostWriter extends HostReader {
  readonly tmux: TmuxReader & TmuxWriter;
  readonly files: FileReader & FileWriter;
  readonly processes: ProcessReader & ProcessWriter;
  readonly leftovers?: LeftoverReader & LeftoverWriter;
}

export interface LeftoverReader {
  /** The wanted names in a folder, with what stands there; ENOTDIR where the folder itself is a link or no folder. */
  list(
    folder: string,
    isWanted: (name: string) => boolean,
  ): Promise<FileAnswer<Readonly<Record<string, FileEntry>>>>;
  /** A text that is another whenever a name in the folder has come or gone; ENOTDIR likewise. */
  stateOf(folder: string): Promise<FileAnswer<string>>;
  /** The first `maxBytes` of a regular file as text. */
  head(path: string, maxBytes: number): Promise<FileAnswer<string>>;
  /** Our own paste buffers; none where no server runs. */
  buffers(): Promise<readonly LeftoverPart[]>;
}

export interface LeftoverWriter {
  /**
   * Removes one name for good, while it is what was looked at and its folder is no link. A folder is given a temporary
   * name first, so that half of it is never taken for the whole. `changed`: it is something else by now, and stays.
   */
  removePart(part: LeftoverPart): Promise<FileAnswer<'removed' | 'gone' | 'changed'>>;
  /**
   * Begins a journal anew: its file becomes `.1`, that one `.2`. `file`: its device and inode; ESTALE where it was
   * begun anew meanwhile.
   */
  beginAnew(path: string, file: string): Promise<FileAnswer<null>>;
}

export type TmuxAnswer<T> =
  | { readonly type: 'ok'; readonly value: T }
  /** Only tmux's own words for "nobody listens there". */
  | { readonly type: 'no-server' }
  | { readonly type: 'timeout' }
  | { readonly type: 'error'; readonly text: string };

export interface TmuxReader {
  /** Absolute path of the socket it speaks to; `memory.server` is about this one. */
  readonly socket: string;
  /** The whole server in one invocation. */
  list(): Promise<TmuxAnswer<TmuxListing>>;
  /**
   * The `@rollcall_*` options of these sessions' own (never inherited ones), and what these panes show
   * (`capture-pane -p -e`), one invocation for all.
   */
  stamps(ids: readonly string[], panes?: readonly string[]): Promise<TmuxAnswer<TmuxStamps>>;
}

export interface TmuxListing {
  readonly incarnation: Incarnation;
  /** Keyed by session id. */
  readonly sessions: Readonly<Record<string, ListedSession>>;
}

export interface ListedSession {
  readonly id: string;
  readonly name: string;
  /** Epoch seconds. */
  readonly created: number;
  readonly attached: number;
  /** Epoch seconds of the last key of any attached client, or null. */
  readonly lastKey: number | null;
  /** Keyed by pane id. */
  readonly panes: Readonly<Record<string, ListedPane>>;
}

export interface ListedPane extends ObservedPane {
  /** `#{@rollcall_owner}` as a format shows it in this pane: pane, window, session, global, whichever wins. */
  readonly shownOwner: string;
  /** `#{@rollcall_fence}` likewise; empty: none. */
  readonly shownFence: string;
}

export interface TmuxStamps {
  /** The server that answered: ids of another one mean other sessions. */
  readonly incarnation: Incarnation;
  /** Session id -> option name -> value. A session that vanished meanwhile is missing. */
  readonly sessions: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Whether a global session, window or server option of ours exists. */
  readonly inherited: boolean;
  /** Pane id -> what it shows. A pane that vanished meanwhile is missing. Foreign text. */
  readonly screens: Readonly<Record<string, PaneScreen>>;
}

export interface PaneScreen {
  /** Its visible text with colours. */
  readonly text: string;
  readonly title: string;
  /** Where its cursor stands, from 0; left out: it was not told. */
  readonly cursor?: { readonly x: number; readonly y: number };
  /** The pane is still there when its process has ended (`remain-on-exit`); left out: it was not told. */
  readonly stays?: boolean;
}

/** What must still be true, tested by the server in the same step as the commands (compare-and-act). */
export interface TmuxGuard {
  readonly incarnation: Incarnation;
  readonly session: { readonly id: string; readonly name: string; readonly owner: string } | null;
  readonly pane: { readonly id: string; readonly pid: number; readonly dead: boolean } | null;
  /** Options of ours and the values they must have there; an empty text: not set. Left out: none. */
  readonly options?: Readonly<Record<string, string>>;
  /** Its input must reach the program: not in a mode, not synchronised, not switched off. Left out: not tested. */
  readonly takesInput?: boolean;
  /** What runs in its foreground, and where its cursor stands: nothing was typed since it was looked at. Left out: not tested. */
  readonly prompt?: ShellPrompt;
}

export type TmuxCommand =
  | {
      readonly type: 'new-session';
      readonly name: string;
      readonly cwd: string;
      /** At least two elements, so that no shell parses it; null: the user's default shell. */
      readonly argv: readonly string[] | null;
    }
  /** Session or window option of one session, by id or, in the step that creates it, by its exact name. */
  | {
      readonly type: 'set-option';
      readonly scope: 'session' | 'window';
      readonly session: SessionTarget;
      readonly option: string;
      /** `format`: one of our constant formats, expanded by the server. */
      readonly value: { readonly type: 'literal' | 'format'; readonly text: string };
    }
  | { readonly type: 'unset-option'; readonly session: SessionTarget; readonly option: string }
  | {
      readonly type: 'respawn-pane';
      readonly pane: string;
      readonly cwd: string;
      readonly argv: readonly string[];
      /** End what runs there first: only ever our own holder, by the guard. */
      readonly kill?: boolean;
    }
  /** Literal text, one row of printable characters, at most 2 kB; typed as keys. */
  | { readonly type: 'type-text'; readonly pane: string; readonly text: string }
  /**
   * A file's text as one bracketed paste, its newlines as CR, as terminals paste; brackets only where the program has
   * asked for them. Through a buffer whose name begins so (`rollcall-…`), gone afterwards. Where the file cannot be
   * read, or is empty, nothing of its step is done. Control characters arrive as they are: who writes the file sees
   * that it holds none but newline and tab.
   */
  | { readonly type: 'paste-file'; readonly pane: string; readonly file: string; readonly buffer: string }
  | { readonly type: 'press-enter'; readonly pane: string }
  /** Clears the input box (C-u). */
  | { readonly type: 'clear-line'; readonly pane: string }
  | { readonly type: 'kill-session'; readonly id: string };

export type SessionTarget =
  | { readonly type: 'id'; readonly id: string }
  | { readonly type: 'created'; readonly name: string };

export interface TmuxWriter {
  /** Guard and commands as one atomic step of the server. Never starts a server. */
  act(guard: TmuxGuard, commands: readonly TmuxCommand[]): Promise<ActResult>;
  /** Starts a server where none runs and carries out the commands in it. */
  actOnNewServer(commands: readonly TmuxCommand[]): Promise<ActResult>;
}

export type ActResult =
  | { readonly type: 'applied' }
  /** The guard was false, or tmux said that the thing is there already or not there any more: the world moved. */
  | { readonly type: 'refused'; readonly text: string }
  | { readonly type: 'failed'; readonly text: string }
  /** No answer in time: it may still happen. */
  | { readonly type: 'unknown'; readonly text: string };

export type FileAnswer<T> =
  | { readonly type: 'ok'; readonly value: T }
  /** `code` is errno's name: `EACCES`, `ENOSPC`, `EEXIST`. */
  | { readonly type: 'error'; readonly code: string; readonly text: string };

export interface FileReader {
  /** lstat and readlink: what stands at the path itself. */
  path(path: string): Promise<FileAnswer<PathState>>;
  /** stat: what the path leads to. */
  directory(path: string): Promise<FileAnswer<DirectoryState>>;
  /** Names in a folder. */
  names(path: string): Promise<FileAnswer<readonly string[]>>;
  /** A regular file's text, at most `maxBytes`; never a FIFO, a device or a link. */
  text(path: string, maxBytes: number): Promise<FileAnswer<string>>;
  /** The last `maxBytes` of a regular file as text (broken characters at its start left out), and when it last changed. */
  tail(path: string, maxBytes: number): Promise<FileAnswer<{ readonly text: string; readonly at: number }>>;
  /** The first `maxBytes` of a regular file as text (a broken character at its end left out). */
  head(path: string, maxBytes: number): Promise<FileAnswer<string>>;
  /** What stands at each path itself (lstat), for many at once; those that are not there are missing. */
  entries(folder: string): Promise<FileAnswer<Readonly<Record<string, FileEntry>>>>;
  /** A regular file's bytes, at most `maxBytes`, with the identity they were read under. */
  bytes(
    path: string,
    maxBytes: number,
  ): Promise<FileAnswer<{ readonly bytes: Uint8Array; readonly identity: string }>>;
  /** Of these files, the ones that some process of our user has open for writing; null: cannot be told. */
  beingWritten(paths: readonly string[]): Promise<readonly string[] | null>;
}

/** One name in a folder. */
export interface FileEntry {
  readonly type: 'file' | 'directory' | 'link' | 'other';
  readonly size: number;
  /** How many names the file has. */
  readonly names: number;
  /** Epoch milliseconds, of the bytes and of anything about the file. */
  readonly modifiedAt: number;
  readonly changedAt: number;
  /** Device, inode, size and modification time: equal for equal bytes. */
  readonly identity: string;
  /** False: its name is not UTF-8 (as shown, it has U+FFFD). */
  readonly nameIsText: boolean;
}

export interface FileWriter {
  /** The folder and what is missing above it, mode 0700. EEXIST where a non-folder stands. */
  makeDirectory(path: string): Promise<FileAnswer<null>>;
  /** symlink(2): fails with EEXIST whatever stands there. */
  makeLink(path: string, to: string): Promise<FileAnswer<null>>;
  /**
   * Swaps a link for another in one step: reads it again, and where its text is still `from` renames a new link
   * over it. `ESTALE` where it is not; readers never see it missing.
   */
  replaceLink(path: string, from: string, to: string): Promise<FileAnswer<null>>;
  /**
   * rename(2) where `from` is still what it was (`identity` of its entry; null: anything) and nothing stands at `to`:
   * `ESTALE` and `EEXIST` otherwise; `ENOENT` where it has gone. Makes the folder of `to` where that is missing (not
   * what is above it). On the disk when it returns.
   */
  move(from: string, to: string, identity: string | null): Promise<FileAnswer<null>>;
  /** The whole file or nothing, mode 0600, on the disk when it returns. `fresh`: EEXIST where something stands. */
  write(path: string, text: string, options: { readonly fresh: boolean }): Promise<FileAnswer<null>>;
  /** Removes a file or link of ours; one that is not there is no error. */
  remove(path: string): Promise<FileAnswer<null>>;
  /** Sets one value in a JSON file under its lock folder; a missing file is made. Nothing is written where it is so. */
  setInJson(answer: PreAnswer): Promise<FileAnswer<null>>;
}

export interface ProcessReader {
  /** Processes of our own user; null where the machine does not tell. */
  list(): Promise<readonly ListedProcess[] | null>;
  /** Field 22 of /proc/PID/stat; null where there is no such process, or only its unreaped corpse. */
  startOf(pid: number): Promise<string | null>;
  /** The environment it was started with; null where it cannot be read. */
  environmentOf(pid: number): Promise<Readonly<Record<string, string>> | null>;
  /** What else /proc tells of a process; null where there is none, only its corpse, or it cannot be read. */
  detailsOf(pid: number): Promise<ProcessDetails | null>;
  /** Absolute paths of the files it has open; null where that cannot be read. */
  openFiles(pid: number): Promise<readonly string[] | null>;
}

export interface ProcessDetails {
  readonly parent: number;
  /** Its process group, and the one in the foreground of its terminal; -1: it has no terminal. */
  readonly group: number;
  readonly foreground: number;
  /** `S`: it waits for something. */
  readonly state: string;
  /** Field 22 of /proc/PID/stat. */
  readonly start: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** Its program's name as the kernel knows it, at most 15 bytes. */
  readonly comm: string;
  /** As it was started; may hold secrets. */
  readonly argv: readonly string[];
  /** Absolute, real path. */
  readonly cwd: string;
}

export interface ProcessWriter {
  /**
   * Signals one process, if it still is the one that started then (field 22 of /proc/PID/stat). `gone`: it is not.
   */
  signal(pid: number, start: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<'sent' | 'gone' | 'failed'>;
}

export interface ListedProcess {
  readonly pid: number;
  /** Program name, for people: last part of argv[0], or comm. */
  readonly command: string;
  /** Every name it may be known by: comm, argv[0], and the script where an interpreter runs one (last parts). */
  readonly names: readonly string[];
}
