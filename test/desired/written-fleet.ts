import fc from 'fast-check';
import type { DesiredState } from '../../src/model/desired.ts';

/** A file as data, and what it must resolve to. */
export interface WrittenFleet {
  readonly written: Readonly<Record<string, unknown>>;
  readonly resolved: Partial<Omit<DesiredState, 'sources'>>;
}

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const duration = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.constantFrom('s', 'm', 'h', 'd')), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => ({
    text: parts.map(([count, unit]) => `${String(count)}${unit}`).join(''),
    ms: parts.reduce((sum, [count, unit]) => sum + count * UNITS[unit], 0),
  }));

const letters = fc.stringMatching(/^[a-z]{1,8}$/);

const folder = fc.oneof(
  letters.map((name) => ({ text: `~/${name}`, path: `/home/ann/${name}` })),
  letters.map((name) => ({ text: `/var/${name}`, path: `/var/${name}` })),
  letters.map((name) => ({ text: `sub/${name}`, path: `/srv/fleet/sub/${name}` })),
);

const pool = fc.record({
  startIndex: fc.nat(5000),
  max: fc.integer({ min: 1, max: 1000 }),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  cwd: folder,
  cooldown: duration,
  agent: fc.constantFrom('claude', 'codex'),
});

/** Fleets with pools, dedicated sessions, inboxes and policies, all of them valid. */
export const writtenFleet: fc.Arbitrary<WrittenFleet> = fc
  .record({
    name: letters,
    pools: fc.array(pool, { maxLength: 5 }),
    dedicated: fc.array(folder, { maxLength: 4 }),
    idle: duration,
    every: fc.integer({ min: 1, max: 80_000 }),
    percent: fc.integer({ min: 1, max: 100 }),
    actions: fc.integer({ min: 1, max: 1000 }),
    switchAt: fc.option(fc.integer({ min: 1, max: 100 })),
    homes: fc.uniqueArray(letters, { minLength: 1, maxLength: 3 }),
  })
  .map((from) => {
    const pools = from.pools.map((spec, index) => ({
      ...spec,
      min: Math.round(spec.share * spec.max),
      key: `p${String(index)}`,
    }));
    const accounts = from.homes.map((home) => [`${home}-account`, `~/.claude-${home}`] as const);
    const order = accounts.map(([account]) => account);
    const written = {
      apiVersion: 'rollcall/v1',
      kind: 'Fleet',
      name: from.name,
      reconcile: {
        every: `${String(from.every)}s`,
        maxActions: from.actions,
        maxDisruptions: `${String(from.percent)}%`,
        prune: 'never',
      },
      accounts: Object.fromEntries(accounts.map(([account, home]) => [account, { home }])),
      activeAccount: { link: '~/.claude', prefer: order },
      sharedState: { root: '~/shared', entries: ['projects'] },
      pools: Object.fromEntries(
        pools.map(({ key, startIndex, min, max, cwd, cooldown, agent }) => [
          key,
          { prefix: `${key}-`, startIndex, min, max, cwd: cwd.text, cooldown: cooldown.text, agent },
        ]),
      ),
      dedicated: Object.fromEntries(
        from.dedicated.map(({ text }, index) => [`d${String(index)}`, { cwd: text }]),
      ),
      inboxes: Object.fromEntries(pools.map(({ key }) => [`i${key}`, { dir: `q/${key}/inbox`, pool: key }])),
      tasks: { idleTimeout: from.idle.text },
      quota: { switchAt: from.switchAt === null ? 'off' : `${String(from.switchAt)}%` },
    };
    const resolved = {
      name: from.name,
      reconcile: {
        everyMs: from.every * 1000,
        maxActions: from.actions,
        maxDisruptions: { type: 'share' as const, share: from.percent / 100 },
        prune: 'never' as const,
      },
      accounts: Object.fromEntries(
        accounts.map(([account, home]) => [
          account,
          { agent: 'claude', home: home.replace('~', '/home/ann') },
        ]),
      ),
      activeAccounts: { claude: { link: '/home/ann/.claude', prefer: order, select: 'sticky' as const } },
      pools: Object.fromEntries(
        pools.map(({ key, startIndex, min, max, cwd, cooldown, agent }) => [
          key,
          { prefix: `${key}-`, startIndex, min, max, cwd: cwd.path, cooldownMs: cooldown.ms, agent },
        ]),
      ),
      dedicated: Object.fromEntries(
        from.dedicated.map(({ path }, index) => [
          `d${String(index)}`,
          { cwd: path, agent: null, onSwap: 'leave' as const },
        ]),
      ),
      inboxes: Object.fromEntries(
        pools.map(({ key, cwd }) => [
          `i${key}`,
          {
            dir: `/srv/fleet/q/${key}/inbox`,
            pool: key,
            cwd: cwd.path,
            allow: { cwd: [], models: [], agents: [] },
          },
        ]),
      ),
    };
    return { written, resolved };
  });
