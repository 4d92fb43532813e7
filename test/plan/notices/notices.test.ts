import { describe, expect, test } from 'vitest';
import { NO_NOTICES } from '../../../src/model/notice.ts';
import { nextNoticeAt, noticesAfter } from '../../../src/plan/notices/after.ts';
import { CURSOR, Ear, event, fleet, HOUR, MINUTE, NOON, rule, SECOND } from './scene.ts';

const LINK = 'link/main/projects';
const DIVERGED = 'phone: begun link.diverged link/main/projects';
const INTACT = 'phone: over link.diverged link/main/projects';

describe('an incident', () => {
  test('is told once when it begins and once when it is over, however often it is seen', () => {
    const ear = new Ear(fleet([rule(['link.diverged'])]));
    expect(ear.look(NOON, [event('link.diverged', NOON)])).toEqual([DIVERGED]);
    expect(ear.look(NOON + MINUTE, [event('link.diverged', NOON + MINUTE)])).toEqual([]);
    expect(ear.look(NOON + HOUR, [event('link.intact', NOON + HOUR)])).toEqual([]);
    expect(ear.look(NOON + HOUR + MINUTE)).toEqual([INTACT]);
    expect(ear.look(NOON + 3 * HOUR)).toEqual([]);
    expect(ear.memory).toEqual({ ...NO_NOTICES, cursor: CURSOR });
  });

  test('that is over and begins again within half a minute has not ended, and is told no second time', () => {
    const ear = new Ear(fleet([rule(['link.diverged'])]));
    ear.look(NOON, [event('link.diverged', NOON)]);
    const flaps = [1, 2, 3].flatMap((n) => [
      event('link.intact', NOON + n * 20 * SECOND),
      event('link.diverged', NOON + n * 20 * SECOND + 5 * SECOND),
    ]);
    expect(ear.look(NOON + 2 * MINUTE, flaps)).toEqual([]);
    expect(ear.look(NOON + HOUR, [event('link.intact', NOON + 3 * MINUTE)])).toEqual([INTACT]);
    expect(ear.said.at(-1)?.items[0]).toMatchObject({ since: NOON, overAt: NOON + 3 * MINUTE });
  });

  test('is not over for who was never told that it began', () => {
    const ear = new Ear(fleet([rule(['link.diverged'])]));
    expect(ear.look(NOON, [event('link.intact', NOON)])).toEqual([]);
    expect(ear.look(NOON + HOUR)).toEqual([]);
  });

  test('goes by its target: two links are two incidents', () => {
    const ear = new Ear(fleet([rule(['link.diverged'])]));
    const both = [event('link.diverged', NOON), event('link.diverged', NOON + 1, 'link/backup/projects')];
    expect(ear.look(NOON + SECOND, both)).toHaveLength(2);
    expect(ear.look(NOON + MINUTE, [event('link.intact', NOON + SECOND)])).toEqual([INTACT]);
  });

  test.each([
    ['quota.exhausted', 'quota.eligible', 'account/main', {}],
    ['fleet.blocked', 'fleet.unblocked', 'fleet', {}],
    ['task.waiting', 'task.answered', 'task/secumon/fix', {}],
    ['mass.removal', 'mass.settled', 'fleet', {}],
    ['swap.withheld', 'swap.settled', 'account/backup', { agent: 'claude' }],
    ['file.rejected', 'file.accepted', 'file', {}],
    ['action.failed', 'action.applied', 'session/auto-1', { action: 'session.create' }],
  ] as const)('%s is ended by %s', (begun, ended, target, fields) => {
    const ear = new Ear(fleet([rule([begun])]));
    expect(ear.look(NOON, [event(begun, NOON, target, fields)])).toEqual([`phone: begun ${begun} ${target}`]);
    expect(ear.look(NOON + HOUR / 2, [event(ended, NOON + MINUTE, target, fields)])).toEqual([
      `phone: over ${begun} ${target}`,
    ]);
  });

  test('a task that was answered and asks something else is told anew, and one that is only seen again is not', () => {
    const ear = new Ear(fleet([rule(['task.waiting'])]));
    const asks = (at: number, askedAt: number | null) =>
      event('task.waiting', at, 'task/a/b', { askedAt, dialog: 'permission', session: 'auto-1' });
    expect(ear.look(NOON, [asks(NOON, NOON - 1)])).toHaveLength(1);
    expect(ear.look(NOON + 1, [asks(NOON + 1, NOON - 1)])).toEqual([]);
    expect(ear.look(NOON + 2, [asks(NOON + 2, NOON + 1)])).toHaveLength(1);
    expect(ear.said[0]?.items[0]?.what).toBe('task/a/b waits for an answer: permission');
  });

  test('a phase begins one only where something is wrong, and ends it only where nothing is left to do', () => {
    const ear = new Ear(fleet([rule(['fleet.phase'])]));
    const phase = (word: string, at: number) => event('fleet.phase', at, 'fleet', { phase: word });
    expect(ear.look(NOON, [phase('Converging', NOON), phase('Converged', NOON)])).toEqual([]);
    expect(ear.look(NOON + 1, [phase('Degraded', NOON + 1)])).toEqual(['phone: begun fleet.phase fleet']);
    expect(ear.look(NOON + HOUR, [phase('Converging', NOON + 2)])).toEqual([]);
    expect(ear.look(NOON + 2 * HOUR, [phase('Converged', NOON + HOUR)])).toEqual([
      'phone: over fleet.phase fleet',
    ]);
  });

  test('a blocked fleet is told as that and not as a phase, too', () => {
    const ear = new Ear(fleet([rule(['fleet.*'])]));
    const blocked = [
      event('fleet.blocked', NOON, 'fleet'),
      event('fleet.phase', NOON, 'fleet', { phase: 'Blocked' }),
    ];
    expect(ear.look(NOON, blocked)).toEqual(['phone: begun fleet.blocked fleet']);
  });

  test('a file that was mended while no loop ran is over with the next start', () => {
    const ear = new Ear(fleet([rule(['file.rejected'])]));
    ear.look(NOON, [event('file.rejected', NOON, 'file')]);
    const started = event('loop.started', NOON + HOUR, 'fleet', { file: 'good' });
    expect(ear.look(NOON + 2 * HOUR, [started])).toEqual(['phone: over file.rejected file']);
  });

  test('what is not tried any more is forgotten after an hour, and not said again', () => {
    const ear = new Ear(fleet([rule(['action.failed'], { repeatMs: 20 * MINUTE })]));
    ear.look(NOON, [event('action.failed', NOON, 'session/auto-1', { action: 'session.create' })]);
    expect(ear.look(NOON + 50 * MINUTE)).toHaveLength(1);
    expect(ear.look(NOON + 2 * HOUR)).toEqual([]);
    expect(ear.memory.incidents).toEqual({});
  });
});

