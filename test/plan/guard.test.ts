import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../src/model/plan.ts';
import type { PlanInput } from '../../src/model/plan-input.ts';
import { read } from '../../src/model/reading.ts';
import { guard } from '../../src/plan/guard.ts';
import { plan } from '../../src/plan/plan.ts';
import { arbInput } from '../support/arbitrary.ts';
import {
  desired,
  HOME,
  INCARNATION,
  input,
  NOW,
  observed,
  pane,
  pool,
  server,
  session,
  twoAccounts,
} from '../support/fleet.ts';

const FLEET = desired({
  ...twoAccounts(),
  pools: { auto: pool({ startIndex: 11, min: 1, max: 2 }) },
  dedicated: { mine: { cwd: `${HOME}/work`, agent: null, onSwap: 'leave' } },
});

/** A true plan with one action of each disruptive kind, to be bent by the tests. */
function sound(): { readonly given: PlanInput; readonly stop: Action; readonly recreate: Action } {
  const sessions = [session(1, 'old-1', 'free'), session(2, 'auto-11', 'ended')];
  const given = input(FLEET, observed(FLEET, { tmux: read(server(sessions)) }));
  const { actions } = plan(given);
  const stop = actions.find(({ type }) => type === 'session.stop');
  const recreate = actions.find(({ type }) => type === 'session.recreate');
  if (stop === undefined || recreate === undefined) throw new Error('the sound plan has both');
  return { given, stop, recreate };
}

/** The action with part of its effect replaced, as a bug in the planner would. */
function bent(action: Action, effect: object, over: object = {}): Action {
  return { ...action, ...over, effect: { ...action.effect, ...effect } } as Action;
}

