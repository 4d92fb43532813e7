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

/** Processor time of this thread, the best of several runs: the rest of the machine may be as busy as it likes. */
function bestMs(given: ReturnType<typeof big>): number {
  const times = Array.from({ length: 7 }, () => {
    const begun = process.threadCpuUsage();
    plan(given);
    const { user, system } = process.threadCpuUsage(begun);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

describe('the cost of planning', () => {
  it('is under 200 ms for 10,000 sessions and 100 pools, and grows no faster than linearly', () => {
    bestMs(big(10, 1000));
    const once = bestMs(big(100, 10_000));
    expect(once).toBeLessThan(200);
    // Twice as much, at a size no cache holds any more, costs twice as much; four times would be quadratic.
    expect(bestMs(big(200, 20_000)) / once).toBeLessThan(3);
  });
});