describe('what a notice does is told to nobody', () => {
  test.each([
    'action.applied',
    'action.failed',
    'action.unknown',
    'notice.sent',
    'notice.failed',
    'notice.dropped',
  ] as const)('%s', (type) => {
    const ear = new Ear(fleet([rule(['*'])]));
    expect(ear.look(NOON, [event(type, NOON, 'notice/phone/ab', { action: 'notify.send' })])).toEqual([]);
  });
});

describe('rules', () => {
  test('that overlap send one message to a channel, by the most urgent of them', () => {
    const rules = [
      rule(['*'], { groupMs: HOUR, to: ['phone', 'mail'] }),
      rule(['task.*']),
      rule(['task.failed'], { groupMs: MINUTE }),
    ];
    const ear = new Ear(fleet(rules));
    expect(ear.look(NOON, [event('task.failed', NOON, 'task/a/b')])).toEqual([
      'phone: news task.failed task/a/b',
    ]);
    expect(ear.look(NOON + HOUR)).toEqual(['mail: news task.failed task/a/b']);
  });

  test.each([
    ['*', true],
    ['task.*', true],
    ['task.failed', true],
    ['task.fail*', false],
    ['tas.*', false],
    ['link.*', false],
  ])('%s matches task.failed: %s', (pattern, matches) => {
    const ear = new Ear(fleet([rule([pattern])]));
    expect(ear.look(NOON, [event('task.failed', NOON, 'task/a/b')])).toHaveLength(matches ? 1 : 0);
  });

  test('group gathers all within its time from the first on', () => {
    const ear = new Ear(fleet([rule(['task.*'], { groupMs: 2 * MINUTE })]));
    const at = (seconds: number) =>
      event('task.failed', NOON + seconds * SECOND, `task/a/t${String(seconds)}`);
    expect(ear.look(NOON + MINUTE, [at(0), at(30)])).toEqual([]);
    expect(ear.look(NOON + 2 * MINUTE, [at(100)])).toEqual([
      'phone: news task.failed task/a/t0 + news task.failed task/a/t30 + news task.failed task/a/t100',
    ]);
    expect(ear.look(NOON + 3 * MINUTE, [at(121)])).toEqual([]);
    expect(ear.look(NOON + 5 * MINUTE)).toEqual(['phone: news task.failed task/a/t121']);
  });

  test('repeat says it again while it lasts, and makes up for nothing that nobody was there to say', () => {
    const ear = new Ear(fleet([rule(['link.diverged'], { repeatMs: HOUR })]));
    const still = 'phone: lasts link.diverged link/main/projects';
    ear.look(NOON, [event('link.diverged', NOON)]);
    expect(ear.look(NOON + 59 * MINUTE)).toEqual([]);
    expect(ear.look(NOON + HOUR)).toEqual([still]);
    expect(ear.look(NOON + HOUR + 1)).toEqual([]);
    expect(ear.look(NOON + 7 * HOUR + MINUTE)).toEqual([still]);
    expect(ear.look(NOON + 8 * HOUR - 1)).toEqual([]);
    expect(ear.look(NOON + 8 * HOUR)).toEqual([still]);
    expect(ear.look(NOON + 9 * HOUR, [event('link.intact', NOON + 8 * HOUR + 1)])).toEqual([INTACT]);
    expect(ear.look(NOON + 99 * HOUR)).toEqual([]);
  });

  test('that are taken out of the file take with them what waits', () => {
    const ear = new Ear(fleet([rule(['task.*'], { groupMs: HOUR }), rule(['link.diverged'])]));
    ear.look(NOON, [event('link.diverged', NOON), event('task.waiting', NOON, 'task/a/b')]);
    Object.assign(ear.of, fleet([rule(['swap.done'])]));
    expect(ear.look(NOON + 2 * HOUR, [event('link.intact', NOON + HOUR)])).toEqual([]);
    expect(ear.memory.incidents).toEqual({});
  });

  test('without any, nothing is remembered', () => {
    const memory = { ...NO_NOTICES, cursor: CURSOR };
    const heard = { events: [event('link.diverged', NOON)], cursor: CURSOR, queued: [], now: NOON };
    expect(noticesAfter(fleet([]), memory, heard)).toEqual(NO_NOTICES);
  });
});

