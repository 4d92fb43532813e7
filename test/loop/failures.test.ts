import { describe, expect, it } from 'vitest';
import { failuresAfter, staleAfter } from '../../src/loop/failures.ts';
import { NO_MEMORY } from '../../src/model/memory.ts';
import type { StepOutcome, StepResult } from '../../src/model/step.ts';
import { backingOff, failureDelayMs } from '../../src/plan/holds.ts';
import { plan } from '../../src/plan/plan.ts';
import { desired, input, MINUTE, NOW, observed, pool } from '../support/fleet.ts';

const FLEET = desired({ pools: { auto: pool({ min: 1, max: 1 }) } });
const TARGET = 'session/auto-0';
const wanted = plan(input(FLEET, observed(FLEET)));
const settled = { ...wanted, actions: [] };

function step(outcome: StepOutcome): StepResult {
  return { type: 'session.create', target: TARGET, outcome, text: 'because', tookMs: 1 };
}

const known = (count: number, lastAt = NOW - 1000) => ({
  ...NO_MEMORY,
  failures: { [TARGET]: { count, lastAt, why: 'before' } },
});

describe('what counts as a failure', () => {
  it('is a step that failed or whose outcome is unknown, each time more', () => {
    for (const outcome of ['failed', 'unknown'] as const) {
      expect(failuresAfter(NO_MEMORY, [step(outcome)], settled, {})[TARGET]).toMatchObject({
        count: 1,
        lastAt: NOW,
      });
      expect(failuresAfter(known(3), [step(outcome)], settled, {})[TARGET]).toMatchObject({
        count: 4,
        why: 'because',
      });
    }
  });

  it('is a step that was done and did not hold', () => {
    expect(failuresAfter(NO_MEMORY, [step('applied')], wanted, {})[TARGET]).toMatchObject({ count: 1 });
  });

  it('is forgotten once done and still so on the next look, and after an hour', () => {
    expect(failuresAfter(known(3), [step('applied')], settled, {})).toEqual({});
    expect(failuresAfter(known(3, NOW - 61 * MINUTE), [], settled, {})).toEqual({});
    expect(failuresAfter(known(3), [], settled, {})).toEqual(known(3).failures);
  });

  it('is a refusal only when it comes again and again', () => {
    let stale = {};
    for (const failed of [false, false, true]) {
      expect(TARGET in failuresAfter(NO_MEMORY, [step('stale')], wanted, stale)).toBe(failed);
      stale = staleAfter(stale, [step('stale')]);
    }
    expect(staleAfter(stale, [step('applied')])).toEqual({});
  });
});

describe('back-off', () => {
  it('grows with each failure up to five minutes and holds the target until then', () => {
    expect([1, 2, 3, 4, 5, 50].map(failureDelayMs)).toEqual([2_000, 5_000, 15_000, 60_000, 300_000, 300_000]);
    const held = (lastAt: number) =>
      backingOff(input(FLEET, observed(FLEET), { memory: known(1, lastAt) }), TARGET);
    expect(held(NOW - 1_999)).toMatchObject({ reason: 'backing-off', until: NOW + 1 });
    expect(held(NOW - 2_000)).toBeNull();
  });

  it('does not outlast a clock that was put back', () => {
    const memory = known(9, NOW + 60 * MINUTE);
    expect(backingOff(input(FLEET, observed(FLEET), { memory }), TARGET)).toBeNull();
  });
});
