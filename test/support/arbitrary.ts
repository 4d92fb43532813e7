import fc from 'fast-check';
import { NO_QUOTA } from '../../src/model/quota.ts';
import type { DesiredState, PoolSpec } from '../../src/model/desired.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import { type Memory, NO_MEMORY } from '../../src/model/memory.ts';
import type { DirectoryState, Observed, ObservedSession, PathState } from '../../src/model/observed.ts';
import type { PlanInput } from '../../src/model/plan-input.ts';
import type { Reading } from '../../src/model/reading.ts';
import { read, unreadable } from '../../src/model/reading.ts';
import type { SessionKind } from './fleet.ts';
import type { DrawnWorld } from './arbitrary-busy.ts';
import { arbBusyWorld, arbPlainWorld } from './arbitrary-busy.ts';
import { AGENTS, arbInboxes, arbTasks } from './arbitrary-tasks.ts';
import { desired, HOME, input, INCARNATION, MINUTE, NOW, observed, session, TRAITS } from './fleet.ts';
import { inbox } from './queue.ts';
import { sessionsOf, withSessions } from './world.ts';

const ENTRIES = ['projects', 'file-history'] as const;
const DEDICATED = ['mine', 'auto-1-mine', 'w-'] as const;
const PREFIXES = ['auto-', 'auto-1-', 'w', 'x-'] as const;

/** Any fleet the file can declare, small: ranges never overlap, as the cross-checks demand. */
export const arbDesired: fc.Arbitrary<DesiredState> = fc
  .record({
    pools: fc.uniqueArray(fc.record({ prefix: fc.constantFrom(...PREFIXES), spec: arbPoolSpec() }), {
      maxLength: 3,
      selector: ({ prefix }) => prefix,
    }),
    dedicated: fc.uniqueArray(fc.constantFrom(...DEDICATED), { maxLength: 3 }),
    accounts: fc.uniqueArray(fc.constantFrom('main', 'backup', 'third'), { maxLength: 3 }),
    link: fc.boolean(),
    select: fc.constantFrom('sticky' as const, 'preferred' as const),
    entries: fc.subarray([...ENTRIES]),
    prune: fc.constantFrom('owned' as const, 'owned' as const, 'never' as const),
    agent: fc.constantFrom('claude', 'claude', 'claude', 'codex'),
    maxActions: fc.constantFrom(1, 3, 20, 1000),
    disruptions: fc.constantFrom(
      { type: 'share', share: 0.3 } as const,
      { type: 'count', count: 1 } as const,
      { type: 'share', share: 1 } as const,
    ),
  })
  .chain((drawn) => {
    const pools = drawn.pools.map(({ prefix, spec }, i): [string, PoolSpec] => [
      `p${String(i)}`,
      { ...spec, prefix, agent: i === 0 ? drawn.agent : 'claude' },
    ]);
    return arbInboxes(pools.map(([name]) => name)).map((inboxes) => ({ ...drawn, pools, inboxes }));
  })
  .map((drawn) =>
    desired({
      agents: AGENTS,
      inboxes: drawn.inboxes,
      pools: Object.fromEntries(drawn.pools),
      dedicated: Object.fromEntries(
        drawn.dedicated.map((name) => [
          name,
          { cwd: `${HOME}/${name}`, agent: null, onSwap: 'leave' as const },
        ]),
      ),
      accounts: Object.fromEntries(
        drawn.accounts.map((name) => [name, { agent: 'claude', home: `${HOME}/.${name}` }]),
      ),
      activeAccounts:
        drawn.accounts.length === 0
          ? {}
          : {
              claude: {
                link: drawn.link ? `${HOME}/.claude` : null,
                prefer: drawn.accounts,
                select: drawn.select,
              },
            },
      sharedState:
        drawn.accounts.length === 0 ? null : { root: `${HOME}/shared`, entries: { claude: drawn.entries } },
      reconcile: {
        everyMs: 15_000,
        maxActions: drawn.maxActions,
        maxDisruptions: drawn.disruptions,
        prune: drawn.prune,
      },
    }),
  );

