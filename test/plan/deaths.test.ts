import { describe, expect, it } from 'vitest';
import type { Memory } from '../../src/model/memory.ts';
import { NO_MEMORY } from '../../src/model/memory.ts';
import type { ObservedPane } from '../../src/model/observed.ts';
import { read } from '../../src/model/reading.ts';
import { countDeaths } from '../../src/plan/deaths.ts';
import { acceptable } from '../../src/plan/mass-removal.ts';
import { plan } from '../../src/plan/plan.ts';
import { desired, input, MINUTE, NOW, observed, pane, pool, server, session } from '../support/fleet.ts';

const FLEET = desired({ pools: { auto: pool({ min: 1, max: 1 }) } });

function corpse(over: Partial<ObservedPane>, ageMs = 60 * MINUTE) {
  const dead = pane('%1', { dead: true, ...over });
  return session(1, 'auto-0', 'ended', { createdAt: NOW - ageMs, panes: { '%1': dead } });
}

function look(over: Partial<ObservedPane>, ageMs?: number) {
  return observed(FLEET, { tmux: read(server([corpse(over, ageMs)])) });
}

function counted(over: Partial<ObservedPane>, ageMs?: number, memory: Memory = NO_MEMORY): number {
  return countDeaths(FLEET, look(over, ageMs), memory)['auto-0']?.at.length ?? 0;
}

describe('a death is by itself', () => {
  it('when the process exited, or a fault of its own killed it', () => {
    expect(counted({ deadStatus: 0 })).toBe(1);
    expect(counted({ deadStatus: 127 })).toBe(1);
    expect(counted({ deadSignal: 11 })).toBe(1);
  });

  it('not when somebody sent it a signal', () => {
    for (const deadSignal of [1, 2, 9, 15]) expect(counted({ deadSignal })).toBe(0);
  });

  it('when tmux knows nothing, only right after the start', () => {
    expect(counted({}, 60 * MINUTE)).toBe(0);
    expect(counted({}, 2_000)).toBe(1);
  });

  it('once, however often the corpse is looked at', () => {
    const first = countDeaths(FLEET, look({ deadStatus: 1 }), NO_MEMORY);
    const later = countDeaths(FLEET, look({ deadStatus: 1 }), { ...NO_MEMORY, deaths: first });
    expect(later).toEqual(first);
  });

  it('no longer after an hour, nor when a clock that ran ahead was put back', () => {
    const known = (at: number) => ({
      ...NO_MEMORY,
      deaths: { 'auto-0': { at: [at], lastPid: 5001, lastAt: at } },
    });
    const empty = observed(FLEET);
    expect(countDeaths(FLEET, empty, known(NOW - 59 * MINUTE))).not.toEqual({});
    expect(countDeaths(FLEET, empty, known(NOW - 61 * MINUTE))).toEqual({});
    expect(countDeaths(FLEET, empty, known(NOW + MINUTE))).toEqual({});
  });
});

describe('a session that died', () => {
  const withDeaths = (times: readonly number[]) => {
    const memory = {
      ...NO_MEMORY,
      accepted: acceptable(FLEET),
      deaths: { 'auto-0': { at: times, lastPid: 5001, lastAt: NOW } },
    };
    return plan(input(FLEET, look({ deadStatus: 1 }), { memory }));
  };

  it('is started again at once the first time, later with back-off', () => {
    expect(withDeaths([NOW]).actions).toHaveLength(1);
    const second = withDeaths([NOW - 20_000, NOW]);
    expect(second.actions).toEqual([]);
    expect(second.withheld[0]).toMatchObject({ reason: 'backing-off', until: NOW + 5_000 });
    expect(withDeaths([NOW - 60_000, NOW - 5_001]).actions).toHaveLength(1);
  });

  it('is left down after five deaths within the hour, and says so', () => {
    const times = [50, 40, 30, 20, 10].map((minutes) => NOW - minutes * MINUTE);
    const made = withDeaths(times);
    expect(made.actions).toEqual([]);
    expect(made.withheld[0]).toMatchObject({ reason: 'restart-budget', until: NOW + 10 * MINUTE });
    expect(made.diagnostics.map(({ code }) => code)).toContain('session-crash-loop');
    expect(withDeaths(times.slice(1)).actions).toHaveLength(1);
  });
});
