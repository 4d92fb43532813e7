import { describe, expect, it } from 'vitest';
import { read } from '../../src/model/reading.ts';
import { plan } from '../../src/plan/plan.ts';
import { desired, input, observed, pool, server, session } from '../support/fleet.ts';

/** A fleet of `pools` pools of 100, a server with `count` sessions: nine in ten right, some ended, some foreign. */
function big(pools: number, count: number) {
  const names = Array.from({ length: pools }, (_, i) => `p${String(i)}`);
  const state = desired({
    pools: Object.fromEntries(names.map((name) => [name, pool({ prefix: `${name}-`, min: 100, max: 100 })])),
  });
  const sessions = Array.from({ length: count }, (_, i) => {
    const name = `p${String(Math.floor(i / 100))}-${String(i % 100)}`;
    return session(i + 1, name, i % 50 === 0 ? 'ended' : i % 51 === 0 ? 'foreign' : 'free');
  });
  return input(state, observed(state, { tmux: read(server(sessions)) }));
}

/** The best of some runs: what it costs, not what else the machine was doing. */
function bestMs(given: ReturnType<typeof big>): number {
  const times = Array.from({ length: 9 }, () => {
    const begun = performance.now();
    plan(given);
    return performance.now() - begun;
  });
  return Math.min(...times);
}

describe('the cost of planning', () => {
  it('is under 200 ms for 10,000 sessions and 100 pools, and grows no faster than linearly', () => {
    bestMs(big(10, 1000));
    const small = bestMs(big(25, 2500));
    const large = bestMs(big(100, 10_000));
    expect(large).toBeLessThan(200);
    expect(large / small).toBeLessThan(4 * 2);
  });
});
