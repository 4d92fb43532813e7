import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ageOf } from '../../src/model/leftover-age.ts';
import {
  LEFTOVER_KINDS,
  type Leftover,
  type LeftoverKind,
  type LeftoverPart,
  type LeftoverPlace,
} from '../../src/model/leftovers.ts';
import type { Action } from '../../src/model/plan.ts';
import type { PlanInput } from '../../src/model/plan-input.ts';
import { read, unreadable } from '../../src/model/reading.ts';
import { guard } from '../../src/plan/guard.ts';
import { plan } from '../../src/plan/plan.ts';
import { DAY, desired, HOME, input, MINUTE, NOW, observed, pool, RUNS_DIR } from '../support/fleet.ts';
import { besideInbox, inboxSpec, waiting } from '../support/queue.ts';
import { simulate } from '../support/simulate.ts';

const STATE = `${HOME}/.local/state/rollcall/home`;
const KEEP = { keepDoneMs: 14 * DAY, keepFailedMs: 30 * DAY, keepEventsMs: 90 * DAY };
const FLEET = desired({
  pools: { auto: pool({ min: 0 }) },
  inboxes: { box: inboxSpec('box') },
  janitor: KEEP,
});

const PLACES: Readonly<Record<LeftoverKind, string>> = {
  done: 'inbox/box/done',
  failed: 'inbox/box/failed',
  rejected: 'inbox/box/rejected',
  runs: 'fleet/runs',
  events: 'fleet/events',
  memory: 'fleet/memory',
  temporary: 'fleet/temporary',
};

function part(
  folder: string,
  name: string,
  changedAt: number,
  over: Partial<LeftoverPart> = {},
): LeftoverPart {
  const identity = `1:${folder}/${name}:2:${String(changedAt)}`;
  return { folder, name, type: 'file', identity, changedAt, ...over };
}

/** One thing of that kind, which changed last at `since`. */
function thing(kind: LeftoverKind, index: number, since: number): Leftover {
  const name = String(index);
  const id = `t${name}`;
  const attempt = `attempt${name}`;
  const queue = (folder: string): string => besideInbox('box', folder);
  switch (kind) {
    case 'done':
    case 'failed':
      return {
        since,
        attempt,
        id,
        parts: [
          part(RUNS_DIR, attempt, since, { type: 'folder' }),
          part(queue(kind), `${id}.md`, since),
          part(queue('attempts'), `${id}@${attempt}.json`, since),
        ],
      };
    case 'rejected': {
      const parts = [part(queue(kind), `${id}.md`, since), part(queue(kind), `${id}.md.reason`, since)];
      return { since, attempt: null, id: null, parts };
    }
    case 'runs':
      return { since, attempt, id: null, parts: [part(RUNS_DIR, attempt, since, { type: 'folder' })] };
    case 'events':
      return {
        since,
        attempt: null,
        id: null,
        parts: [part(STATE, `events.jsonl.${String(index + 1)}`, since)],
      };
    case 'memory':
      return { since, attempt: null, id: null, parts: [part(STATE, `state.json.corrupt-${name}`, since)] };
    case 'temporary': {
      const hex = index.toString(16).padStart(16, '0');
      return { since, attempt: null, id: null, parts: [part(STATE, `.rollcall-${hex}.tmp`, since)] };
    }
  }
}

function place(
  kind: LeftoverKind,
  ages: readonly number[],
  over: Partial<LeftoverPlace> = {},
): LeftoverPlace {
  const entries = ages
    .map((age, index) => thing(kind, index, NOW - age))
    .toSorted((a, b) => a.since - b.since);
  return { kind, entries, more: false, nextAt: null, rotates: null, ...over };
}

function looked(places: Readonly<Record<string, LeftoverPlace>>, over: Partial<PlanInput> = {}): PlanInput {
  const look = observed(FLEET, { leftovers: { stateDir: STATE, places, problems: [] } });
  return input(FLEET, look, over);
}

/** Ages on either side of every limit, a millisecond apart too. */
const arbAge = fc.oneof(
  fc.integer({ min: 0, max: 100 * DAY }),
  fc
    .tuple(fc.constantFrom(60 * MINUTE, 14 * DAY, 30 * DAY, 90 * DAY), fc.integer({ min: -1, max: 1 }))
    .map(([age, by]) => age + by),
);

const arbPlaces = fc
  .record(
    Object.fromEntries(
      LEFTOVER_KINDS.map((kind) => [kind, fc.array(arbAge, { maxLength: kind === 'done' ? 130 : 4 })]),
    ) as Record<LeftoverKind, fc.Arbitrary<number[]>>,
    { requiredKeys: [] },
  )
  .map((ages) =>
    Object.fromEntries(
      LEFTOVER_KINDS.flatMap((kind) => {
        const of = ages[kind];
        return of === undefined ? [] : [[PLACES[kind], place(kind, of)]];
      }),
    ),
  );

