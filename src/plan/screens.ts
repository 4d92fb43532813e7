import type { Memory, SeenScreenHash } from '../model/memory.ts';
import type { Observed } from '../model/observed.ts';

/**
 * Since when the screen of each running agent has looked as it does now, keyed by attempt or `session/NAME` of a
 * dedicated one; those that are gone are forgotten.
 */
export function screensAfter(observed: Observed, memory: Memory): Readonly<Record<string, SeenScreenHash>> {
  const facts = [
    ...Object.entries(observed.runs).map(([attempt, run]) => [attempt, run.facts] as const),
    ...Object.entries(observed.operators).flatMap(([session, [agent]]) =>
      agent === undefined ? [] : [[`session/${session}`, agent.facts] as const],
    ),
  ];
  return Object.fromEntries(
    facts.flatMap(([key, { screen }]) => {
      const known = memory.screens[key];
      if (screen === null) return known === undefined ? [] : [[key, known] as const];
      const since = known?.hash === screen.hash && known.since <= observed.at ? known.since : observed.at;
      return [[key, { hash: screen.hash, since }] as const];
    }),
  );
}