function arbPoolSpec(): fc.Arbitrary<PoolSpec> {
  return fc
    .record({
      startIndex: fc.constantFrom(0, 1, 9, 11),
      max: fc.integer({ min: 1, max: 5 }),
      below: fc.nat(5),
    })
    .map(({ startIndex, max, below }) => ({
      prefix: '',
      startIndex,
      max,
      min: Math.max(0, max - below),
      cwd: `${HOME}/work`,
      agent: 'claude',
      cooldownMs: 5 * MINUTE,
    }));
}

const KINDS: readonly SessionKind[] = [
  'free',
  'free',
  'ended',
  'split',
  'respawned',
  'foreign',
  'other-fleet',
  'tampered',
  'was-dedicated',
];

/** Names in, at the edge of and outside the ranges, look-alikes and dedicated names among them. */
const arbName = fc.oneof(
  fc
    .tuple(fc.constantFrom(...PREFIXES), fc.constantFrom(0, 1, 2, 3, 9, 10, 11, 12, 13, 15, 110))
    .map(([prefix, index]) => `${prefix}${String(index)}`),
  fc.constantFrom(...DEDICATED, 'auto-01', 'auto-', 'auto-1', 'other'),
);

const arbSession = fc
  .record({
    name: arbName,
    kind: fc.constantFrom(...KINDS),
    ageMs: fc.constantFrom(0, MINUTE, 4 * MINUTE, 6 * MINUTE, 300 * MINUTE),
    typedMsAgo: fc.constantFrom(null, null, null, 1_000, 59_000, 61_000),
  })
  .map(
    ({ name, kind, ageMs, typedMsAgo }) =>
      (number: number): ObservedSession =>
        session(number, name, kind, {
          createdAt: NOW - ageMs,
          attached: typedMsAgo === null ? 0 : 1,
          typedAt: typedMsAgo === null ? null : NOW - typedMsAgo,
        }),
  );

const FAILED: Diagnostic = {
  severity: 'error',
  code: 'path-unreadable',
  target: 'path',
  summary: 'A path could not be looked at',
  detail: 'EACCES',
  help: null,
};

const arbTmux: fc.Arbitrary<Observed['tmux']> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(read({ type: 'none' } as const)) },
  {
    weight: 1,
    arbitrary: fc.constant(unreadable({ ...FAILED, code: 'tmux-unreadable', target: 'tmux' })),
  },
  {
    weight: 8,
    arbitrary: fc
      .record({
        sessions: fc.uniqueArray(arbSession, { maxLength: 12, selector: (make) => make(0).name }),
        stampInherited: fc.constantFrom(false, false, false, false, true),
      })
      .map(({ sessions, stampInherited }) => {
        const made = sessions.map((make, i) => make(i + 1));
        return read({
          type: 'up' as const,
          incarnation: INCARNATION,
          stampInherited,
          sessions: Object.fromEntries(made.map((each) => [each.id, each])),
        });
      }),
  },
);

function arbPath(right: string): fc.Arbitrary<Reading<PathState>> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(read({ type: 'absent' } as const)) },
    { weight: 4, arbitrary: fc.constant(read({ type: 'link', target: right, resolved: null } as const)) },
    {
      weight: 1,
      arbitrary: fc.constant(read({ type: 'link', target: '/else/where', resolved: null } as const)),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('directory' as const, 'file' as const, 'other' as const)
        .map((type) => read({ type })),
    },
    { weight: 1, arbitrary: fc.constant(unreadable(FAILED)) },
  );
}

function arbDirectory(path: string): fc.Arbitrary<Reading<DirectoryState>> {
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant(read({ type: 'present', real: path } as const)) },
    { weight: 2, arbitrary: fc.constant(read({ type: 'absent' } as const)) },
    { weight: 1, arbitrary: fc.constant(read({ type: 'not-a-directory' } as const)) },
    { weight: 1, arbitrary: fc.constant(unreadable(FAILED)) },
  );
}

