import type { DesiredState } from '../../src/model/desired.ts';
import { desired, pool } from '../support/fleet.ts';
import { PLACES } from './places.ts';

/** What of a fleet differs from run to run, and with an operator's edits. */
export interface Wishes {
  readonly min: number;
  readonly max: number;
  readonly cooldownMs: number;
  readonly accounts: 0 | 1 | 2;
  readonly select: 'sticky' | 'preferred';
  /** Of owned sessions, per cycle. */
  readonly maxDisruptions: number;
  readonly dedicated: boolean;
}

/** Milliseconds that must lie between two swaps. */
export const SWAP_COOLDOWN_MS = 300_000;

/** One pool, one inbox, a session of the operator's, and accounts that share their conversations. */
export function fleetOf(wishes: Wishes): DesiredState {
  const { cwd, prefix, startIndex, inbox, queue, link, shared, homes } = PLACES;
  const names = (['main', 'backup'] as const).slice(0, wishes.accounts);
  const plain = desired({
    name: PLACES.fleet,
    agents: {
      claude: {
        extends: 'builtin:claude',
        args: [],
        env: { GH_TOKEN: { type: 'env', name: 'GH_TOKEN' } },
        trust: [],
        models: null,
        overrides: {},
      },
    },
    accounts: Object.fromEntries(names.map((name) => [name, { agent: 'claude', home: homes[name] }])),
    activeAccounts: names.length === 0 ? {} : { claude: { link, prefer: [...names], select: wishes.select } },
    sharedState: names.length === 0 ? null : { root: shared, entries: { claude: ['projects'] } },
    dedicated: wishes.dedicated ? { mine: { cwd, agent: null, onSwap: 'leave' } } : {},
    pools: {
      auto: pool({
        prefix,
        startIndex,
        min: wishes.min,
        max: wishes.max,
        cwd,
        agent: 'claude',
        cooldownMs: wishes.cooldownMs,
      }),
    },
    inboxes: {
      [inbox]: { dir: queue.inbox, pool: 'auto', cwd, allow: { cwd: [], models: [], agents: [] } },
    },
  });
  return {
    ...plain,
    reconcile: { ...plain.reconcile, maxDisruptions: { type: 'count', count: wishes.maxDisruptions } },
    quota: { ...plain.quota, cooldownMs: SWAP_COOLDOWN_MS },
  };
}