describe('guard', () => {
  it('lets a sound plan pass', () => {
    const { given } = sound();
    expect(guard(plan(given).actions, given)).toEqual([]);
  });

  it('refuses a stop of anything but our own session, as it was seen', () => {
    const { given, stop } = sound();
    if (stop.type !== 'session.stop') throw new Error('a stop');
    const own = stop.effect.session;
    const bends = [
      { session: { ...own, id: '$9' } },
      { session: { ...own, name: 'other' } },
      { session: { ...own, pane: '%9' } },
      { session: { ...own, panePid: 1 } },
      { session: { ...own, owner: 'elsewhere' } },
      { session: { ...own, incarnation: { ...INCARNATION, pid: 1 } } },
      { session: { ...own, incarnation: { ...INCARNATION, startTime: 1 } } },
      { ended: true },
    ];
    for (const bend of bends) expect(guard([bent(stop, bend)], given)).not.toEqual([]);
    for (const kind of [
      'foreign',
      'other-fleet',
      'tampered',
      'was-dedicated',
      'split',
      'respawned',
    ] as const) {
      const world = observed(FLEET, { tmux: read(server([session(1, 'old-1', kind)])) });
      expect([kind, guard([stop], { ...given, observed: world })]).not.toEqual([kind, []]);
    }
    const grouped = [
      session(1, 'old-1', 'free'),
      session(2, 'theirs', 'foreign', { panes: { '%1': pane('%1') } }),
    ];
    const shared = observed(FLEET, { tmux: read(server(grouped)) });
    expect(guard([stop], { ...given, observed: shared })).not.toEqual([]);
    const typed = observed(FLEET, {
      tmux: read(server([session(1, 'old-1', 'free', { attached: 1, typedAt: NOW })])),
    });
    expect(guard([stop], { ...given, observed: typed })).not.toEqual([]);
    const inherited = observed(FLEET, {
      tmux: read(server([session(1, 'old-1', 'free')], { stampInherited: true })),
    });
    expect(guard([stop], { ...given, observed: inherited })).not.toEqual([]);
    expect(guard([stop, stop], given)).not.toEqual([]);
  });

  it('refuses to restart what lives', () => {
    const { given, recreate } = sound();
    const world = observed(FLEET, { tmux: read(server([session(2, 'auto-11', 'free')])) });
    expect(guard([recreate], { ...given, observed: world })).not.toEqual([]);
  });

  it('refuses to create a session outside the range, twice, or over one that is there', () => {
    const given = input(FLEET, observed(FLEET));
    const create = plan(given).actions.find(({ target }) => target === 'session/auto-11');
    if (create === undefined) throw new Error('a create');
    expect(guard([create], given)).toEqual([]);
    for (const name of ['auto-10', 'auto-13', 'auto-011', 'auto-1', 'other', 'mine', 'a b', 'auto-1e1']) {
      expect([name, guard([bent(create, { name })], given)]).not.toEqual([name, []]);
    }
    expect(guard([bent(create, { owner: 'elsewhere' })], given)).not.toEqual([]);
    expect(guard([bent(create, { cwd: '/nowhere' })], given)).not.toEqual([]);
    const world = observed(FLEET, { tmux: read(server([session(1, 'auto-11', 'foreign')])) });
    expect(guard([create], { ...given, observed: world })).not.toEqual([]);
  });

  it('refuses a link where something stands, or that nobody declared', () => {
    const given = input(FLEET, observed(FLEET));
    const link = plan(given).actions.find(({ type }) => type === 'link.create');
    const activate = plan(given).actions.find(({ type }) => type === 'account.activate');
    if (link?.type !== 'link.create' || activate?.type !== 'account.activate')
      throw new Error('both are planned');
    expect(guard([link, activate], given)).toEqual([]);
    expect(guard([bent(link, { path: '/etc/passwd' })], given)).not.toEqual([]);
    expect(guard([bent(link, { to: '/etc' })], given)).not.toEqual([]);
    expect(guard([bent(activate, { home: '/etc' })], given)).not.toEqual([]);
    expect(guard([bent(activate, { link: '/etc' })], given)).not.toEqual([]);
    // Nothing stands there, and yet nobody asked for a link.
    const free = { ...given.observed.paths, [`${HOME}/elsewhere`]: read({ type: 'absent' as const }) };
    expect(
      guard([bent(link, { path: `${HOME}/elsewhere` })], {
        ...given,
        observed: { ...given.observed, paths: free },
      }),
    ).not.toEqual([]);
    for (const type of ['directory', 'file', 'other'] as const) {
      const there = { [link.effect.path]: read({ type }), [activate.effect.link]: read({ type }) };
      const world = { ...given.observed, paths: { ...given.observed.paths, ...there } };
      expect(guard([link], { ...given, observed: world })).not.toEqual([]);
      expect(guard([activate], { ...given, observed: world })).not.toEqual([]);
    }
  });

  it('refuses more than the budgets allow', () => {
    fc.assert(
      fc.property(arbInput, (given) => {
        const { actions } = plan(given);
        const tight = { ...given.desired.reconcile, maxActions: actions.length - 1 };
        if (actions.length === 0) return;
        expect(guard(actions, { ...given, desired: { ...given.desired, reconcile: tight } })).not.toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses more disruptions than one cycle may make, and counts only what disrupts', () => {
    const three = [1, 2, 3].map((i) => session(i, `old-${String(i)}`, 'free'));
    const given = input(FLEET, observed(FLEET, { tmux: read(server(three)) }), {
      massRemovalConfirmed: true,
    });
    const { actions } = plan(given);
    expect(actions.filter(({ disrupts }) => disrupts)).toHaveLength(3);
    const of = (count: number): PlanInput => {
      const reconcile = { ...FLEET.reconcile, maxDisruptions: { type: 'count', count } } as const;
      return { ...given, desired: { ...FLEET, reconcile } };
    };
    expect(guard(actions, of(3))).toEqual([]);
    expect(guard(actions, of(2))).not.toEqual([]);
  });

  it('refuses the whole plan, and says that it is a bug', () => {
    const { given, stop } = sound();
    const [diagnostic] = guard([bent(stop, { session: { id: '$9' } })], given);
    expect(diagnostic).toMatchObject({ severity: 'error', code: 'guard' });
  });
});
