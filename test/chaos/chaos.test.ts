import { describe, expect, it } from 'vitest';
import type { FaultName } from './faults.ts';
import { tryOut } from './trial.ts';

/** Of the cases of `npm run proof -- chaos`, those that no other test of `npm test` is near. */
const CASES: readonly (readonly [fault: FaultName, behind: string, effect: number])[] = [
  ['EACCES', 'the reservation', 16],
  ['session renamed', 'the claim', 19],
  ['pane split', 'the start', 20],
  ['second copy', 'the claim', 19],
];

describe.concurrent('a fleet that is hurt', { timeout: 300_000 }, () => {
  it.each(CASES)('by %s right behind %s comes to the same end', async (fault, _, effect) => {
    const { at, violations } = await tryOut({ story: 'task', fault, effect }, null);
    expect(at).not.toBeNull();
    expect(violations).toEqual([]);
  });
});
