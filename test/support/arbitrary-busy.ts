import fc from 'fast-check';
import type { DesiredState } from '../../src/model/desired.ts';
import type { Observed, ObservedSession } from '../../src/model/observed.ts';
import { read } from '../../src/model/reading.ts';
import { AGENTS, arbInboxes, arbTasks } from './arbitrary-tasks.ts';
import type { SessionKind } from './fleet.ts';
import { desired, HOME, MINUTE, NOW, observed, pool, server, session, twoAccounts } from './fleet.ts';

/** A fleet and a look at it. */
export interface DrawnWorld {
  readonly state: DesiredState;
  readonly look: Observed;
}

function arbBusy(kinds: readonly SessionKind[]): fc.Arbitrary<DrawnWorld> {
  return arbBusyState.chain((state) =>
    arbSessions(state, kinds).chain((sessions) => {
      const idle = inOrder(state, observed(state, { tmux: read(server(sessions)) }));
      return arbTasks(state, idle).map((look) => ({ state, look }));
    }),
  );
}

const arbBusyState: fc.Arbitrary<DesiredState> = fc
  .record({
    max: fc.integer({ min: 1, max: 4 }),
    below: fc.nat(4),
    second: fc.boolean(),
    startIndex: fc.constantFrom(0, 1, 9),
    cooldownMs: fc.constantFrom(0, 5 * MINUTE),
    accounts: fc.boolean(),
    maxActions: fc.constantFrom(3, 1000, 1000),
  })
  .chain(({ max, below, second, startIndex, cooldownMs, accounts, maxActions }) => {
    const first = pool({ prefix: 'auto-', startIndex, max, min: Math.max(0, max - below), cooldownMs });
    const pools = { p0: first, ...(second ? { p1: pool({ prefix: 'w', min: 0, max: 2, cooldownMs }) } : {}) };
    const state = desired({
      ...(accounts ? twoAccounts() : {}),
      pools,
      agents: AGENTS,
      dedicated: { 'auto-8': { cwd: `${HOME}/mine`, agent: null, onSwap: 'leave' } },
    });
    const reconcile = { ...state.reconcile, maxActions };
    return arbInboxes(Object.keys(pools)).map((inboxes) => ({ ...state, inboxes, reconcile }));
  });

function arbSessions(
  state: DesiredState,
  kinds: readonly SessionKind[],
): fc.Arbitrary<readonly ObservedSession[]> {
  const names = Object.values(state.pools).flatMap(({ prefix, startIndex, max }) =>
    Array.from({ length: max + 1 }, (_, i) => `${prefix}${String(startIndex + i)}`),
  );
  const one = fc.record({
    kind: fc.constantFrom<SessionKind | null>(null, ...kinds),
    ageMs: fc.constantFrom(MINUTE, 60 * MINUTE),
    inMode: fc.constantFrom(false, false, false, false, true),
  });
  const all = [...new Set([...names, 'auto-8'])];
  return fc.tuple(...all.map(() => one)).map((drawn) =>
    drawn.flatMap(({ kind, ageMs, inMode }, i) => {
      if (kind === null) return [];
      const plain = session(i + 1, all[i] ?? '', kind, { createdAt: NOW - ageMs });
      const panes = Object.values(plain.panes).map((each) => [each.id, { ...each, inMode }]);
      return [{ ...plain, panes: Object.fromEntries(panes) }];
    }),
  );
}

/** Every link where it belongs, `main` active. */
function inOrder(state: DesiredState, look: Observed): Observed {
  const { root = '', entries = {} } = state.sharedState ?? {};
  const link = (target: string) => read({ type: 'link', target, resolved: target } as const);
  const shared = (entries['claude'] ?? []).map((entry) => `${root}/${entry}`);
  const links = Object.values(state.accounts).flatMap(({ home }) =>
    (entries['claude'] ?? []).map((entry) => [`${home}/${entry}`, link(`${root}/${entry}`)]),
  );
  const active = Object.entries(state.activeAccounts).flatMap(([, each]) =>
    each.link === null ? [] : [[each.link, link(state.accounts['main']?.home ?? '')]],
  );
  return {
    ...look,
    paths: { ...look.paths, ...Object.fromEntries([...links, ...active]) },
    directories: {
      ...look.directories,
      ...Object.fromEntries(shared.map((path) => [path, read({ type: 'present', real: path } as const)])),
    },
  };
}

/** Worlds in which work gets done: accounts as they should be, most sessions ours and whole, tasks in every state. */
export const arbBusyWorld: fc.Arbitrary<DrawnWorld> = arbBusy([
  'free',
  'free',
  'free',
  'free',
  'free',
  'ended',
  'foreign',
  'tampered',
  'split',
  'respawned',
]);

/** As `arbBusyWorld`, with nothing odd in it: every session is ours alone or somebody else's, and nobody types. */
export const arbPlainWorld: fc.Arbitrary<DrawnWorld> = arbBusy(['free', 'free', 'free', 'ended', 'foreign']);
