import { describe, expect, it } from 'vitest';
import { explore } from './explore.ts';
import { MUTANTS } from './mutants.ts';
import { type Trial, trialOf } from './trials.ts';

/** Where nothing else is said, what goes wrong is one of these. */
const USUAL: Trial = {
  sessions: 1,
  tasks: 1,
  retries: 1,
  reconcilers: 1,
  faults: { crash: 1, 'tmux-late': 1, 'kill-session': 1, wait: 1 },
  atMost: 1,
  coarse: true,
};

describe('a dispatch that is put together wrongly', { timeout: 180_000 }, () => {
  it.each(Object.entries(MUTANTS))('is found out where it %s', async (_, mutant) => {
    const { problem } = await explore(trialOf({ ...USUAL, ...mutant.trial }, mutant), 20_000);
    expect(problem).not.toBeNull();
  });

  // Else a mutant might be caught by what is wrong without it.
  it.each(trialsOfMutants())('is right where it is the product, with %s', async (_, trial) => {
    const { problem } = await explore(trialOf(trial), 1500);
    expect(problem?.what ?? null).toBeNull();
  });
});

/** Each trial that a mutant is caught in, once. */
function trialsOfMutants(): readonly (readonly [string, Trial])[] {
  const trials = Object.values(MUTANTS).map(({ trial }): Trial => ({ ...USUAL, ...trial }));
  return [...new Map(trials.map((trial) => [JSON.stringify(trial), trial] as const))];
}
