import type { EventType, JournalEvent } from '../../model/event.ts';
import type { HeardEvent, Told } from '../../model/notice.ts';
import { plain } from './plain.ts';

/** What a person is told of one type of event. */
interface Words {
  /** Behind the target: `account/main has no quota left`. */
  readonly title: string;
  /** What of the event is said behind it: its own message where that is ours, else a word of a closed list. */
  readonly detail: (event: JournalEvent) => string;
  /** What Rollcall does next; `until` as a time where the event knows one. */
  readonly next: (until: string | null) => string | null;
  /** The verb to look with; `why` takes the target. */
  readonly look: 'why' | 'status' | 'validate' | 'events' | 'plan';
}

/** What is kept of an event to tell it later. */
export function toldOf({ event, at, until }: HeardEvent): Told {
  const { type, severity } = event;
  const target = plain(event.target, 120);
  // An agent that was answered and asks something else waits anew, though it was never seen not to.
  const askedAt = type === 'task.waiting' ? event.fields['askedAt'] : null;
  const occurrence = typeof askedAt === 'number' ? String(askedAt) : '';
  return { event: type, severity, target, message: plain(WORDS[type].detail(event)), occurrence, at, until };
}

/** `account/main has no quota left`, and what else was said of it. */
export function whatOf({ event, target, message }: Told): string {
  const said = message === '' ? '' : `: ${message}`;
  return `${target} ${WORDS[event].title}${said}`;
}

/** What comes next by itself. */
export function nextOf({ event, until }: Told, clock: (at: number) => string): string | null {
  return WORDS[event].next(until === null ? null : clock(until));
}

/** The command to look, with the file it is about: whoever reads it stands in some other folder. */
export function lookOf({ event, target }: Told, file: string): string {
  const call = `rollcall -f ${shellWord(file)}`;
  const { look } = WORDS[event];
  if (look === 'events') return `${call} events --since 1d`;
  if (look !== 'why') return `${call} ${look}`;
  // A name that is no plain word is not put on a command line that somebody copies.
  return /^[a-z]+\/[A-Za-z0-9_][A-Za-z0-9_./-]{0,110}$/.test(target)
    ? `${call} why ${target}`
    : `${call} events --since 1d`;
}