/** Some of the tasks wait in line again; some attempts are under way, some inbox cannot be read. */
const arbLook: fc.Arbitrary<PlanInput> = fc
  .record({
    places: arbPlaces,
    inLine: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 2 }),
    budget: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ places, inLine, budget }) => {
    const given = looked(places);
    const entries = Object.fromEntries(
      inLine.map((n) => [`t${String(n)}.md`, waiting(`t${String(n)}`, { notBefore: NOW + DAY })]),
    );
    const history = Object.fromEntries(inLine.map((n) => [`t${String(n)}`, []]));
    const box = { entries, claims: {}, history, counts: { done: 0, failed: 0, rejected: 0 }, strays: [] };
    const state = { ...FLEET, reconcile: { ...FLEET.reconcile, maxActions: budget } };
    return { ...given, desired: state, observed: { ...given.observed, inboxes: { box: read(box) } } };
  });

function removals(given: PlanInput): readonly Extract<Action, { type: 'janitor.remove' }>[] {
  return plan(given).actions.flatMap((action) => (action.type === 'janitor.remove' ? [action] : []));
}

const namesIn = (actions: readonly Action[]): readonly string[] =>
  actions.flatMap(({ effect }) =>
    effect.type === 'janitor.remove'
      ? effect.entries.flatMap(({ parts }) => parts.map(({ name }) => name))
      : [],
  );

