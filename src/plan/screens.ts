import type { Memory, SeenScreenHash } from '../model/memory.ts';
import type { Observed } from '../model/observed.ts';

/** Since when the screen of each running agent has looked as it does now; attempts that are gone are forgotten. */
export function screensAfter(observed: Observed, memory: Memory): Readonly<Record<string, SeenScreenHash>> {
  return Object.fromEntries(
    Object.entries(observed.runs).flatMap(([attempt, { facts }]) => {
      const known = memory.screens[attempt];
      if (facts.screen === null) return known === undefined ? [] : [[attempt, known] as const];
      const { hash } = facts.screen;
      const since = known?.hash === hash && known.since <= observed.at ? known.since : observed.at;
      return [[attempt, { hash, since }] as const];
    }),
  );
}
