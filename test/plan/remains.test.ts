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

  it('does not count either where another session shows its window: starting it again would reach that one', () => {
    const state = desired({ pools: { auto: pool({ min: 1, max: 2 }) } });
    const shown = { panes: { '%1': pane('%1', dead) } };
    const sessions = [session(1, 'auto-0', 'ended', shown), session(2, 'theirs', 'foreign', shown)];
    const made = plan(input(state, observed(state, { tmux: read(server(sessions)) })));
    expect(made.actions.map(({ type, target }) => [type, target])).toEqual([
      ['session.create', 'session/auto-1'],
    ]);
  });

  it('is never stopped as a surplus while another session shows its window', () => {
    const state = desired({ pools: { auto: pool({ min: 0, max: 2 }) } });
    const shown = { panes: { '%1': pane('%1') } };
    const sessions = [session(1, 'auto-0', 'free', shown), session(2, 'theirs', 'foreign', shown)];
    expect(plan(input(state, observed(state, { tmux: read(server(sessions)) }))).actions).toEqual([]);
  });

  it('still counts while anything in it lives', () => {
    const state = desired({ pools: { auto: pool({ min: 1, max: 2 }) } });
    const half = session(1, 'auto-0', 'ended', { panes: { '%1': pane('%1', dead), '%9': pane('%9') } });
    const made = plan(input(state, observed(state, { tmux: read(server([half])) })));
    expect(made.actions).toEqual([]);
    expect(made.withheld).toEqual([]);
  });
});