function shellWord(path: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

const message = (event: JournalEvent): string => event.message;
const nothing = (): string => '';
const never = (): null => null;

/** A word from a closed list of ours; texts of agents and tasks go into no message. */
const word =
  (field: string) =>
  ({ fields }: JournalEvent): string => {
    const value = fields[field];
    return typeof value === 'string' && /^[a-z][a-z.-]{0,40}$/.test(value) ? value : '';
  };
const always = (text: string) => (): string => text;
const then =
  (known: string, unknown: string | null = null) =>
  (until: string | null): string | null =>
    until === null ? unknown : `${known} ${until}.`;

const WORDS: Readonly<Record<EventType, Words>> = {
  'loop.started': {
    title: 'is kept again: the loop has started',
    detail: nothing,
    next: never,
    look: 'status',
  },
  'loop.stopped': {
    title: 'is not kept any more: the loop has ended',
    detail: nothing,
    next: always('The sessions stay; nothing is started, mended or swapped until the loop runs again.'),
    look: 'status',
  },
  'file.accepted': { title: 'as it was edited is in force', detail: nothing, next: never, look: 'plan' },
  'file.rejected': {
    title: 'is bad',
    detail: message,
    next: always('The last good one stays in force until it is mended.'),
    look: 'validate',
  },
  'action.applied': { title: 'was changed', detail: word('action'), next: never, look: 'events' },
  'action.stale': {
    title: 'had moved, so nothing was done',
    detail: word('action'),
    next: always('It is looked at anew.'),
    look: 'why',
  },
  'action.failed': {
    title: 'could not be changed',
    detail: word('action'),
    next: always('It is tried again by itself, in the end every five minutes.'),
    look: 'why',
  },
  'action.unknown': {
    title: 'may or may not have been changed: no answer in time',
    detail: word('action'),
    next: always('It is looked at again before anything else.'),
    look: 'why',
  },
  'session.died': {
    title: 'ended by itself',
    detail: nothing,
    next: always('It is made again, later each time; after five deaths within an hour it is left down.'),
    look: 'why',
  },
  'link.diverged': {
    title: 'is not the link that belongs there',
    detail: message,
    next: always(
      'Rollcall changes nothing there, and starts no agent under that account until it is right; then it goes on by itself.',
    ),
    look: 'why',
  },
  'link.intact': { title: 'is as it should be again', detail: nothing, next: never, look: 'why' },
  'fleet.phase': {
    title: 'is not as the file says',
    detail: message,
    next: always('Rollcall goes on with all that it may do, and looks again by itself.'),
    look: 'status',
  },
  'fleet.blocked': {
    title: 'has no account left to work under',
    detail: nothing,
    next: then('It goes on by itself', 'Nothing is started until somebody mends an account.'),
    look: 'status',
  },
  'fleet.unblocked': {
    title: 'goes on: an account can be worked under',
    detail: nothing,
    next: never,
    look: 'status',
  },
  'mass.removal': {
    title: 'would lose too many sessions by an edit',
    detail: message,
    next: always('They stay until `rollcall apply` says yes, or the edit is taken back.'),
    look: 'plan',
  },
  'mass.settled': {
    title: 'loses no sessions to an edit any more',
    detail: nothing,
    next: never,
    look: 'status',
  },
  'session.adopted': { title: 'was adopted', detail: nothing, next: never, look: 'why' },
  'session.released': { title: 'was released', detail: nothing, next: never, look: 'why' },
  'task.started': { title: 'was started', detail: word('session'), next: never, look: 'why' },
  'task.waiting': {
    title: 'waits for an answer',
    detail: word('dialog'),
    next: always('It waits until somebody answers in its session, or its timeout; the other sessions go on.'),
    look: 'why',
  },
  'task.answered': { title: 'waits no more', detail: nothing, next: never, look: 'why' },
  'task.continued': { title: 'goes on with its conversation', detail: nothing, next: never, look: 'why' },
  'task.done': { title: 'is done', detail: nothing, next: never, look: 'why' },
  'task.failed': {
    title: 'has failed',
    detail: word('reason'),
    next: always('It stays in failed/; `rollcall task retry` puts it back.'),
    look: 'why',
  },
  'task.rejected': {
    title: 'can be no task',
    detail: word('reason'),
    next: always('The file lies in rejected/, with the reason beside it.'),
    look: 'events',
  },
  'task.returned': {
    title: 'was interrupted and is back in its inbox',
    detail: nothing,
    next: always('It is given to the next free session.'),
    look: 'why',
  },
  'task.cancelled': { title: 'was cancelled', detail: nothing, next: never, look: 'why' },
  'task.parked': {
    title: 'was stopped by a limit',
    detail: nothing,
    next: then(
      'It goes on with its conversation after a swap, or',
      'It goes on with its conversation after a swap or the reset.',
    ),
    look: 'why',
  },
  'task.retried': { title: 'was put back by hand', detail: nothing, next: never, look: 'why' },
  'quota.suspected': {
    title: 'may have no quota left',
    detail: nothing,
    next: always('It takes more looks that agree before anything follows.'),
    look: 'why',
  },
  'quota.exhausted': {
    title: 'has no quota left',
    detail: nothing,
    next: then(
      'Work goes on under another account where one has quota; this one is tried again',
      'Work goes on under another account where one has quota.',
    ),
    look: 'why',
  },
  'quota.eligible': {
    title: 'can be tried again: its limit has ended',
    detail: nothing,
    next: never,
    look: 'why',
  },
  'swap.done': {
    title: 'is the active account now',
    detail: message,
    next: always(
      'Sessions that the limit stopped go on there with their conversations, one after the other.',
    ),
    look: 'status',
  },
  'swap.withheld': {
    title: 'should be the active account, and may not yet',
    detail: message,
    next: then('It is tried again', 'It follows by itself as soon as nothing holds it back.'),
    look: 'why',
  },
  'swap.settled': { title: 'is not held back any more', detail: nothing, next: never, look: 'status' },
  'notice.sent': { title: 'was sent', detail: nothing, next: never, look: 'events' },
  'notice.failed': { title: 'does not take messages', detail: nothing, next: never, look: 'events' },
  'notice.dropped': { title: 'was dropped', detail: nothing, next: never, look: 'events' },
};
