import type { EventType, JournalEvent } from './event.ts';
import type { Reading } from './reading.ts';

export type NoticeSeverity = JournalEvent['severity'];

/** What a notice says of a thing: it begins, it still stands, it is over, or it happened and that was all. */
export const NOTICE_STATES = ['begun', 'lasts', 'over', 'news'] as const;
export type NoticeState = (typeof NOTICE_STATES)[number];

/** One thing a notice tells. All of it is plain text: no control characters, no pane text, no task's body. */
export interface NoticeItem {
  readonly state: NoticeState;
  readonly event: EventType;
  readonly severity: NoticeSeverity;
  /** `account/main`, `task/secumon/fix-login`. */
  readonly target: string;
  /** Epoch milliseconds: when it began or happened, and when it was over. */
  readonly since: number;
  readonly overAt: number | null;
  /** What, in one line. */
  readonly what: string;
  /** What Rollcall does next, and when; null: nothing to say. */
  readonly next: string | null;
  /** The command to look. */
  readonly look: string;
}

/** A message to one channel, as it lies in the outbox. */
export interface Notice {
  /** `<ms>-<rank>-<hash>`: deterministic, so that queueing it twice is queueing it once; sorts by age. */
  readonly id: string;
  readonly fleet: string;
  readonly channel: string;
  /** Epoch milliseconds of the first thing it tells. */
  readonly at: number;
  readonly severity: NoticeSeverity;
  /** One line, and the whole message as plain text. */
  readonly subject: string;
  readonly text: string;
  readonly items: readonly NoticeItem[];
  /** How many things more it stands for than it lists. */
  readonly more: number;
}

/** Up to where the journal has been read. */
export interface JournalCursor {
  /** The file it was read in, and the byte behind the last whole line. */
  readonly inode: number;
  readonly offset: number;
  /** That line's hash, and its time: where the file was written anew, its place in the new one. Empty: no line. */
  readonly mark: string;
  readonly at: string;
}

/** What is remembered for notices; all of it may be lost: what stands then is told once more. */
export interface NoticesMemory {
  /** Null: nothing was read yet; the end of the journal is where reading begins. */
  readonly cursor: JournalCursor | null;
  /** Keyed by `channel incident`: what stands, or is over and not told yet. */
  readonly incidents: Readonly<Record<string, Incident>>;
  /** By channel: what happened and waits to be told. */
  readonly news: Readonly<Record<string, PendingNews>>;
  /** Keyed by id: messages that are due and not seen in the outbox yet. */
  readonly due: Readonly<Record<string, Notice>>;
}

/** An event of the journal as it is judged: its times are numbers. */
export interface HeardEvent {
  readonly event: JournalEvent;
  /** Epoch milliseconds; and its field `until`, null where it has none. */
  readonly at: number;
  readonly until: number | null;
}

/** What of an event a notice needs. */
export interface Told {
  readonly event: EventType;
  readonly severity: NoticeSeverity;
  readonly target: string;
  /** A word for the reason, from a closed list of ours, or the event's own message; cleaned. Empty: none. */
  readonly message: string;
  /** Tells one occurrence of an incident that stands from the next; empty: it is one as long as it stands. */
  readonly occurrence: string;
  /** Epoch milliseconds of the event, and until when it stands by its own account; null: it does not say. */
  readonly at: number;
  readonly until: number | null;
}

/** Something that stands for a while. */
export interface Incident extends Told {
  /** Epoch milliseconds: when it began; when it was last told (null: never); when it was over (null: it stands). */
  readonly since: number;
  readonly saidAt: number | null;
  readonly overAt: number | null;
  /** When it was last heard of. */
  readonly heardAt: number;
}

export interface PendingNews {
  readonly items: readonly Told[];
  /** Beyond those. */
  readonly more: number;
}

export const NO_NOTICES: NoticesMemory = { cursor: null, incidents: {}, news: {}, due: {} };

/** The messages on the disk, and how their channels are. */
export interface ObservedOutbox {
  /** Absolute: the folder. */
  readonly folder: string;
  /** Ids that wait to be sent, oldest first, and of those that were sent lately. */
  readonly waiting: readonly string[];
  readonly sent: readonly string[];
  /** By channel, as the sender last said. */
  readonly channels: Readonly<Record<string, ChannelState>>;
}

export type OutboxReading = Reading<ObservedOutbox>;

/** How one channel is doing, as its sender last said. */
export interface ChannelState {
  /** `off`: a secret is absent; `parked`: it cannot succeed until somebody mends it; `failing`: tried again by itself. */
  readonly state: 'working' | 'failing' | 'parked' | 'off';
  /** Why, without secrets; empty where it works. */
  readonly why: string;
  /** Epoch milliseconds; null: never, or not by itself. */
  readonly since: number | null;
  readonly nextTryAt: number | null;
  readonly lastSentAt: number | null;
  /** Since the state folder was made. */
  readonly sent: number;
  readonly failed: number;
  readonly dropped: number;
}

export const NEW_CHANNEL: ChannelState = {
  state: 'working',
  why: '',
  since: null,
  nextTryAt: null,
  lastSentAt: null,
  sent: 0,
  failed: 0,
  dropped: 0,
};

/** As many messages wait at most. */
export const OUTBOX_LIMIT = 1000;

/** `<ms>-<rank>-<hash>`, the only names of ours in the outbox (with `.json` behind). */
export const NOTICE_ID = /^(\d{13})-([0-3])-([0-9a-f]{14})$/;
