import { describe, expect, it } from 'vitest';
import { read } from '../../src/model/reading.ts';
import { plan } from '../../src/plan/plan.ts';
import { statusOf } from '../../src/plan/status.ts';
import { desired, input, observed, pane, pool, server, session } from '../support/fleet.ts';

const dead = { dead: true, deadStatus: 0 };
/** Our process has ended, and so has what somebody opened beside it. */
const REMAINS = session(1, 'auto-0', 'ended', { panes: { '%1': pane('%1', dead), '%9': pane('%9', dead) } });

describe('a pool session in which nothing lives, and not only our own process has ended', () => {
  it('does not count: another name of the range takes its place, and it is left as it is', () => {
    const state = desired({ pools: { auto: pool({ min: 1, max: 2 }) } });
    const given = input(state, observed(state, { tmux: read(server([REMAINS])) }));
    const made = plan(given);
    expect(made.actions.map(({ type, target }) => [type, target])).toEqual([
      ['session.create', 'session/auto-1'],
    ]);
    expect(statusOf(given, made).pools['auto']?.alive).toBe(0);
  });

  it('is what the pool is short for where it holds the last name', () => {
    const state = desired({ pools: { auto: pool({ min: 1, max: 1 }) } });
    const made = plan(input(state, observed(state, { tmux: read(server([REMAINS])) })));
    expect(made.actions).toEqual([]);
    expect(made.withheld.map(({ target, reason }) => [target, reason])).toEqual([['session/auto-0', 'busy']]);
    expect(made.converged).toBe(false);
  });

  it('still counts while anything in it lives', () => {
    const state = desired({ pools: { auto: pool({ min: 1, max: 2 }) } });
    const half = session(1, 'auto-0', 'ended', { panes: { '%1': pane('%1', dead), '%9': pane('%9') } });
    const made = plan(input(state, observed(state, { tmux: read(server([half])) })));
    expect(made.actions).toEqual([]);
    expect(made.withheld).toEqual([]);
  });
});
