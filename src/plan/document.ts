/**
 * What is diffed: the part of the world that may be changed at all, as one plain JSON document keyed by identity.
 * Foreign sessions, dedicated sessions that exist, and paths with somebody's data on them are not in it, so
 * no difference can name them.
 */
export interface ManagedDocument {
  /** Agent name -> account the active link points at; null: no link yet. */
  readonly accounts: Readonly<Record<string, string | null>>;
  /** `account/entry` -> whether link and target folder are there. */
  readonly links: Readonly<Record<string, { readonly link: Presence; readonly target: Presence }>>;
  /** Pool session name -> whether its process runs. */
  readonly sessions: Readonly<Record<string, 'running' | 'ended'>>;
  /** Dedicated sessions that are missing enter the target only: they can be added and nothing else. */
  readonly dedicated: Readonly<Record<string, 'running'>>;
  /** `inbox/id`, or `inbox/FILE` of what can be no task -> where it is. Only those of which something is to be done. */
  readonly tasks: Readonly<Record<string, string>>;
  /** `inbox/id`, or the session's name where the task is not known any more -> whether its agent runs. */
  readonly agents: Readonly<Record<string, string>>;
  /** Pool sessions that carry a task that is over, or whose agent is to go on. */
  readonly work: Readonly<Record<string, string>>;
  /** Dedicated sessions with `onSwap: resume`, by name -> how their agent stands. Only those in which it is to go on. */
  readonly operators: Readonly<Record<string, string>>;
  /** Places in which something of ours is past its age, as `secumon/done` or `events`. */
  readonly janitor: Readonly<Record<string, string>>;
  /** Messages that are due, by id: into the outbox. They enter the target only. */
  readonly notices: Readonly<Record<string, 'queued'>>;
}

export type Presence = 'absent' | 'present';
