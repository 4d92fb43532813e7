import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NotifyRule } from '../../../src/model/desired.ts';
import { EVENT_TYPES } from '../../../src/model/event.ts';
import type { HeardEvent, NoticeItem } from '../../../src/model/notice.ts';
import { nextNoticeAt } from '../../../src/plan/notices/after.ts';
import { roleOf } from '../../../src/plan/notices/roles.ts';
import { Ear, event, fleet, HOUR, MINUTE, NOON, rule, SECOND } from './scene.ts';

const targets = ['link/a/x', 'link/b/x', 'account/a', 'task/i/one', 'fleet'];

const events: fc.Arbitrary<readonly HeardEvent[]> = fc
  .array(
    fc.record({
      type: fc.constantFrom(...EVENT_TYPES),
      target: fc.constantFrom(...targets),
      afterMs: fc.oneof(fc.integer({ min: 0, max: MINUTE }), fc.integer({ min: 0, max: 5 * HOUR })),
      phase: fc.constantFrom('Converged', 'Converging', 'Degraded', 'Blocked', 'Suspended'),
      action: fc.constantFrom('session.create', 'notify.send'),
    }),
    { maxLength: 25 },
  )
  .map((drawn) => {
    let at = NOON;
    return drawn.map(({ type, target, afterMs, phase, action }) => {
      at += afterMs;
      return event(type, at, target, { phase, action, agent: 'claude' });
    });
  });

const patterns = [
  '*',
  'task.*',
  'link.*',
  'quota.exhausted',
  'link.diverged',
  'fleet.*',
  'task.failed',
  'action.*',
];

const rules: fc.Arbitrary<readonly NotifyRule[]> = fc.array(
  fc.record({
    events: fc.subarray(patterns, { minLength: 1 }),
    to: fc.subarray(['phone', 'mail'], { minLength: 1 }),
    groupMs: fc.constantFrom(0, 2 * MINUTE, HOUR),
    repeatMs: fc.constantFrom(null, null, HOUR),
  }),
  { minLength: 1, maxLength: 4 },
);

const quiet = fc.constantFrom(
  null,
  { from: '13:00', to: '15:30', zone: 'UTC', except: ['fleet.blocked'] },
  { from: '23:00', to: '07:00', zone: 'Europe/Paris', except: ['task.*'] },
);

/** Long enough for every group, quiet time and settling to be over. */
const LATER = 40 * HOUR;

/** What is told in all, as a set of lines, with a look after each event. */
function told(of: ReturnType<typeof fleet>, heard: readonly HeardEvent[]): readonly NoticeItem[] {
  const ear = new Ear(of);
  ear.look(NOON - SECOND);
  for (const each of heard) ear.look(each.at, [each]);
  const end = heard.at(-1)?.at ?? NOON;
  // It looks when it is told to, and at no other time.
  for (let at: number | null = end; at !== null && at <= end + LATER; at = nextNoticeAt(of, ear.memory)) {
    while (ear.look(at).length > 0);
  }
  return ear.said.flatMap(({ items }) => items);
}

const once = (rulesOf: readonly NotifyRule[]) => rulesOf.map((each) => ({ ...each, repeatMs: null }));