describe('quiet hours', () => {
  const night = { from: '23:00', to: '07:00', zone: 'Europe/Paris', except: ['fleet.blocked'] };
  /** 2026-11-24T02:00+01:00. */
  const AT_NIGHT = Date.UTC(2026, 10, 24, 1);
  const MORNING = Date.UTC(2026, 10, 24, 6);

  test('hold what comes in them, and let it go as one message when they end', () => {
    const ear = new Ear(fleet([rule(['*'])], night));
    const failed = [0, 1, 2].map((n) => event('task.failed', AT_NIGHT + n * MINUTE, `task/a/t${String(n)}`));
    expect(ear.look(AT_NIGHT + HOUR, failed)).toEqual([]);
    expect(ear.look(MORNING - 1)).toEqual([]);
    expect(ear.look(MORNING)).toHaveLength(1);
    expect(ear.said[0]?.items).toHaveLength(3);
  });

  test('let through what is excepted', () => {
    const ear = new Ear(fleet([rule(['*'])], night));
    expect(ear.look(AT_NIGHT, [event('fleet.blocked', AT_NIGHT, 'fleet')])).toEqual([
      'phone: begun fleet.blocked fleet',
    ]);
  });

  test('tell of what began and ended in them with one line, that it is over', () => {
    const ear = new Ear(fleet([rule(['*'])], night));
    const both = [event('link.diverged', AT_NIGHT), event('link.intact', AT_NIGHT + HOUR)];
    expect(ear.look(AT_NIGHT + 2 * HOUR, both)).toEqual([]);
    expect(ear.look(MORNING)).toEqual([INTACT]);
  });

  test('hold a message that is gathered into them', () => {
    const ear = new Ear(fleet([rule(['task.*'], { groupMs: 2 * MINUTE })], night));
    const before = Date.UTC(2026, 10, 23, 21, 59);
    expect(ear.look(before + 3 * MINUTE, [event('task.failed', before, 'task/a/b')])).toEqual([]);
    expect(ear.look(MORNING)).toHaveLength(1);
  });

  test('say a repetition once in the morning, and not right after the first word', () => {
    const ear = new Ear(fleet([rule(['link.diverged'], { repeatMs: HOUR })], night));
    ear.look(AT_NIGHT, [event('link.diverged', AT_NIGHT)]);
    expect(ear.look(MORNING)).toEqual([DIVERGED]);
    expect(ear.look(MORNING + HOUR - 1)).toEqual([]);
    expect(ear.look(MORNING + HOUR)).toHaveLength(1);
  });
});

