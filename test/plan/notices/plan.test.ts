import { describe, expect, test } from 'vitest';
import { NO_MEMORY } from '../../../src/model/memory.ts';
import {
  type ChannelState,
  NEW_CHANNEL,
  NO_NOTICES,
  type ObservedOutbox,
} from '../../../src/model/notice.ts';
import type { PlanInput } from '../../../src/model/plan-input.ts';
import { read, unreadable } from '../../../src/model/reading.ts';
import { guard } from '../../../src/plan/guard.ts';
import { plan } from '../../../src/plan/plan.ts';
import { phaseOf } from '../../../src/plan/phase.ts';
import { notice } from '../../notify/notice.ts';
import { desired, input, NOW, observed, pool } from '../../support/fleet.ts';
import { fleet, rule } from './scene.ts';

const { notify } = fleet([rule(['*'])]);
const STATE = desired({ notify });
const FOLDER = '/state/outbox';
const EMPTY: ObservedOutbox = { folder: FOLDER, waiting: [], sent: [], channels: {} };

/** A look at a fleet of which so many messages are due. */
function scene(due: number, over: Partial<ObservedOutbox> = {}, state = STATE): PlanInput {
  const notices = Array.from({ length: due }, (_, index) => notice(index));
  const memory = {
    ...NO_MEMORY,
    notices: { ...NO_NOTICES, due: Object.fromEntries(notices.map((each) => [each.id, each])) },
  };
  return input(state, observed(state, { outbox: read({ ...EMPTY, ...over }) }), { memory });
}

describe('a message that is due', () => {
  test('is an action of its own, which says what and why, and disrupts nothing', () => {
    const { actions, withheld, patch, converged } = plan(scene(1));
    expect(actions).toMatchObject([
      {
        type: 'notify.send',
        target: 'notice/phone/00000000000000',
        reason: 'told',
        because: 'home: link 0',
        disrupts: false,
        effect: { folder: FOLDER, notice: notice(0), drops: [] },
      },
    ]);
    expect(withheld).toEqual([]);
    expect(patch).toEqual([{ op: 'add', path: '/notices/phone~100000000000000', value: 'queued' }]);
    expect(converged).toBe(false);
  });

  test('goes last, and what a budget puts off is withheld', () => {
    const state = desired({
      notify,
      pools: { auto: pool({ min: 2, max: 2 }) },
      reconcile: {
        everyMs: 15_000,
        maxActions: 3,
        maxDisruptions: { type: 'count', count: 1 },
        prune: 'owned',
      },
    });
    const { actions, withheld } = plan(scene(3, {}, state));
    expect(actions.map(({ type }) => type)).toEqual(['session.create', 'session.create', 'notify.send']);
    expect(withheld.map(({ type, reason }) => `${type} ${reason}`)).toEqual([
      'notify.send max-actions',
      'notify.send max-actions',
    ]);
  });

  test('is withheld while the outbox cannot be read, and for a while after it failed', () => {
    const broken = scene(1);
    const diagnostic = {
      severity: 'warning',
      code: 'state-unreadable',
      target: 'state',
      summary: 's',
      detail: 'd',
      help: null,
    } as const;
    const blind = { ...broken, observed: { ...broken.observed, outbox: unreadable(diagnostic) } };
    expect(plan(blind)).toMatchObject({
      actions: [],
      withheld: [{ reason: 'unreadable' }],
      diagnostics: [diagnostic],
    });
    const failures = { 'notice/phone/00000000000000': { count: 1, lastAt: NOW, why: 'ENOSPC' } };
    const failed = { ...broken, memory: { ...broken.memory, failures } };
    expect(plan(failed).withheld).toMatchObject([{ reason: 'backing-off', until: NOW + 2000 }]);
  });
});

describe('what waits', () => {
  test('is no action and not withheld, and does not hinder a fleet from being converged: it has a time', () => {
    const { notify: grouped } = fleet([rule(['*'], { groupMs: 60_000 })]);
    const told = {
      event: 'task.failed',
      severity: 'warning',
      target: 'task/a/b',
      message: '',
      occurrence: '',
      at: NOW,
      until: null,
    } as const;
    const memory = { ...NO_MEMORY, notices: { ...NO_NOTICES, news: { phone: { items: [told], more: 0 } } } };
    const state = desired({ notify: grouped });
    const given = input(state, observed(state, { outbox: read(EMPTY) }), { memory });
    const made = plan(given);
    expect(made).toMatchObject({ actions: [], withheld: [], converged: true, nextAt: NOW + 60_000 });
    expect(phaseOf(given, made)).toBe('Converged');
  });
});

