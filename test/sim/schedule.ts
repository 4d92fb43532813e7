import type { Wishes } from './fleet.ts';
import { type Luck, luckFrom } from './luck.ts';

/** What may go wrong at a call of Rollcall's; `second`: another Rollcall has a whole cycle right before it. */
export const AT_CALL = [
  'crash',
  'crash-after',
  'tmux-late',
  'tmux-lost',
  'tmux-silent',
  'file-error',
  'second',
] as const;
export type AtCall = (typeof AT_CALL)[number];

/** Everything that may go wrong; what is not at a call itself happens right before one. */
export const KINDS = [
  ...AT_CALL,
  // to the machine
  'kill-server',
  'kill-session',
  'kill-agent',
  'kill-launcher',
  'kill-holder',
  'late-now',
  'power-cut',
  'clock-jump',
  // by an operator and by others
  'operate',
  'option',
  'squat',
  'edit',
  'suspend',
  'lift',
  'cancel',
  'break-link',
  'move-link',
  'lose-state',
  'bad-task',
  'limit',
] as const;
export type Kind = (typeof KINDS)[number];

export function isAtCall(kind: Event['kind']): kind is AtCall {
  return AT_CALL.some((each) => each === kind);
}

/** What goes on anyway. */
export const COURSE = ['task', 'goes-on'] as const;

/** At the call with this number in its cycle, or behind the cycle where that has fewer; `pick` says which and how. */
export interface Event {
  readonly kind: Kind | (typeof COURSE)[number];
  readonly at: number;
  readonly pick: number;
}

/** Time passes, the machine goes on, and Rollcall has one cycle. */
export interface Round {
  readonly ms: number;
  readonly seed: number;
  readonly events: readonly Event[];
}

/** A whole run, as data: leave out any part of it, and the rest is the same. */
export interface Schedule {
  readonly seed: number;
  readonly wishes: Wishes;
  readonly tasks: number;
  readonly retries: 0 | 1;
  /** A second Rollcall may act beside the first without the lock. */
  readonly unlocked: boolean;
  /** Whether panes show what an agent shows; else they cannot be seen. */
  readonly screens: boolean;
  readonly faults: readonly Kind[];
  readonly rounds: readonly Round[];
}

const ROUNDS = 40;
/** A cycle has about so many calls. */
const CALLS = 50;

/** The schedule of a seed: a random half of the faults is on. */
export function scheduleOf(seed: number, rounds = ROUNDS): Schedule {
  const luck = luckFrom(seed);
  const faults = KINDS.filter(() => luck(2) === 0);
  return {
    seed,
    wishes: wishesFrom(luck),
    tasks: 1 + luck(2),
    retries: luck(2) === 0 ? 0 : 1,
    unlocked: luck(4) === 0,
    screens: luck(8) === 0,
    faults,
    rounds: Array.from({ length: rounds }, () => round(luck, faults)),
  };
}

export function wishesFrom(luck: Luck): Wishes {
  const min = luck(3) === 0 ? luck(3) : 1;
  const accounts = luck(4);
  return {
    min,
    max: Math.max(1, min + luck(2)),
    cooldownMs: luck(2) === 0 ? 0 : 60_000,
    accounts: accounts === 3 ? 0 : accounts === 0 ? 0 : accounts === 1 ? 1 : 2,
    select: luck(2) === 0 ? 'sticky' : 'preferred',
    maxDisruptions: 1 + luck(2),
    dedicated: luck(2) > 0,
  };
}

/** How long it is between two looks, milliseconds. */
const PAUSES = [0, 20, 2_000, 15_000, 15_000, 61_000, 400_000, 1_900_000];

function round(luck: Luck, faults: readonly Kind[]): Round {
  const events: Event[] = [];
  const add = (kind: Event['kind']): void =>
    void events.push({ kind, at: luck(CALLS), pick: luck(1_000_000) });
  for (let many = luck(3); many > 0; many -= 1) add('goes-on');
  if (luck(12) === 0) add('task');
  for (let many = luck(3); many > 0 && faults.length > 0; many -= 1)
    add(faults[luck(faults.length)] ?? 'crash');
  return {
    ms: PAUSES[luck(PAUSES.length)] ?? 0,
    seed: luck(1_000_000_000),
    events: events.toSorted((a, b) => a.at - b.at),
  };
}
