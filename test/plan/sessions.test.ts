import { describe, expect, it } from 'vitest';
import type { DesiredState } from '../../src/model/desired.ts';
import { type Accepted, NO_MEMORY } from '../../src/model/memory.ts';
import type { ObservedSession } from '../../src/model/observed.ts';
import type { PlanInput } from '../../src/model/plan-input.ts';
import { read, unreadable } from '../../src/model/reading.ts';
import { plan } from '../../src/plan/plan.ts';
import { desired, HOME, input, MINUTE, NOW, observed, pool, server, session } from '../support/fleet.ts';

/** The plan for a fleet and the sessions that are there, as `type target reason` lines. */
function lines(
  state: Partial<DesiredState>,
  sessions: readonly ObservedSession[] | null,
  over: Partial<PlanInput> = {},
): {
  readonly actions: readonly string[];
  readonly withheld: readonly string[];
  readonly codes: readonly string[];
} {
  const fleet = desired(state);
  const tmux = sessions === null ? read({ type: 'none' as const }) : read(server(sessions));
  const made = plan(input(fleet, observed(fleet, { tmux }), over));
  return {
    actions: made.actions.map(({ type, target, reason }) => `${type} ${target} ${reason}`),
    withheld: made.withheld.map(({ type, target, reason }) => `${type} ${target} ${reason}`),
    codes: made.diagnostics.map(({ code, target }) => `${code} ${target}`),
  };
}

const POOL = { pools: { auto: pool({ startIndex: 11, min: 2, max: 4 }) } };
const free = (number: number, name: string, ageMs = 60 * MINUTE) =>
  session(number, name, 'free', { createdAt: NOW - ageMs });

describe('a pool', () => {
  it('is brought up from nothing to its minimum, lowest names first', () => {
    expect(lines(POOL, null).actions).toEqual([
      'session.create session/auto-11 below-min',
      'session.create session/auto-12 below-min',
    ]);
  });

  it('fills the lowest gap', () => {
    expect(lines(POOL, [free(1, 'auto-12')]).actions).toEqual(['session.create session/auto-11 below-min']);
  });

  it('is content with any names of its range', () => {
    expect(lines(POOL, [free(1, 'auto-13'), free(2, 'auto-14')]).actions).toEqual([]);
  });

  it('leaves what lies beside its range alone: ccl-0 beside ccl-auto-11', () => {
    const beside = ['auto-0', 'auto-1', 'auto-10', 'auto-15', 'auto-110', 'auto-011', 'auto-', 'AUTO-11'];
    const sessions = beside.map((name, i) => session(i + 1, name, 'foreign'));
    expect(lines(POOL, [...sessions, free(20, 'auto-11'), free(21, 'auto-12')])).toEqual({
      actions: [],
      withheld: [],
      codes: [],
    });
  });

  it('starts an ended session again before it makes a new one', () => {
    expect(lines(POOL, [session(1, 'auto-14', 'ended')]).actions).toEqual([
      'session.recreate session/auto-14 process-ended',
      'session.create session/auto-11 below-min',
    ]);
  });

  it('takes the remains of an ended session away when enough others live', () => {
    const sessions = [free(1, 'auto-11'), free(2, 'auto-12'), session(3, 'auto-13', 'ended')];
    expect(lines(POOL, sessions).actions).toEqual(['session.stop session/auto-13 surplus']);
  });

  it('stops a surplus that has been free for the cooldown, highest first, and no younger one', () => {
    const sessions = [
      free(1, 'auto-11'),
      free(2, 'auto-12'),
      free(3, 'auto-13'),
      free(4, 'auto-14', 4 * MINUTE),
    ];
    expect(lines(POOL, sessions).actions).toEqual(['session.stop session/auto-13 surplus']);
  });

  it('counts an interfered session as alive and leaves it', () => {
    for (const kind of ['split', 'respawned'] as const) {
      const made = lines(POOL, [session(1, 'auto-11', kind), free(2, 'auto-12')]);
      expect(made.actions).toEqual([]);
      expect(made.codes).toEqual(['session-interfered session/auto-11']);
    }
  });

  it('passes a name that a foreign session has, and reports it', () => {
    const made = lines(POOL, [session(1, 'auto-11', 'foreign'), session(2, 'auto-12', 'other-fleet')]);
    expect(made.actions).toEqual([
      'session.create session/auto-13 below-min',
      'session.create session/auto-14 below-min',
    ]);
    expect(made.withheld).toEqual([]);
    expect(made.codes).toEqual(['name-taken session/auto-11', 'other-fleet session/auto-12']);
  });

  it('withholds what the names left cannot make up for', () => {
    const sessions = [11, 12, 13].map((n) => session(n, `auto-${String(n)}`, 'foreign'));
    const made = lines(POOL, sessions);
    expect(made.actions).toEqual(['session.create session/auto-14 below-min']);
    expect(made.withheld).toEqual(['session.create session/auto-11 name-taken']);
  });

  it('starts nothing in a folder that is not there: tmux would start it elsewhere', () => {
    const fleet = desired(POOL);
    const look = observed(fleet, { directories: { [`${HOME}/work`]: read({ type: 'absent' }) } });
    const made = plan(input(fleet, look));
    expect(made.actions).toEqual([]);
    expect(made.withheld.map(({ reason }) => reason)).toEqual(['cwd-missing', 'cwd-missing']);
  });

  it('recreates nothing for a changed folder or agent', () => {
    const changed = {
      pools: { auto: pool({ startIndex: 11, min: 2, max: 4, cwd: `${HOME}/else`, agent: 'codex' }) },
    };
    expect(lines(changed, [free(1, 'auto-11'), free(2, 'auto-12')]).actions).toEqual([]);
  });
});

