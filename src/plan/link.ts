import type { DesiredState } from '../model/desired.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf, Withheld } from '../model/plan.ts';
import { pointerStep, sourceOf } from '../model/source.ts';
import type { Presence } from './document.ts';
import type { Draft } from './draft.ts';
import { withhold } from './draft.ts';
import { backingOff, firstHold, suspended } from './holds.ts';
import { type SharedLink, sharedLinks } from './shared-link.ts';

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
