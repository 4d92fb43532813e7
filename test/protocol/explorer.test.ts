import { describe, expect, it } from 'vitest';
import { explore, story, type System } from './explore.ts';
import { broken, unfinished } from './promises.ts';
import { PLACES, scene } from './scene.ts';
import { systemOf } from './system.ts';
import { type Toy, toy } from './toy.ts';

/** Counts from 0 by one or by three; what is wrong and where it ends is the test's. */
function counter(over: Partial<System<number>> = {}): System<number> {
  return {
    start: 0,
    key: String,
    steps: (state) =>
      state >= 20
        ? []
        : [1, 3].map((by) => ({ label: `+${String(by)}`, take: () => Math.min(20, state + by) })),
    wrong: () => null,
    calm: (state) => Promise.resolve({ left: null, keys: [String(state)], labels: [] }),
    ...over,
  };
}

describe('the explorer', () => {
  it('sees each state once and all of them', async () => {
    expect(await explore(counter(), 1000)).toEqual({ states: 21, steps: 40, complete: true, problem: null });
  });

  it('says so where it has not seen all of them', async () => {
    const found = await explore(counter(), 10);
    expect(found.complete).toBe(false);
    expect(found.problem).toBeNull();
  });

  it('sees the same states in whatever order', async () => {
    expect(await explore(counter(), 1000, 7)).toEqual({
      states: 21,
      steps: 40,
      complete: true,
      problem: null,
    });
  });

  it('comes further by chance than by going nearest first', async () => {
    const deepest = async (seed: number | null): Promise<number> => {
      let most = 0;
      const wide = counter({
        steps: (state) => [1, 2, 3].map((by) => ({ label: '', take: () => state * 3 + by })),
        wrong: (state) => {
          most = Math.max(most, state);
          return null;
        },
      });
      await explore(wide, 300, seed);
      return most;
    };
    expect(await deepest(7)).toBeGreaterThan(await deepest(null));
  });

  it('tells the shortest way to what is wrong', async () => {
    const found = await explore(counter({ wrong: (state) => (state === 7 ? 'seven' : null) }), 1000);
    expect(found.problem?.what).toBe('seven');
    expect(found.problem?.labels.toSorted()).toEqual(['+1', '+3', '+3']);
  });

  it('tells a state from which nothing comes to its end', async () => {
    const calm: System<number>['calm'] = (state) =>
      Promise.resolve({ left: state === 9 ? 'stuck' : null, keys: [String(state)], labels: ['waits'] });
    const found = await explore(counter({ calm }), 1000);
    expect(found.problem?.what).toBe('stuck');
    expect(found.problem?.labels.slice(-2)).toEqual(['-- no more mishaps --', 'waits']);
  });
});

/** One task, two sessions; two mishaps of these kinds. */
function trial(kind: Toy, reconcilers: number) {
  return systemOf({
    world: scene({ sessions: 2, tasks: 1 }),
    reconciler: toy(kind),
    reconcilers,
    faults: { crash: 1, 'tmux-late': 1, 'kill-session': 1 },
    atMost: 2,
    attempts: 4,
    live: [PLACES.runs, '/q'],
    isOurs: (name) => name.startsWith(PLACES.prefix),
    wrong: (world) => broken(world, 1, 1),
    left: unfinished,
  });
}

describe('the explorer on protocols that are known', () => {
  it('finds nothing wrong with a right one', async () => {
    const { problem, complete, states } = await explore(trial('fenced', 1), 100_000);
    expect(problem === null ? null : story(problem)).toBeNull();
    expect(complete).toBe(true);
    expect(states).toBeGreaterThan(5000);
  });

  it.each([
    ['start-then-claim', 'ran more often'],
    ['no-phase', 'lives on'],
    ['unguarded', 'ran more often'],
    ['forgetful', 'ran more often'],
  ] as const)('tells what is wrong with %s', async (kind, what) => {
    const { problem } = await explore(trial(kind, 1), 100_000);
    expect(problem?.what).toContain(what);
  });
});