describe('a session the file no longer declares', () => {
  it('is stopped once free, or left with prune: never', () => {
    const sessions = [free(1, 'old-1')];
    const base = desired({ pools: {} });
    expect(lines({}, sessions).actions).toEqual(['session.stop session/old-1 undeclared']);
    expect(lines({ reconcile: { ...base.reconcile, prune: 'never' } }, sessions).actions).toEqual([]);
  });

  it('is foreign from then on if it was dedicated', () => {
    expect(lines({}, [session(1, 'mine', 'was-dedicated')]).actions).toEqual([]);
  });

  it('waits while somebody attached has typed within the minute', () => {
    const typing = session(1, 'old-1', 'free', { attached: 1, typedAt: NOW - 59_000 });
    const made = lines({}, [typing]);
    expect(made.actions).toEqual([]);
    expect(made.withheld).toEqual(['session.stop session/old-1 attached']);
    const quiet = session(1, 'old-1', 'free', { attached: 1, typedAt: NOW - 61_000 });
    expect(lines({}, [quiet]).actions).toEqual(['session.stop session/old-1 undeclared']);
  });
});

describe('a dedicated session', () => {
  const MINE = { dedicated: { mine: { cwd: `${HOME}/work`, agent: null, onSwap: 'leave' as const } } };

  it('is made if missing, with the shell of the user', () => {
    const fleet = desired(MINE);
    const [action] = plan(input(fleet, observed(fleet))).actions;
    expect(action?.effect).toMatchObject({ type: 'session.create', name: 'mine', runs: { type: 'shell' } });
  });

  it('is left alone in every condition, even with our own stamp on it', () => {
    for (const kind of [
      'free',
      'ended',
      'split',
      'respawned',
      'foreign',
      'other-fleet',
      'tampered',
    ] as const) {
      const made = lines(MINE, [session(1, 'mine', kind)]);
      expect([kind, made.actions, made.withheld]).toEqual([kind, [], []]);
    }
  });
});

describe('what could not be read', () => {
  it('is not absent: an unreadable server creates nothing', () => {
    const diagnostic = {
      severity: 'error',
      code: 'tmux-unreadable',
      target: 'tmux',
      summary: 's',
      detail: 'd',
      help: null,
    } as const;
    const fleet = desired(POOL);
    const made = plan(input(fleet, observed(fleet, { tmux: unreadable(diagnostic) })));
    expect(made.actions).toEqual([]);
    expect(made.converged).toBe(false);
    expect(made.diagnostics).toEqual([diagnostic]);
  });
});

