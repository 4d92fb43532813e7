import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Observed } from '../../src/model/observed.ts';
import type { PlanInput } from '../../src/model/plan-input.ts';
import type { Action } from '../../src/model/plan.ts';
import { read } from '../../src/model/reading.ts';
import { plan } from '../../src/plan/plan.ts';
import { arbDesired, arbIdleInput, arbInput } from '../support/arbitrary.ts';
import { often } from '../support/heavy.ts';
import { input, MINUTE, NOW, observed, session, server } from '../support/fleet.ts';
import { simulate } from '../support/simulate.ts';
import { sessionsOf } from '../support/world.ts';

const RUNS = { numRuns: often(400, 4000) };

/** Names of sessions in this look that are none of ours to touch, by SPEC §1 and §3.5 and nothing else. */
function untouchable({ desired, observed: look }: PlanInput): ReadonlySet<string> {
  return new Set(
    Object.values(sessionsOf(look))
      .filter(
        ({ name, stamp, contradictedBy, panes }) =>
          name in desired.dedicated ||
          stamp?.owner !== desired.name ||
          stamp.kind !== 'pool' ||
          contradictedBy !== null ||
          Object.keys(panes).length > 1 ||
          Object.values(panes).some(({ dead, pid }) => !dead && pid !== stamp.pid),
      )
      .map(({ name }) => name),
  );
}

function sessionNamed(action: Action): string | null {
  const { effect } = action;
  if (effect.type === 'session.create') return effect.name;
  return 'session' in effect && effect.session !== null ? effect.session.name : null;
}

function applied(look: Observed, actions: readonly Action[]): Observed {
  return actions.reduce(simulate, look);
}

const after = (given: PlanInput, look: Observed): PlanInput => ({ ...given, observed: look });