describe('a full outbox', () => {
  const waiting = (rank: number, from: number, count: number): string[] =>
    Array.from(
      { length: count },
      (_, i) => `${String(1_700_000_000_000 + from + i)}-${String(rank)}-${'a'.repeat(14)}`,
    );

  test('makes room by what is least important, and among that oldest, and says so', () => {
    const full = [...waiting(3, 0, 500), ...waiting(1, 500, 250), ...waiting(0, 750, 250)];
    const { actions } = plan(scene(2, { waiting: full }));
    const effects = actions.flatMap(({ effect }) => (effect.type === 'notify.send' ? [effect] : []));
    expect(effects.map(({ drops }) => drops)).toEqual([[full[750]], [full[751]]]);
    expect(effects[0]?.notice.text).toContain('The outbox was full: 1 older messages were dropped.');
    expect(guard(actions, scene(2, { waiting: full }))).toEqual([]);
  });

  test('that is not full yet drops nothing', () => {
    const { actions } = plan(scene(2, { waiting: waiting(3, 0, 998) }));
    expect(actions.flatMap(({ effect }) => (effect.type === 'notify.send' ? effect.drops : []))).toEqual([]);
  });
});

describe('how channels are', () => {
  const state = (over: Partial<ChannelState>) => ({
    channels: { phone: { ...NEW_CHANNEL, why: 'x', ...over } },
  });

  test.each([
    ['failing', 'channel-failing'],
    ['parked', 'channel-parked'],
    ['off', 'channel-off'],
  ] as const)('%s is a warning, and the fleet is converged all the same', (word, code) => {
    const made = plan(scene(0, state({ state: word })));
    expect(made.diagnostics).toMatchObject([{ severity: 'warning', code, target: 'channel/phone' }]);
    expect(made.converged).toBe(true);
  });

  test('working, or not declared any more, is not said', () => {
    expect(plan(scene(0, state({ state: 'working' }))).diagnostics).toEqual([]);
    const gone = { channels: { other: { ...NEW_CHANNEL, state: 'parked' } as const } };
    expect(plan(scene(0, gone)).diagnostics).toEqual([]);
  });
});

describe('the guard refuses a message', () => {
  const given = scene(1);
  const good = plan(given).actions;
  const [action] = good;
  if (action?.type !== 'notify.send') throw new Error('no message');
  const { effect } = action;

  test('none that the planner makes', () => {
    expect(guard(good, given)).toEqual([]);
  });

  test.each<readonly [string, string, Partial<typeof effect>, PlanInput]>([
    ['to another folder', 'not into the outbox', { folder: '/etc' }, given],
    ['to nobody', 'the channel is not declared', { notice: { ...effect.notice, channel: 'nobody' } }, given],
    [
      'under a name of somebody else',
      'its name is none of ours',
      { notice: { ...effect.notice, id: '../../etc/passwd' } },
      given,
    ],
    ['that is there already', 'it is there already', {}, scene(1, { waiting: [effect.notice.id] })],
    ['that was sent', 'it is there already', {}, scene(1, { sent: [effect.notice.id] })],
    ['that drops what is not there', 'it drops what is not there', { drops: [notice(7).id] }, given],
    [
      'that drops though there is room',
      'it drops messages though there is room',
      { drops: [notice(7).id] },
      scene(1, { waiting: [notice(7).id] }),
    ],
    ['where nobody looked', 'not into the outbox', {}, input(STATE, observed(STATE))],
    [
      'to a channel that no rule names',
      'no rule tells that channel anything',
      {},
      scene(1, {}, desired({ notify: { ...notify, rules: [] } })),
    ],
  ])('%s', (_, why, change, world) => {
    const found = guard([{ ...action, effect: { ...effect, ...change } }], world);
    expect(found.map(({ detail }) => detail)).toContain(
      `notify.send to ${change.notice?.channel ?? 'phone'}: ${why}`,
    );
  });
});

test('a fleet without rules has nothing of all this', () => {
  const plain = desired({});
  expect(plan(input(plain, observed(plain)))).toMatchObject({ actions: [], withheld: [], nextAt: null });
});