/** Any look at any world, for a given fleet. */
export function arbObserved(state: DesiredState): fc.Arbitrary<Observed> {
  return arbIdle(state).chain((look) =>
    fc.oneof({ weight: 1, arbitrary: fc.constant(look) }, { weight: 3, arbitrary: arbTasks(state, look) }),
  );
}

/** One in which there is no task. */
function arbIdle(state: DesiredState): fc.Arbitrary<Observed> {
  const plain = observed(state);
  const homes = Object.values(state.accounts).map(({ home }) => home);
  const rightOf = (path: string): fc.Arbitrary<string> =>
    path === `${HOME}/.claude` && homes.length > 0
      ? fc.constantFrom(...homes)
      : fc.constant(path.replace(/^.*\//, `${HOME}/shared/`));
  return fc
    .record({
      at: fc.constant(NOW),
      tmux: arbTmux,
      paths: recordOf(Object.keys(plain.paths), (path) => rightOf(path).chain(arbPath)),
      directories: recordOf(Object.keys(plain.directories), arbDirectory),
      linkUsers: fc.constantFrom(
        plain.linkUsers,
        Object.fromEntries(
          Object.keys(plain.linkUsers).map((agent) => [agent, read([{ pid: 7, command: 'claude' }])]),
        ),
      ),
      inboxes: fc.constant(plain.inboxes),
      runs: fc.constant({}),
      operators: fc.constant({}),
      stopped: fc.constant({}),
      nonce: fc.constant(plain.nonce),
    })
    .map((drawn) => ({ ...plain, ...drawn }));
}

const arbMemory = (state: DesiredState): fc.Arbitrary<Memory> =>
  fc
    .record({
      accepted: fc.option(
        fc.record({
          pools: fc.constantFrom(state.pools, {}),
          prune: fc.constantFrom('owned' as const, 'never' as const),
          socket: fc.constantFrom(state.tmux.socket, { type: 'name', name: 'another' } as const),
        }),
      ),
      server: fc.constant(null),
      deaths: fc.dictionary(
        arbName,
        fc.integer({ min: 1, max: 6 }).map((count) => ({
          at: Array.from({ length: count }, (_, i) => NOW - (count - i) * 1_000),
          lastPid: 1,
          lastAt: NOW - 1_000,
        })),
        { maxKeys: 2 },
      ),
      failures: fc.dictionary(
        arbName.map((name) => `session/${name}`),
        fc.record({
          count: fc.integer({ min: 1, max: 9 }),
          lastAt: fc.constantFrom(NOW - 1_000, NOW - 900_000, NOW + 9_000),
          why: fc.constant('it did'),
        }),
        { maxKeys: 2 },
      ),
      quota: fc.constant(NO_QUOTA),
      screens: fc.dictionary(
        fc.constantFrom('at0000', 'at0001', 'at0002'),
        fc.record({
          hash: fc.constantFrom('h1', 'h2'),
          since: fc.constantFrom(NOW - 1_000, NOW - 2 * MINUTE, NOW - 40 * MINUTE),
        }),
        { maxKeys: 3 },
      ),
    })
    .map((drawn) => ({ ...NO_MEMORY, ...drawn }));

/** Agents of several kinds; one that is not in it cannot be started. */
const arbTraits: fc.Arbitrary<PlanInput['agents']> = fc
  .record({
    delivery: fc.constantFrom('argv' as const, 'argv' as const, 'paste' as const),
    resumes: fc.constantFrom(true, true, false),
    resumeDelivery: fc.constantFrom('argv' as const, 'argv' as const, 'paste' as const),
    resumeAfterMs: fc.constantFrom(0, 0, 75_000),
    resumeShares: fc.constant(['projects']),
    exitMeansDone: fc.constantFrom(false, false, true),
    hasRecords: fc.constantFrom(true, true, false),
    hasCodex: fc.boolean(),
  })
  .map(({ hasCodex, ...claude }) => ({
    claude: { ...TRAITS, ...claude },
    ...(hasCodex ? { codex: TRAITS } : {}),
  }));

/** What an operator may have asked hands off of. */
const HANDS_OFF = ['*', 'session/auto-1', 'pool/p0', 'inbox/sec', 'task/sec/fix'] as const;

/** Any fleet, any look at it; half of them worlds in which work gets done. */
const arbWorld: fc.Arbitrary<DrawnWorld> = fc.oneof(
  arbDesired.chain((state) => arbObserved(state).map((look) => ({ state, look }))),
  arbBusyWorld,
);

/** Everything a plan may be asked to rest on. */
export const arbInput: fc.Arbitrary<PlanInput> = arbWorld.chain(({ state, look }) =>
  fc
    .record({
      memory: arbMemory(state),
      confirmed: fc.boolean(),
      suspended: fc.constantFrom(null, null, null, null, null, null, ...HANDS_OFF),
      exhausted: fc.constantFrom<string | null>(null, null, null, 'main', 'backup'),
      agents: arbTraits,
    })
    .map(({ memory, confirmed, suspended, exhausted, agents }) =>
      input(state, look, {
        memory,
        agents,
        massRemovalConfirmed: confirmed,
        suspensions: read(
          suspended === null
            ? {}
            : { [suspended]: { since: NOW - 1, until: null, reason: 'mine', by: 'ann' } },
        ),
        exhaustedUntil: read(exhausted === null ? {} : { [exhausted]: NOW + MINUTE }),
      }),
    ),
);

/** A world in which work gets done, with nothing odd and nothing in the way. */
export const arbPlainInput: fc.Arbitrary<PlanInput> = arbPlainWorld.chain(({ state, look }) =>
  fc
    .record({ agents: arbTraits, exhausted: fc.constantFrom(null, null, null, 'main', 'backup') })
    .map(({ agents, exhausted }) =>
      input(state, look, {
        agents,
        massRemovalConfirmed: true,
        exhaustedUntil: read(exhausted === null ? {} : { [exhausted]: NOW + MINUTE }),
      }),
    ),
);

/** As `arbInput`, with nothing in the way of every wish but the world itself: no memory, no suspension, wide budgets. */
export const arbCalmInput: fc.Arbitrary<PlanInput> = arbInput.map((drawn) => ({
  ...drawn,
  desired: {
    ...drawn.desired,
    reconcile: {
      ...drawn.desired.reconcile,
      maxActions: 1000,
      maxDisruptions: { type: 'share', share: 1 } as const,
    },
  },
  memory: { ...drawn.memory, deaths: {}, failures: {} },
  suspensions: read({}),
  massRemovalConfirmed: true,
}));

/** As `arbCalmInput`, with no task anywhere: one thing leads to no other there. */
export const arbIdleInput: fc.Arbitrary<PlanInput> = arbCalmInput.map((drawn) => {
  const { observed: look } = drawn;
  const sessions = Object.entries(sessionsOf(look)).map(([id, each]) => {
    return [id, each.stamp === null ? each : { ...each, stamp: { ...each.stamp, work: null } }] as const;
  });
  const inboxes = Object.fromEntries(Object.keys(look.inboxes).map((name) => [name, read(inbox({}))]));
  const plain = { ...look, inboxes, runs: {} };
  const isUp = look.tmux.ok && look.tmux.value.type === 'up';
  return { ...drawn, observed: isUp ? withSessions(plain, Object.fromEntries(sessions)) : plain };
});

function recordOf<T>(
  keys: readonly string[],
  arb: (key: string) => fc.Arbitrary<T>,
): fc.Arbitrary<Record<string, T>> {
  return fc.record(Object.fromEntries(keys.map((key) => [key, arb(key)])));
}