describe('laws of the plan (SPEC §9)', () => {
  it('1: never names a foreign, dedicated, contradicted or interfered session', () => {
    fc.assert(
      fc.property(arbInput, (given) => {
        const hands = untouchable(given);
        for (const action of plan(given).actions) expect(hands.has(sessionNamed(action) ?? '')).toBe(false);
      }),
      RUNS,
    );
  });

  it('1: creates nothing outside the declared names', () => {
    fc.assert(
      fc.property(arbInput, (given) => {
        const { pools, dedicated } = given.desired;
        for (const action of plan(given).actions) {
          if (action.type !== 'session.create') continue;
          const { name } = action.effect;
          const inRange = Object.values(pools).some(({ prefix, startIndex, max }) =>
            Array.from({ length: max }, (_, i) => `${prefix}${String(startIndex + i)}`).includes(name),
          );
          expect(inRange || name in dedicated).toBe(true);
          expect(action.effect.runs.type === 'shell').toBe(name in dedicated);
        }
      }),
      RUNS,
    );
  });

  it('2: acts on a path only where nothing stands, and moves the active link only between declared homes', () => {
    fc.assert(
      fc.property(arbInput, (given) => {
        const homes = Object.values(given.desired.accounts).map(({ home }) => home);
        for (const action of plan(given).actions) {
          if (action.type === 'link.create' && action.effect.makeLink) {
            expect(given.observed.paths[action.effect.path]).toEqual(read({ type: 'absent' }));
          }
          if (action.type === 'account.activate') {
            const there = given.observed.paths[action.effect.link];
            expect(there?.ok).toBe(true);
            expect(homes).toContain(action.effect.home);
            if (there?.ok !== true || there.value.type === 'absent') continue;
            expect(there.value.type === 'link' ? homes : []).toContain(
              there.value.type === 'link' ? there.value.target : '',
            );
          }
        }
      }),
      RUNS,
    );
  });

  it('7: gives the same bytes for the same input, however it was listed', () => {
    fc.assert(
      fc.property(arbInput, fc.integer(), (given, seed) => {
        expect(JSON.stringify(plan(shuffled(given, seed)))).toBe(JSON.stringify(plan(given)));
      }),
      RUNS,
    );
  });

  it('8: is empty right after it was applied', () => {
    fc.assert(
      fc.property(arbIdleInput, (given) => {
        const first = plan(given);
        expect(first.diagnostics.filter(({ code }) => code === 'guard')).toEqual([]);
        const second = plan(after(given, applied(given.observed, first.actions)));
        expect(second.actions).toEqual([]);
        expect(second.patch).toEqual([]);
      }),
      RUNS,
    );
  });

  it('8: does nothing inside a declared range', () => {
    const arbInside = arbDesired.chain((state) =>
      fc
        .record(
          Object.fromEntries(
            Object.entries(state.pools).map(([name, { min, max }]) => [name, fc.integer({ min, max })]),
          ),
        )
        .map((sizes) => ({
          state: { ...state, dedicated: {}, accounts: {}, activeAccounts: {}, sharedState: null },
          sizes,
        })),
    );
    fc.assert(
      fc.property(arbInside, ({ state, sizes }) => {
        const names = Object.entries(state.pools).flatMap(([name, { prefix, startIndex }]) =>
          Array.from({ length: sizes[name] ?? 0 }, (_, i) => `${prefix}${String(startIndex + i)}`),
        );
        const young = { createdAt: NOW - MINUTE };
        const look = observed(state, {
          tmux: read(server(names.map((name, i) => session(i + 1, name, 'free', young)))),
        });
        const made = plan(input(state, look));
        expect(made.actions).toEqual([]);
        expect(made.converged).toBe(true);
      }),
      RUNS,
    );
  });

  it('9: needs each of its actions', () => {
    fc.assert(
      fc.property(arbIdleInput, (given) => {
        const { actions } = plan(given);
        for (const left of actions) {
          // An account is activated for its links' sake: without one of them it has to wait with it.
          const others = actions.filter((each) => each !== left);
          const doable = others.filter(
            (each) => left.type !== 'link.create' || each.type !== 'account.activate',
          );
          const then = plan(after(given, applied(given.observed, doable)));
          expect(then.actions.map(({ target }) => target)).toContain(left.target);
        }
      }),
      { numRuns: often(200, 2000) },
    );
  });

  it('10: reaches the same end, stopped after any number of actions of any cycle, in a bounded number of cycles', () => {
    fc.assert(
      fc.property(arbIdleInput, fc.array(fc.nat(5), { minLength: 40, maxLength: 40 }), (drawn, stops) => {
        const given = {
          ...drawn,
          memory: { ...drawn.memory, deaths: {}, failures: {} },
          massRemovalConfirmed: true,
        };
        const undisturbed = converged(given, () => Number.POSITIVE_INFINITY);
        const disturbed = converged(given, (cycle) =>
          cycle < 20 ? (stops[cycle] ?? 0) : Number.POSITIVE_INFINITY,
        );
        expect(shape(disturbed)).toEqual(shape(undisturbed));
      }),
      { numRuns: often(250, 2000) },
    );
  });

  it('11: rests nothing on what could not be read', () => {
    fc.assert(
      fc.property(arbInput, (given) => {
        const { observed: look } = given;
        for (const action of plan(given).actions) {
          if (action.target.startsWith('session/')) expect(look.tmux.ok).toBe(true);
          if (action.type === 'session.create') expect(look.directories[action.effect.cwd]?.ok).toBe(true);
          if (action.type === 'link.create') {
            expect(look.paths[action.effect.path]?.ok).toBe(true);
            expect(look.directories[action.effect.to]?.ok).toBe(true);
          }
          if (action.type === 'account.activate') expect(look.directories[action.effect.home]?.ok).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('12: stops no more than maxDisruptions in a cycle, and does no more than maxActions', () => {
    fc.assert(
      fc.property(arbInput, (given) => {
        const { maxActions, maxDisruptions } = given.desired.reconcile;
        const { actions } = plan(given);
        const ours = Object.values(sessionsOf(given.observed)).filter(
          ({ stamp }) => stamp?.owner === 'home',
        ).length;
        const allowed =
          maxDisruptions.type === 'count' ? maxDisruptions.count : Math.max(1, maxDisruptions.share * ours);
        expect(actions.length).toBeLessThanOrEqual(maxActions);
        expect(
          actions.filter(({ type, disrupts }) => type === 'session.stop' && disrupts).length,
        ).toBeLessThanOrEqual(allowed);
      }),
      RUNS,
    );
  });

  it('12: never lets one edit take more than two sessions and 30 % unconfirmed', () => {
    fc.assert(
      fc.property(arbInput, (drawn) => {
        const given: PlanInput = {
          ...drawn,
          memory: { ...drawn.memory, accepted: null },
          massRemovalConfirmed: false,
        };
        const living = plan(given).actions.filter(
          ({ type, disrupts }) => type === 'session.stop' && disrupts,
        );
        const ours = Object.values(sessionsOf(given.observed)).filter(
          ({ stamp }) => stamp?.owner === 'home',
        ).length;
        expect(living.length).toBeLessThanOrEqual(Math.max(2, 0.3 * ours));
      }),
      RUNS,
    );
  });

  it('never trips its own guard', () => {
    fc.assert(
      fc.property(arbInput, (given) => {
        expect(plan(given).diagnostics.filter(({ code }) => code === 'guard')).toEqual([]);
      }),
      RUNS,
    );
  });
});

/** Cycles of plan and apply, `limit` actions at most in each, until nothing is left to do. */
function converged(given: PlanInput, limit: (cycle: number) => number): Observed {
  let look = given.observed;
  for (let cycle = 0; cycle < 80; cycle += 1) {
    const { actions } = plan(after(given, look));
    if (actions.length === 0) return look;
    look = applied(look, actions.slice(0, limit(cycle)));
  }
  throw new Error('did not converge in 80 cycles');
}

/** What matters of an end state: which sessions live, where the links lead. Ids and pids differ from run to run. */
function shape(look: Observed): unknown {
  const sessions = Object.values(sessionsOf(look))
    .map(({ name, stamp, panes }) => [
      name,
      stamp?.owner,
      stamp?.kind,
      Object.values(panes).map(({ dead }) => dead),
    ])
    .toSorted();
  return {
    sessions,
    paths: Object.entries(look.paths).toSorted(),
    directories: Object.entries(look.directories).toSorted(),
  };
}

/** The same value with the keys of every map in another order. */
function shuffled<T>(value: T, seed: number): T {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, each], i): [string, unknown, number] => [
    key,
    shuffled(each, seed + i),
    Math.imul(seed + i, 2_654_435_761) >>> 0,
  ]);
  const sorted = entries.toSorted(([, , a], [, , b]) => a - b).map(([key, each]) => [key, each]);
  return Object.fromEntries(sorted) as T;
}
