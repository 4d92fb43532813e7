import { posix } from 'node:path';
import type { DesiredState } from '../model/desired.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { PathState } from '../model/observed.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf, Withheld } from '../model/plan.ts';
import { pointerStep, sourceOf } from '../model/source.ts';
import type { Presence } from './document.ts';
import type { Draft, Hold } from './draft.ts';
import { withhold } from './draft.ts';
import { backingOff, firstHold, suspended } from './holds.ts';
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

/** Missing links made; anything else that stands in their place is reported, whole, and left. */
export function draftLinks(input: PlanInput): Draft<'links'> {
  const current: Record<string, { link: Presence; target: Presence }> = {};
  const target: Record<string, { link: Presence; target: Presence }> = {};
  const actions: Record<string, ActionOf<'link.create'>> = {};
  const withheld: Withheld[] = [];
  const diagnostics: Diagnostic[] = [];
  const coming = new Set<string>();
  for (const each of sharedLinks(input)) {
    const link = withComingTarget(each, coming);
    const key = `${link.account}/${link.entry}`;
    const { state } = link;
    const action = creation(input.desired, link);
    if (state.type === 'stuck' || state.type === 'homeless') {
      if (state.type === 'stuck') diagnostics.push(state.diagnostic);
      withheld.push(withhold(action, state.hold));
      continue;
    }
    const whole = { link: 'present', target: 'present' } as const;
    current[key] = state.type === 'intact' ? whole : { link: state.link, target: state.target };
    target[key] = whole;
    if (state.type === 'intact') continue;
    const hold = firstHold(
      suspended(input, [`link/${key}`, `account/${link.account}`]),
      backingOff(input, `link/${key}`),
    );
    if (hold === null) {
      actions[`/links/${pointerStep(key)}`] = action;
      coming.add(link.to);
    } else {
      target[key] = current[key];
      withheld.push(withhold(action, hold));
    }
  }
  return { current: { links: current }, target: { links: target }, actions, withheld, diagnostics };
}

/** Accounts share one target folder: what an earlier action of this plan makes is not missing for the next. */
function withComingTarget(link: SharedLink, coming: ReadonlySet<string>): SharedLink {
  const { state } = link;
  if (state.type !== 'missing' || state.target === 'present' || !coming.has(link.to)) return link;
  return {
    ...link,
    state: state.link === 'present' ? { type: 'intact' } : { ...state, target: 'present' },
  };
}

function creation(desired: DesiredState, link: SharedLink): ActionOf<'link.create'> {
  const { account, entry, path, to, state } = link;
  const missing = state.type === 'missing' ? state : { link: 'absent', target: 'present' };
  const makeLink = missing.link === 'absent';
  const makeTarget = missing.target === 'absent';
  const what = makeLink ? `${path} does not exist` : `${path} leads to ${to}, which does not exist`;
  return {
    type: 'link.create',
    target: `link/${account}/${entry}`,
    reason: makeLink ? 'missing' : 'target-missing',
    because: makeLink && makeTarget ? `${what}, nor does ${to}` : what,
    source: sourceOf(desired.sources, '/sharedState/entries'),
    disrupts: false,
    effect: { type: 'link.create', path, to, makeTarget, makeLink },
  };
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
  return stuck(
    place,
    'link-blocked',
    'Something stands where a link belongs',
    `${place.path} is a ${there.type === 'directory' ? 'folder' : there.type === 'file' ? 'file' : 'special file'}, not a link to ${place.to}; it may hold data`,
    `mv -n ${shellWord(place.path)} ${aside}  (look what is in it first; Rollcall then makes the link)`,
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
