import { describe, expect, it } from 'vitest';
import { explore, story } from './explore.ts';
import { type SwapTrial, swapTrialOf } from './swap.ts';

/**
 * The product's own look, verdict, plan and effects from the moment at which an agent was refused: in every order of
 * what it does, what the machine does and what goes wrong, the conversation is in one process at a time, its task in
 * one place, the active link always on a declared home; and then it goes on under the other account and ends.
 */
const HEAVY = process.env['ROLLCALL_HEAVY'] === '1';

const ONE: SwapTrial = { sessions: 1, reconcilers: 1, faults: {}, atMost: 1, coarse: true };

describe('a swap', { timeout: HEAVY ? 3_600_000 : 300_000 }, () => {
  it('comes to its end in whatever order things happen', async () => {
    expect(await seen(ONE, 5000)).toEqual({ problem: null, complete: true });
  });

  it('survives a command that the server carries out late', async () => {
    expect(await seen({ ...ONE, faults: { 'tmux-late': 1 } }, HEAVY ? 100_000 : 4000)).toMatchObject({
      problem: null,
    });
  });

  it.runIf(HEAVY)('survives a crash, and the end of the server', async () => {
    const faults = { crash: 1, 'kill-server': 1, 'tmux-late': 1 };
    expect(await seen({ ...ONE, faults }, 60_000)).toMatchObject({ problem: null });
  });
});

async function seen(trial: SwapTrial, most: number) {
  const { problem, complete, states, steps } = await explore(await swapTrialOf(trial), most);
  console.log(`${complete ? 'all' : 'the first'} ${String(states)} states, ${String(steps)} steps`);
  return { problem: problem === null ? null : story(problem), complete };
}
