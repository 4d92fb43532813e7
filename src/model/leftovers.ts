import type { Diagnostic } from './diagnostic.ts';

/** What of ours is kept for a while and then goes (SPEC §7), by how long it is kept. */
export const LEFTOVER_KINDS = [
  'done',
  'failed',
  'rejected',
  'runs',
  'events',
  'memory',
  'temporary',
] as const;
export type LeftoverKind = (typeof LEFTOVER_KINDS)[number];

/** What of ours lies where, as one look found it. A place that could not be looked at is missing and has a problem. */
export interface Leftovers {
  /** Absolute: the fleet's state folder. */
  readonly stateDir: string;
  /** Keyed as an action names it: `inbox/secumon/done`, `fleet/runs`, `fleet/events`. */
  readonly places: Readonly<Record<string, LeftoverPlace>>;
  readonly problems: readonly Diagnostic[];
}

export interface LeftoverPlace {
  readonly kind: LeftoverKind;
  /** Oldest first. */
  readonly entries: readonly Leftover[];
  /** There are more, which later looks read. */
  readonly more: boolean;
  /** When something that was not read yet may be past its age, epoch milliseconds; null: never. */
  readonly nextAt: number | null;
  /**
   * A journal that is to be begun anew from `at` on (epoch milliseconds), so that its old lines can go one day; its
   * identity is device and inode, for lines come all the time. Null: none is here, or none needs to be.
   */
  readonly rotates: { readonly path: string; readonly identity: string; readonly at: number } | null;
}

/** One thing that goes whole: a task with its record, a file with its reason. */
export interface Leftover {
  /** Since when nothing of it has changed, epoch milliseconds. */
  readonly since: number;
  /** The attempt it tells of, and the task's id; null: of none. */
  readonly attempt: string | null;
  readonly id: string | null;
  /** In the order in which they go: what tells that the others are ours goes last. */
  readonly parts: readonly LeftoverPart[];
}

/** One name of ours, as it was looked at. */
export interface LeftoverPart {
  /** Absolute; of a buffer, the socket of its tmux server. */
  readonly folder: string;
  readonly name: string;
  /** A folder of ours goes with all that is in it; links in it are not followed. */
  readonly type: 'file' | 'folder' | 'buffer';
  /** Device, inode, size and modification time; of a buffer, its server's pid and start, and its own time. */
  readonly identity: string;
  /** When anything about it changed last, epoch milliseconds; nobody can set it back. */
  readonly changedAt: number;
}

/** How long our own temporary files, and pastes that were cut off, are kept: longer than any write of ours takes. */
export const TEMPORARY_MS = 3_600_000;

/** The names of our own temporary files. */
export const TEMPORARY_NAME = /^\.rollcall-[0-9a-f]{16}\.tmp$/;

/** A paste buffer of ours, `rollcall-<attempt>-<32 hex digits>`: no name is used twice. */
export const OUR_BUFFER = /^rollcall-(?<attempt>[a-z0-9]{4,32})-[0-9a-f]{32}(?:-loaded)?$/;

/** A memory file that could not be believed and was put aside. */
export const KEPT_MEMORY_NAME = /^state\.json\.corrupt-\d{1,15}$/;
