import { describe, expect, it } from 'vitest';
import { explore, type Found, story } from './explore.ts';
import { EVERY_FAULT, type Trial, trialOf } from './trials.ts';

/**
 * The product's own look, plan and apply on a small machine (DESIGN §3): every interleaving of their calls with each
 * other, with launchers, agents and late tmux commands, and with every place where something may die. In each state:
 * every task is in one place with its bytes and its record, runs once at a time and no more often than it may, and
 * from there, without more mishaps, everything ends: nothing is left claimed, reserved or running.
 */
const HEAVY = process.env['ROLLCALL_HEAVY'] === '1';

/** Of the order in which states are seen: no test sees other ones from one run to the next. */
const SEED = 20_261_122;

const ONE: Trial = {
  sessions: 1,
  tasks: 1,
  retries: 1,
  reconcilers: 1,
  faults: EVERY_FAULT,
  atMost: 1,
  coarse: false,
};

describe('a dispatch', { timeout: HEAVY ? 3_600_000 : 300_000 }, () => {
  it('survives any one mishap', async () => {
    const trial = { ...ONE, retries: 0, coarse: true } as const;
    expect(await seen(trial, 30_000)).toEqual({ problem: null, complete: true });
  });

  it('survives any one mishap between any two calls', async () => {
    expect(await seen(ONE, 8000)).toMatchObject({ problem: null });
  });

  it('runs a task again only when nothing of its last run can come any more', async () => {
    const faults = { 'tmux-late': 1, 'kill-session': 1, 'kill-server': 1, 'kill-launcher': 1, wait: 1 };
    expect(await seen({ ...ONE, sessions: 2, faults, coarse: true }, 5000)).toMatchObject({
      problem: null,
    });
  });

  it('survives two mishaps one after the other', async () => {
    expect(await seen({ ...ONE, atMost: 2, coarse: true }, 5000)).toMatchObject({ problem: null });
  });

  it('gives two tasks one session each', async () => {
    const faults = { crash: 1, 'tmux-late': 1, 'kill-session': 1 };
    expect(await seen({ ...ONE, tasks: 2, sessions: 2, faults, coarse: true }, 6000)).toMatchObject({
      problem: null,
    });
  });

  it('survives a second reconciler that has no lock', async () => {
    const trial = { ...ONE, reconcilers: 2, retries: 0, faults: {}, coarse: true } as const;
    expect(await seen(trial, 8000)).toMatchObject({ problem: null });
  });

  it.runIf(HEAVY)('survives a second reconciler and a mishap', async () => {
    const faults = { crash: 1, 'tmux-late': 1, 'kill-session': 1 };
    expect(await seen({ ...ONE, reconcilers: 2, faults, coarse: true }, 2_000_000)).toMatchObject({
      problem: null,
    });
  });

  it.runIf(HEAVY)('survives any two mishaps between any two calls', async () => {
    expect(await seen({ ...ONE, atMost: 2, sessions: 2 }, 2_000_000)).toMatchObject({ problem: null });
  });
});

/** Sees so many states, or all there are: what is wrong with one of them, as a story, and whether these were all. */
async function seen(
  trial: Trial,
  atMost: number,
): Promise<{ readonly problem: string | null; readonly complete: boolean }> {
  const begun = performance.now();
  const found = await explore(trialOf(trial), HEAVY ? 2_000_000 : atMost, HEAVY ? null : SEED);
  tell(found, performance.now() - begun);
  const { problem, complete } = found;
  return { problem: problem === null ? null : story(problem), complete };
}

function tell({ states, steps, complete }: Found, ms: number): void {
  const all = complete ? 'all of' : 'the first';
  console.log(`${all} ${String(states)} states, ${String(steps)} steps, ${(ms / 1000).toFixed(1)} s`);
}
