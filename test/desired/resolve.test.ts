import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readDesired } from '../../src/desired/read.ts';
import { sourceOf } from '../../src/model/source.ts';
import { BASE, body, brief, EXAMPLE, good } from './reading.ts';
import { writtenFleet } from './written-fleet.ts';

const DAY = 86_400_000;

describe('what was left out', () => {
  test('has the values of the contract', () => {
    const { sources, hash, ...desired } = good(body(''));
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(Object.keys(sources)).toEqual(['', '/apiVersion', '/kind', '/name']);
    expect(desired).toEqual({
      name: 'home',
      file: BASE.file,
      reconcile: {
        everyMs: 15_000,
        maxActions: 20,
        maxDisruptions: { type: 'share', share: 0.3 },
        prune: 'owned',
      },
      tmux: { socket: { type: 'name', name: 'default' } },
      agents: {},
      accounts: {},
      activeAccounts: {},
      sharedState: null,
      dedicated: {},
      pools: {},
      inboxes: {},
      tasks: { models: { critical: 'opus', default: 'sonnet' }, idleTimeoutMs: 1_800_000, maxBytes: 262_144 },
      quota: {
        confirmations: 2,
        thresholds: { pool: 2, dedicated: 1 },
        cooldownMs: 300_000,
        maxSwaps: { count: 6, perMs: DAY },
        switchAtPercent: null,
      },
      janitor: { keepDoneMs: 14 * DAY, keepFailedMs: 30 * DAY, keepEventsMs: 90 * DAY },
      notify: { channels: {}, rules: [], quiet: null },
    });
  });

  test('of a pool: from 0, all of max, claude, in the folder of the file', () => {
    const { pools, agents } = good(body('pools: { a: { prefix: a-, max: 3 } }'));
    expect(pools['a']).toEqual({
      prefix: 'a-',
      startIndex: 0,
      min: 3,
      max: 3,
      cwd: '/srv/fleet',
      agent: 'claude',
      cooldownMs: 300_000,
    });
    expect(agents['claude']).toEqual({
      extends: 'builtin:claude',
      args: [],
      env: {},
      trust: [],
      models: null,
      overrides: {},
    });
  });

  test('of an active account: sticky, as written, no link', () => {
    const { activeAccounts } = good(
      body('accounts: { b: { home: b }, a: { home: a }, c: { home: c, agent: codex } }'),
    );
    expect(activeAccounts).toEqual({
      claude: { link: null, prefer: ['b', 'a'], select: 'sticky' },
      codex: { link: null, prefer: ['c'], select: 'sticky' },
    });
  });
});

describe('what was written', () => {
  test('the example means the fleet of the contract', () => {
    const reading = readDesired(EXAMPLE, BASE);
    const desired = good(reading);
    expect(brief(reading)).toEqual([]);
    expect(desired.pools['auto']).toMatchObject({ startIndex: 11, min: 2, max: 10, cwd: '/home/ann/work' });
    expect(desired.activeAccounts['claude']).toEqual({
      link: '/home/ann/.claude',
      prefer: ['main', 'backup'],
      select: 'sticky',
    });
    expect(desired.sharedState?.entries).toEqual({ claude: ['projects', 'file-history', 'session-env'] });
    expect(desired.inboxes['secumon']?.allow.cwd).toEqual(['/home/ann/secumon/*']);
    expect(desired.dedicated['ccl-1-conformvault']?.onSwap).toBe('resume');
  });

  test('accounts of several agents have a link, an order and entries each', () => {
    const desired = good(
      body(
        'accounts: { a: { home: a }, b: { home: b }, c: { home: c, agent: codex } }\n' +
          'activeAccount: { link: { claude: ~/.claude, codex: ~/.codex }, prefer: [c, b] }\n' +
          'sharedState: { root: s, entries: { claude: [projects], codex: [sessions] } }\n',
      ),
    );
    expect(desired.activeAccounts).toEqual({
      claude: { link: '/home/ann/.claude', prefer: ['b', 'a'], select: 'sticky' },
      codex: { link: '/home/ann/.codex', prefer: ['c'], select: 'sticky' },
    });
    expect(desired.sharedState?.entries).toEqual({ claude: ['projects'], codex: ['sessions'] });
  });

  test.each([
    ['~', '/home/ann'],
    ['~/x/', '/home/ann/x'],
    ['x', '/srv/fleet/x'],
    ['../x', '/srv/x'],
    ['/x/../y', '/y'],
    ['./~', '/srv/fleet/~'],
  ])('the folder %s is %s', (written, meant) => {
    expect(good(body(`dedicated: { a: { cwd: "${written}" } }`)).dedicated['a']?.cwd).toBe(meant);
  });

  test.each([
    ['default', { type: 'name', name: 'default' }],
    ['./run/t.sock', { type: 'path', path: '/srv/fleet/run/t.sock' }],
    ['~/t.sock', { type: 'path', path: '/home/ann/t.sock' }],
  ])('the socket %s is read as tmux would', (written, meant) => {
    expect(good(body(`tmux: { socket: ${written} }`)).tmux.socket).toEqual(meant);
  });

  test('a name that looks like a number is the name as written', () => {
    expect(Object.keys(good(body('dedicated: { 011: {}, 1e3: {} }')).dedicated)).toEqual(['011', '1e3']);
  });

  test('each key and item knows its place', () => {
    const { sources } = good(
      body('pools:\n  a: { prefix: a-, max: 3 }\nagents: { claude: { args: [x, y] } }\n'),
    );
    const place = (path: string): string => `${String(sources[path]?.line)}:${String(sources[path]?.column)}`;
    expect(['/pools', '/pools/a', '/pools/a/max', '/agents/claude/args/1'].map(place)).toEqual([
      '4:1',
      '5:3',
      '5:20',
      '6:31',
    ]);
    expect(sourceOf(sources, '/pools/a/min')).toEqual(sources['/pools/a']);
  });

  test('is what it resolves to, in whatever style and order it is written', () => {
    fc.assert(
      fc.property(writtenFleet, fc.boolean(), ({ written, resolved }, flow) => {
        const text = stringify(written, { collectionStyle: flow ? 'flow' : 'block', lineWidth: 0 });
        expect(good(readDesired(text, BASE))).toMatchObject(resolved);
      }),
      { numRuns: 150 },
    );
  });

  test('means the same in any order of keys, but for the order of accounts', () => {
    fc.assert(
      fc.property(writtenFleet, ({ written }) => {
        const there = good(readDesired(stringify(written), BASE));
        const back = good(readDesired(stringify(reversed(written)), BASE));
        expect({ ...back, hash: '', sources: {} }).toEqual({ ...there, hash: '', sources: {} });
      }),
      { numRuns: 150 },
    );
  });
});

/** The same maps with their keys in the opposite order; lists stay. */
function reversed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, child]) => [key, reversed(child)]),
  );
}
