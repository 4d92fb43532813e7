import { posix } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { PathState } from '../model/observed.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { Presence } from './document.ts';
import type { Hold } from './draft.ts';
import { entriesOf } from './order.ts';
import { leadsTo, shellWord } from './paths.ts';

/** One link an account home must have, and what stands there. */
export interface SharedLink {
  readonly account: string;
  readonly entry: string;
  readonly path: string;
  readonly to: string;
  readonly state: LinkState;
}

export type LinkState =
  | { readonly type: 'intact' }
  /** Part of it is missing, and nothing is in the way. */
  | { readonly type: 'missing'; readonly link: Presence; readonly target: Presence }
  /** Somebody's data, or no answer: never corrected by us. */
  | { readonly type: 'stuck'; readonly hold: Hold; readonly diagnostic: Diagnostic }
  /** The home itself is not there; account.ts tells of it, once. */
  | { readonly type: 'homeless'; readonly hold: Hold };

/** Every shared link of every account, in natural order. */
export function sharedLinks(input: PlanInput): readonly SharedLink[] {
  const { sharedState, accounts } = input.desired;
  if (sharedState === null) return [];
  return entriesOf(accounts).flatMap(([account, { agent, home }]) =>
    (sharedState.entries[agent] ?? []).map((entry) => {
      const place = {
        account,
        entry,
        path: posix.join(home, entry),
        to: posix.join(sharedState.root, entry),
      };
      return { ...place, state: stateOf(input, home, place) };
    }),
  );
}

type Place = Omit<SharedLink, 'state'>;

function stateOf(input: PlanInput, home: string, place: Place): LinkState {
  const homeReading = input.observed.directories[home];
  if (homeReading === undefined || !homeReading.ok) return unreadable(place, homeReading?.diagnostic ?? null);
  if (homeReading.value.type !== 'present') {
    const because = `the account's home ${home} is not there`;
    return { type: 'homeless', hold: { reason: 'home-missing', because, until: null } };
  }
  const reading = input.observed.paths[place.path];
  if (reading === undefined || !reading.ok) return unreadable(place, reading?.diagnostic ?? null);
  const there = reading.value;
  const targetReading = input.observed.directories[place.to];
  if (targetReading === undefined || !targetReading.ok)
    return unreadable(place, targetReading?.diagnostic ?? null);
  if (there.type === 'link' && !leadsTo(input.observed, place.path, there, place.to)) {
    return diverted(place, there.target);
  }
  if (there.type !== 'link' && there.type !== 'absent') return blocked(place, there);
  if (targetReading.value.type === 'not-a-directory') return targetBlocked(place);
  const link = there.type === 'absent' ? 'absent' : 'present';
  const target = targetReading.value.type;
  return link === 'present' && target === 'present' ? { type: 'intact' } : { type: 'missing', link, target };
}

function stuck(
  place: Place,
  code: Diagnostic['code'],
  summary: string,
  detail: string,
  help: string | null,
): LinkState {
  const target = `link/${place.account}/${place.entry}`;
  const reason = code === 'link-unreadable' ? 'unreadable' : 'link-diverged';
  return {
    type: 'stuck',
    hold: { reason, because: detail, until: null },
    diagnostic: { severity: 'error', code, target, summary, detail, help },
  };
}

function unreadable(place: Place, diagnostic: Diagnostic | null): LinkState {
  const detail = diagnostic?.detail ?? `${place.path} was not looked at`;
  return stuck(place, 'link-unreadable', 'A link could not be looked at', detail, diagnostic?.help ?? null);
}

function diverted(place: Place, found: string): LinkState {
  return stuck(
    place,
    'link-diverged',
    'A link points elsewhere',
    `${place.path} points to ${found}, not to ${place.to}`,
    `rm ${shellWord(place.path)}  (only the link goes; Rollcall then makes the right one)`,
  );
}

function blocked(place: Place, there: PathState): LinkState {
  const aside = shellWord(`${place.path}.before-rollcall`);
  // A folder may be what both accounts should share from now on: that takes more than one command.
  const help =
    there.type === 'directory'
      ? 'rollcall init  (prints the exact commands that turn it into the shared folder, and those that undo it)'
      : `mv -n ${shellWord(place.path)} ${aside}  (look what is in it first; Rollcall then makes the link)`;
  return stuck(
    place,
    'link-blocked',
    'Something stands where a link belongs',
    `${place.path} is a ${there.type === 'directory' ? 'folder' : there.type === 'file' ? 'file' : 'special file'}, not a link to ${place.to}; it may hold data`,
    help,
  );
}

function targetBlocked(place: Place): LinkState {
  return stuck(
    place,
    'link-target-blocked',
    'What a link must lead to is not a folder',
    `${place.to} is not a folder`,
    `mv -n ${shellWord(place.to)} ${shellWord(`${place.to}.before-rollcall`)}`,
  );
}