describe('an edit that would empty the fleet', () => {
  const TEN = { auto: pool({ startIndex: 0, min: 10, max: 10 }) };
  const sessions = Array.from({ length: 10 }, (_, i) => free(i + 1, `auto-${String(i)}`));
  const before = { pools: TEN, prune: 'owned', socket: desired().tmux.socket } as const;
  const inForce = (over: Partial<Accepted>) => ({
    memory: { ...NO_MEMORY, accepted: { ...before, ...over } },
  });
  const accepted = inForce({});

  it('is withheld beyond two and 30 %, and done once confirmed', () => {
    const made = lines({ pools: {} }, sessions, accepted);
    expect(made.actions).toEqual([]);
    expect(made.withheld).toHaveLength(10);
    expect(new Set(made.withheld.map((line) => line.split(' ')[2]))).toEqual(new Set(['mass-removal']));
    expect(made.codes).toEqual(['mass-removal fleet']);
    expect(lines({ pools: {} }, sessions, { ...accepted, massRemovalConfirmed: true }).actions).toHaveLength(
      10,
    );
  });

  it('is let through up to 30 %', () => {
    const seven = { auto: pool({ startIndex: 0, min: 7, max: 7 }) };
    const six = { auto: pool({ startIndex: 0, min: 6, max: 6 }) };
    expect(lines({ pools: seven }, sessions, accepted).actions).toHaveLength(3);
    expect(lines({ pools: six }, sessions, accepted).actions).toHaveLength(0);
  });

  it('is seen before the cooldown is over, so that waiting confirms nothing', () => {
    const young = sessions.map((each) => ({ ...each, createdAt: NOW }));
    const two = { auto: pool({ startIndex: 0, min: 2, max: 10 }) };
    expect(lines({ pools: two }, young, accepted).codes).toEqual(['mass-removal fleet']);
  });

  it('is not an edit when the same file was in force already', () => {
    const none = inForce({ pools: {} });
    expect(lines({ pools: {} }, sessions, none).actions).toHaveLength(10);
  });

  it('is an edit, too, that no longer spares what the file does not declare', () => {
    const never = inForce({ pools: {}, prune: 'never' });
    expect(lines({ pools: {} }, sessions, never).codes).toEqual(['mass-removal fleet']);
    const owned = inForce({ pools: {}, prune: 'owned' });
    expect(lines({ pools: {} }, sessions, owned).actions).toHaveLength(10);
  });

  it('is an edit, too, when the file before was in force on another server, where nothing had to go', () => {
    const elsewhere = { type: 'name', name: 'another' } as const;
    expect(lines({ pools: {} }, sessions, inForce({ pools: {}, socket: elsewhere })).codes).toEqual([
      'mass-removal fleet',
    ]);
  });

  it('is taken for an edit when nothing is known of the file before', () => {
    expect(lines({ pools: {} }, sessions, { memory: NO_MEMORY }).actions).toEqual([]);
  });
});

describe('budgets', () => {
  const reconcile = desired().reconcile;

  it('put off what is beyond maxActions, in order', () => {
    const made = lines(
      { pools: { auto: pool({ min: 3, max: 4 }) }, reconcile: { ...reconcile, maxActions: 2 } },
      null,
    );
    expect(made.actions).toHaveLength(2);
    expect(made.withheld).toEqual(['session.create session/auto-2 max-actions']);
  });

  it('put off what is beyond maxDisruptions, and never all of it', () => {
    const sessions = Array.from({ length: 4 }, (_, i) => free(i + 1, `old-${String(i)}`));
    const share = { ...reconcile, maxDisruptions: { type: 'share', share: 0.3 } as const };
    const made = lines({ reconcile: share }, sessions, { massRemovalConfirmed: true });
    expect(made.actions).toEqual(['session.stop session/old-0 undeclared']);
    expect(made.withheld.map((line) => line.split(' ')[2])).toEqual(Array(3).fill('max-disruptions'));
  });
});

describe('hands off', () => {
  const by = (key: string, until: number | null = null) => ({
    suspensions: read({ [key]: { since: NOW, until, reason: 'mine', by: 'ann' } }),
  });

  it('holds for all, a pool or a session, until its time is over', () => {
    for (const key of ['*', 'pool/auto', 'session/auto-11']) {
      expect(lines(POOL, [free(2, 'auto-12')], by(key)).withheld).toEqual([
        'session.create session/auto-11 suspended',
      ]);
    }
    expect(lines(POOL, [free(2, 'auto-12')], by('*', NOW)).actions).toHaveLength(1);
    expect(lines(POOL, [free(2, 'auto-12')], by('session/auto-14')).actions).toHaveLength(1);
  });

  it('holds for everything while the list cannot be read', () => {
    const diagnostic = {
      severity: 'warning',
      code: 'state-unreadable',
      target: 'state',
      summary: '',
      detail: '',
      help: null,
    } as const;
    const made = lines(POOL, null, { suspensions: unreadable(diagnostic) });
    expect(made.actions).toEqual([]);
    expect(made.withheld).toHaveLength(2);
  });
});
