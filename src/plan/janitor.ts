import { ageOf } from '../model/leftover-age.ts';
import type { Leftover, LeftoverKind, LeftoverPlace } from '../model/leftovers.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { Action, ActionOf, Withheld } from '../model/plan.ts';
import { pointerStep } from '../model/source.ts';
import type { Draft } from './draft.ts';
import { withhold } from './draft.ts';
import { durationWords } from './duration.ts';
import { backingOff, firstHold, suspended } from './holds.ts';
import { entriesOf } from './order.ts';
import { words } from './session-proposal.ts';

/** What the janitor contributes to a plan. */
export interface JanitorDraft extends Draft<'janitor'> {
  /** When the next thing is past its age, epoch milliseconds; null: nothing is known to be. */
  readonly nextAt: number | null;
}

/** So many things go in one action: one that is cut short by a signal is not long. */
export const MOST_AT_ONCE = 100;

/**
 * What of ours is past its age goes, one action for each place. Nothing that an attempt which is under way, or a task
 * that waits, still needs; and nothing at all where that could not be read.
 */
export function draftJanitor(input: PlanInput): JanitorDraft {
  const { leftovers } = input.observed;
  const places = leftovers === undefined ? [] : entriesOf(leftovers.places);
  const isKnown = input.observed.tmux.ok && Object.values(input.observed.inboxes).every(({ ok }) => ok);
  const actions: Record<string, Action> = {};
  const withheld: Withheld[] = [];
  const standing: Record<string, string> = {};
  for (const [target, place] of isKnown ? places : []) {
    const action = removal(input, target, place);
    if (action === null) continue;
    const inbox = target.startsWith('inbox/') ? [target.slice(0, target.lastIndexOf('/'))] : [];
    const hold = firstHold(suspended(input, [target, ...inbox]), backingOff(input, target));
    if (hold !== null) {
      withheld.push(withhold(action, hold));
      continue;
    }
    const name = target.slice(target.indexOf('/') + 1);
    standing[name] = 'past its age';
    actions[`/janitor/${pointerStep(name)}`] = action;
  }
  return {
    current: { janitor: standing },
    target: { janitor: {} },
    actions,
    withheld,
    diagnostics: leftovers?.problems ?? [],
    nextAt: nextOf(input, places),
  };
}

function removal(input: PlanInput, target: string, place: LeftoverPlace): ActionOf<'janitor.remove'> | null {
  const { at } = input.observed;
  const { kind, rotates } = place;
  const keep = ageOf(input.desired.janitor, kind);
  const past = place.entries.filter((entry) => entry.since + keep <= at && !isNeeded(input, target, entry));
  const begins = rotates !== null && rotates.at <= at ? rotates : null;
  if (past.length === 0 && begins === null) return null;
  const reason = kind === 'temporary' ? 'left-behind' : 'past-its-age';
  const told = [
    ...(past.length === 0
      ? []
      : [countWords(target === 'fleet/buffers' ? BUFFERS : NOUNS[kind], past.length, place.more, keep)]),
    ...(begins === null ? [] : ['its file is begun anew, so that its old lines can go']),
  ];
  return {
    ...words(input.desired, target, reason, told.join('; '), `/janitor${KEYS[kind]}`, false),
    type: 'janitor.remove',
    effect: {
      type: 'janitor.remove',
      entries: past.slice(0, MOST_AT_ONCE).map(({ attempt, parts }) => ({ attempt, parts })),
      rotates: begins === null ? null : { path: begins.path, identity: begins.identity },
    },
  };
}

/** An attempt that is under way; or the history of a task that waits or runs, which counts its attempts. */
function isNeeded(input: PlanInput, target: string, { attempt, id }: Leftover): boolean {
  if (attempt !== null && Object.hasOwn(input.observed.runs, attempt)) return true;
  const inbox = input.observed.inboxes[target.split('/')[1] ?? ''];
  return id !== null && inbox?.ok === true && Object.hasOwn(inbox.value.history, id);
}

const KEYS: Readonly<Record<LeftoverKind, string>> = {
  done: '/keepDone',
  failed: '/keepFailed',
  rejected: '/keepFailed',
  runs: '/keepFailed',
  memory: '/keepFailed',
  events: '/keepEvents',
  temporary: '',
};

const NOUNS: Readonly<Record<LeftoverKind, readonly [one: string, many: string]>> = {
  done: ['task', 'tasks'],
  failed: ['task', 'tasks'],
  rejected: ['file', 'files'],
  runs: ['folder of an attempt', 'folders of attempts'],
  memory: ['memory file put aside', 'memory files put aside'],
  events: ['full file', 'full files'],
  temporary: ['temporary file', 'temporary files'],
};

const BUFFERS = ['paste buffer', 'paste buffers'] as const;

function countWords(
  [one, many]: readonly [one: string, many: string],
  count: number,
  more: boolean,
  keep: number,
): string {
  const most = count > MOST_AT_ONCE ? `; ${String(MOST_AT_ONCE)} of them now` : '';
  return `${String(count)} ${count === 1 ? one : many} older than ${durationWords(keep)}${more ? ', or more' : ''}${most}`;
}

function nextOf(input: PlanInput, places: readonly (readonly [string, LeftoverPlace])[]): number | null {
  const { at } = input.observed;
  const times = places.flatMap(([, { kind, entries, nextAt, rotates }]) => [
    ...entries.map(({ since }) => since + ageOf(input.desired.janitor, kind)),
    ...(nextAt === null ? [] : [nextAt]),
    ...(rotates === null ? [] : [rotates.at]),
  ]);
  // Not by spreading: there may be thousands.
  const next = times.reduce((least, time) => (time > at && time < least ? time : least), Infinity);
  return Number.isFinite(next) ? next : null;
}