describe('when to look next', () => {
  test('is when the first thing that waits is due, and never where nothing does', () => {
    const of = fleet([
      rule(['task.*'], { groupMs: 2 * MINUTE }),
      rule(['link.diverged'], { repeatMs: HOUR }),
    ]);
    const ear = new Ear(of);
    ear.look(NOON);
    expect(nextNoticeAt(of, ear.memory)).toBeNull();
    ear.look(NOON, [event('link.diverged', NOON)]);
    expect(nextNoticeAt(of, ear.memory)).toBe(NOON + HOUR);
    ear.look(NOON + 1, [event('task.failed', NOON + 1, 'task/a/b')]);
    expect(nextNoticeAt(of, ear.memory)).toBe(NOON + 2 * MINUTE + 1);
  });

  test('is no time for a channel whose messages wait for the outbox: that would be a loop', () => {
    const of = fleet([rule(['task.*'])]);
    const events = Array.from({ length: 300 }, (_, n) => event('task.failed', NOON, `task/a/t${String(n)}`));
    const memory = noticesAfter(of, NO_NOTICES, { events, cursor: CURSOR, queued: [], now: NOON });
    expect(Object.keys(memory.due)).toHaveLength(10);
    expect(nextNoticeAt(of, memory)).toBeNull();
  });
});

test('a storm is told whole: what does not fit is counted', () => {
  const ear = new Ear(fleet([rule(['task.*'])]));
  const events = Array.from({ length: 500 }, (_, n) => event('task.failed', NOON, `task/a/t${String(n)}`));
  ear.look(NOON, events);
  for (let n = 1; n < 40; n += 1) ear.look(NOON + n * SECOND);
  const told = ear.said.reduce((sum, { items, more }) => sum + items.length + more, 0);
  expect(told).toBe(500);
});

test(`the link's words stand in the message with what is next and where to look`, () => {
  const ear = new Ear(fleet([rule(['link.diverged'])]));
  ear.look(NOON, [event('link.diverged', NOON, LINK)]);
  expect(ear.said[0]?.text).toBe(
    [
      'home: link/main/projects is not the link that belongs there: words',
      'Since 23 Nov, 12:00 UTC.',
      'Rollcall changes nothing there, and starts no agent under that account until it is right; then it goes on by itself.',
      '$ rollcall -f /f/desired-state.yaml why link/main/projects',
    ].join('\n'),
  );
  expect(ear.said[0]?.subject).toBe('home: link/main/projects is not the link that belongs there: words');
});