describe('law', () => {
  test('it makes no difference in how many looks the events are read, where nothing is repeated', () => {
    fc.assert(
      fc.property(rules, quiet, events, fc.array(fc.nat({ max: 24 })), (drawn, hours, heard, cuts) => {
        const of = fleet(once(drawn), hours);
        const [one, parts] = [new Ear(of), new Ear(of)];
        const end = heard.at(-1)?.at ?? NOON;
        one.look(end, heard);
        const edges = [
          0,
          ...cuts.map((cut) => Math.min(cut, heard.length)).toSorted((a, b) => a - b),
          heard.length,
        ];
        for (let i = 1; i < edges.length; i += 1) {
          const part = heard.slice(edges[i - 1], edges[i]);
          const last = part.at(-1)?.at;
          if (last !== undefined) parts.look(last, part);
        }
        parts.look(end);
        const ids = (ear: Ear) =>
          [...new Set(ear.said.map(({ id, channel }) => `${channel} ${id}`))].toSorted();
        // A channel takes only so many at once; what is beyond gathers, and how depends on the looks.
        fc.pre(one.said.length < 10);
        expect(ids(parts)).toEqual(ids(one));
      }),
      { numRuns: 150 },
    );
  });

  test('a look that finds nothing new changes nothing, and says nothing again', () => {
    fc.assert(
      fc.property(rules, quiet, events, (drawn, hours, heard) => {
        const ear = new Ear(fleet(drawn, hours));
        const end = heard.at(-1)?.at ?? NOON;
        ear.look(end, heard);
        while (ear.look(end).length > 0);
        const before = JSON.stringify(ear.memory);
        expect(ear.look(end)).toEqual([]);
        expect(JSON.stringify(ear.memory)).toBe(before);
      }),
      { numRuns: 80 },
    );
  });

  test('the order of rules, and of what they list, is of no importance', () => {
    fc.assert(
      fc.property(rules, quiet, events, (drawn, hours, heard) => {
        const other = drawn
          .map((each) => ({ ...each, events: each.events.toReversed(), to: each.to.toReversed() }))
          .toReversed();
        const lines = (of: readonly NotifyRule[]) =>
          told(fleet(of, hours), heard).map((item) => JSON.stringify(item));
        expect(lines(other)).toEqual(lines(drawn));
      }),
      { numRuns: 50 },
    );
  });

  test('each piece of news that a rule asks for is told exactly once to each channel, and nothing else is', () => {
    fc.assert(
      fc.property(rules, quiet, events, (drawn, hours, heard) => {
        const items = told(fleet(drawn, hours), heard).filter(({ state }) => state === 'news');
        const wanted = heard.filter(({ event: each }) => {
          const role = roleOf(each);
          return role.isNews && role.closes === null;
        });
        const channels = (type: string) =>
          ['phone', 'mail'].filter((name) =>
            drawn.some((each) => each.to.includes(name) && matches(each, type)),
          );
        const count = wanted.reduce((sum, { event: each }) => sum + channels(each.type).length, 0);
        expect(items.filter(({ event: type }) => isPlainNews(type)).length).toBe(count);
      }),
      { numRuns: 80 },
    );
  });

  test('begun and over take turns for each incident of a channel, and what is over at the end is told', () => {
    fc.assert(
      fc.property(rules, quiet, events, (drawn, hours, heard) => {
        for (const channel of ['phone', 'mail']) {
          const mine = once(
            drawn.filter(({ to }) => to.includes(channel)).map((each) => ({ ...each, to: ['phone'] })),
          );
          const byIncident = Map.groupBy(
            told(fleet(mine, hours), heard).filter(({ state }) => state === 'begun' || state === 'over'),
            ({ event: type, target }) => incidentOf(type, target),
          );
          for (const [key, items] of byIncident) {
            // What is not tried any more is over without a word.
            if (key.startsWith('action ')) continue;
            const states = items.map(({ state }) => state);
            // One that was over before it could be told is told once, as over.
            for (const [i, state] of states.entries())
              if (state === 'begun' && i > 0) expect(states[i - 1]).toBe('over');
            expect(standing(heard, items[0])).toBe(states.at(-1) === 'begun');
          }
        }
      }),
      { numRuns: 80 },
    );
  });

  test('nothing is told in quiet hours that is not excepted', () => {
    fc.assert(
      fc.property(rules, events, (drawn, heard) => {
        const hours = { from: '13:00', to: '15:30', zone: 'UTC', except: ['fleet.blocked'] };
        const ear = new Ear(fleet(drawn, hours));
        const end = heard.at(-1)?.at ?? NOON;
        for (let at = NOON; at <= end + LATER; at += 10 * MINUTE) {
          const before = ear.said.length;
          ear.look(
            at,
            heard.filter((each) => each.at > at - 10 * MINUTE && each.at <= at),
          );
          const clock = new Date(at).toISOString().slice(11, 16);
          if (clock < '13:10' || clock >= '15:30') continue;
          const fresh = ear.said.slice(before).flatMap(({ items }) => items.map((item) => item.event));
          expect(fresh.filter((type) => type !== 'fleet.blocked')).toEqual([]);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('ids differ where messages do, and are the same where they are the same', () => {
    const one = new Ear(fleet([rule(['*'])]));
    const two = new Ear(fleet([rule(['*'])]));
    const many = Array.from({ length: 9 }, (_, n) => event('task.failed', NOON + n, `task/i/t${String(n)}`));
    one.look(NOON + 9, many);
    two.look(NOON + MINUTE, many);
    expect(new Set(one.said.map(({ id }) => id)).size).toBe(9);
    expect(two.said.map(({ id }) => id)).toEqual(one.said.map(({ id }) => id));
  });
});

function matches({ events: list }: NotifyRule, type: string): boolean {
  return list.some(
    (each) => each === '*' || each === type || (each.endsWith('*') && type.startsWith(each.slice(0, -1))),
  );
}

/** News that ends nothing whatever stands. */
function isPlainNews(type: NoticeItem['event']): boolean {
  const role = roleOf(event(type, NOON, 'x', { action: 'session.create', phase: 'Converged' }).event);
  return role.isNews && role.closes === null;
}

function incidentOf(type: NoticeItem['event'], target: string): string {
  return (
    roleOf(event(type, NOON, target, { action: 'session.create', phase: 'Degraded', agent: 'claude' }).event)
      .opens ?? ''
  );
}

/** Whether the incident of an item stands after all events. */
function standing(heard: readonly HeardEvent[], item: NoticeItem | undefined): boolean {
  const key = item === undefined ? '' : incidentOf(item.event, item.target);
  const last = heard.findLast(({ event: each }) => {
    const { opens, closes } = roleOf(each);
    return opens === key || closes === key;
  });
  return last !== undefined && roleOf(last.event).opens === key;
}