describe('laws of the janitor', () => {
  it('removes nothing younger than its age, and nothing that a task in line needs', () => {
    fc.assert(
      fc.property(arbLook, (given) => {
        const inbox = given.observed.inboxes['box'];
        const inLine = inbox?.ok === true ? Object.keys(inbox.value.history) : [];
        for (const { target, effect } of removals(given)) {
          const kind = given.observed.leftovers?.places[target]?.kind ?? 'events';
          for (const { changedAt } of effect.entries.flatMap(({ parts }) => parts))
            expect(changedAt + ageOf(KEEP, kind)).toBeLessThanOrEqual(NOW);
          if (kind !== 'done' && kind !== 'failed') continue;
          const ids = effect.entries.flatMap(({ parts }) => parts).map(({ name }) => name.split(/[.@]/)[0]);
          expect(ids.filter((id) => inLine.includes(id ?? ''))).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('removes all of it in the end, and then does nothing', () => {
    fc.assert(
      fc.property(arbLook, (given) => {
        let now: PlanInput = given;
        for (let cycle = 0; cycle < 20; cycle += 1) {
          const { actions, diagnostics } = plan(now);
          expect(diagnostics.filter(({ code }) => code === 'guard')).toEqual([]);
          const only = actions.filter(({ type }) => type === 'janitor.remove');
          if (only.length === 0) break;
          now = { ...now, observed: only.reduce(simulate, now.observed) };
        }
        expect(removals(now)).toEqual([]);
        const inbox = now.observed.inboxes['box'];
        const inLine = new Set(inbox?.ok === true ? Object.keys(inbox.value.history) : []);
        for (const { kind, entries } of Object.values(now.observed.leftovers?.places ?? {})) {
          const past = entries.filter(
            ({ since, id }) => since + ageOf(KEEP, kind) <= NOW && !inLine.has(id ?? ''),
          );
          expect(past).toEqual([]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is minimal: with any one action left out there is still something to do', () => {
    fc.assert(
      fc.property(arbPlaces, (places) => {
        const given = looked(places);
        const { actions } = plan(given);
        for (const left of actions) {
          const rest = actions.filter((action) => action !== left);
          const after = { ...given, observed: rest.reduce(simulate, given.observed) };
          expect(plan(after).actions.map(({ target }) => target)).toContain(left.target);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('gives the same bytes however the places were listed, and comes last', () => {
    fc.assert(
      fc.property(arbLook, (given) => {
        const { leftovers } = given.observed;
        if (leftovers === undefined) return;
        const places = Object.fromEntries(Object.entries(leftovers.places).toReversed());
        const other = { ...given, observed: { ...given.observed, leftovers: { ...leftovers, places } } };
        expect(JSON.stringify(plan(other))).toBe(JSON.stringify(plan(given)));
        const types = plan(given).actions.map(({ type }) => type);
        const first = types.indexOf('janitor.remove');
        if (first >= 0) expect(new Set(types.slice(first))).toEqual(new Set(['janitor.remove']));
      }),
      { numRuns: 100 },
    );
  });
});

describe('the janitor', () => {
  it('says what goes as a person would', () => {
    const given = looked({
      'inbox/box/done': place(
        'done',
        Array.from({ length: 37 }, () => 15 * DAY),
      ),
    });
    const [action] = removals(given);
    expect(action?.target).toBe('inbox/box/done');
    expect(action?.because).toBe('37 tasks older than 14 d');
    expect(action?.disrupts).toBe(false);
  });

  it('takes no more than 100 at once, the oldest first', () => {
    const ages = Array.from({ length: 250 }, (_, index) => 15 * DAY + index * MINUTE);
    const [action] = removals(looked({ 'inbox/box/done': place('done', ages) }));
    expect(action?.effect.entries).toHaveLength(100);
    expect(action?.effect.entries[0]?.parts[1]?.name).toBe('t249.md');
    expect(action?.because).toBe('250 tasks older than 14 d; 100 of them now');
  });

  it('rests where tmux or an inbox could not be read: an agent or a task may need it', () => {
    const places = { 'inbox/box/done': place('done', [20 * DAY]) };
    const bad = unreadable({
      severity: 'error',
      code: 'tmux-unreadable',
      target: 'tmux',
      summary: '',
      detail: '',
      help: null,
    });
    const given = looked(places);
    expect(removals(given)).toHaveLength(1);
    expect(removals({ ...given, observed: { ...given.observed, tmux: bad } })).toEqual([]);
    expect(removals({ ...given, observed: { ...given.observed, inboxes: { box: bad } } })).toEqual([]);
  });

  it('keeps its hands off what is suspended, and says so', () => {
    const given = looked({ 'inbox/box/done': place('done', [20 * DAY]) });
    for (const key of ['*', 'inbox/box', 'inbox/box/done']) {
      const suspensions = read({ [key]: { since: 0, until: null, reason: null, by: 'ann' } });
      const held = plan({ ...given, suspensions });
      expect(held.actions).toEqual([]);
      expect(held.withheld.map(({ target, reason }) => [target, reason])).toEqual([
        ['inbox/box/done', 'suspended'],
      ]);
    }
  });

  it('looks again when the next thing is past its age', () => {
    expect(plan(looked({ 'inbox/box/done': place('done', [13 * DAY, DAY]) })).nextAt).toBe(NOW + DAY);
    expect(plan(looked({})).nextAt).toBeNull();
  });

  it('begins a journal anew when its first line is old, and only then', () => {
    const rotates = { path: `${STATE}/events.jsonl`, identity: '1:2:3:4', at: NOW };
    const old = removals(looked({ 'fleet/events': place('events', [], { rotates }) }));
    expect(old.map(({ effect }) => effect.rotates)).toEqual([{ path: rotates.path, identity: '1:2:3:4' }]);
    const young = { ...rotates, at: NOW + 1 };
    expect(removals(looked({ 'fleet/events': place('events', [], { rotates: young }) }))).toEqual([]);
  });
});

describe('the guard of the janitor', () => {
  const sound = (): {
    readonly given: PlanInput;
    readonly action: Extract<Action, { type: 'janitor.remove' }>;
  } => {
    const given = looked({ 'inbox/box/done': place('done', [20 * DAY]) });
    const [action] = removals(given);
    if (action === undefined) throw new Error('there is one');
    return { given, action };
  };

  it('refuses what is young, elsewhere, not as it was seen, or not ours by name', () => {
    const { given, action } = sound();
    expect(guard([action], given)).toEqual([]);
    const [entry] = action.effect.entries;
    if (entry === undefined) throw new Error('there is one');
    const bends: readonly Partial<LeftoverPart>[] = [
      { folder: `${HOME}/box` },
      { folder: besideInbox('box', 'claimed') },
      { name: '../claimed/x.md' },
      { name: '.ssh' },
      { name: 'notes.txt' },
      { type: 'folder' },
      { changedAt: NOW - 14 * DAY + 1 },
      { identity: 'other' },
    ];
    for (const bend of bends) {
      const parts = entry.parts.map((each, index) => (index === 1 ? { ...each, ...bend } : each));
      const bent = { ...action, effect: { ...action.effect, entries: [{ ...entry, parts }] } };
      // As if the look itself had been wrong, so that each claim stands by itself.
      const place0 = given.observed.leftovers?.places['inbox/box/done'];
      const lying = looked({
        'inbox/box/done': {
          ...(place0 ?? place('done', [])),
          entries: [
            {
              since: 0,
              attempt: 'attempt0',
              id: 't0',
              parts: bend.identity === undefined ? parts : entry.parts,
            },
          ],
        },
      });
      expect([bend, guard([bent], lying).length > 0]).toEqual([bend, true]);
    }
  });

  it('refuses what an attempt or a task in line still needs', () => {
    const { given, action } = sound();
    const entries = { 't0.md': waiting('t0') };
    const box = { entries, claims: {}, history: {}, counts: { done: 0, failed: 0, rejected: 0 }, strays: [] };
    expect(
      guard([action], { ...given, observed: { ...given.observed, inboxes: { box: read(box) } } }),
    ).not.toEqual([]);
    const runs = { attempt0: {} } as unknown as PlanInput['observed']['runs'];
    expect(guard([action], { ...given, observed: { ...given.observed, runs } })).not.toEqual([]);
    expect(namesIn([action])).toContain('t0@attempt0.json');
  });
});
