import { posix } from 'node:path';
import type {
  DedicatedSpec,
  DesiredState,
  InboxSpec,
  PoolSpec,
  SharedStateSpec,
  TmuxSocket,
} from '../../model/desired.ts';
import { absolutePath, type PathBase } from '../paths.ts';
import type { WrittenState } from '../schema/written-state.ts';
import { accountsOf, activeAccountsOf, onlyAgent } from './accounts.ts';
import { agentsOf } from './agents.ts';
import { mapValues, ms } from './fill.ts';
import { notifyOf } from './notify.ts';
import { janitorOf, quotaOf, reconcileOf, tasksOf } from './policies.ts';

/** A state without what only the text tells. */
export type ResolvedState = Omit<DesiredState, 'hash' | 'sources'>;

/** Fills in every default and makes paths absolute, durations milliseconds and sizes bytes (SPEC §2). */
export function resolveState(written: WrittenState, base: PathBase): ResolvedState {
  const pools = mapValues(written.pools ?? {}, (pool) => poolOf(pool, base));
  return {
    name: written.name,
    file: base.file,
    reconcile: reconcileOf(written.reconcile ?? {}),
    tmux: { socket: socketOf(written.tmux?.socket ?? 'default', base) },
    agents: agentsOf(written, base),
    accounts: accountsOf(written, base),
    activeAccounts: activeAccountsOf(written, base),
    sharedState: sharedStateOf(written, base),
    dedicated: mapValues(written.dedicated ?? {}, (dedicated) => dedicatedOf(dedicated, base)),
    pools,
    inboxes: mapValues(written.inboxes ?? {}, (inbox) => inboxOf(inbox, pools, base)),
    tasks: tasksOf(written.tasks ?? {}),
    quota: quotaOf(written.quota ?? {}),
    janitor: janitorOf(written.janitor ?? {}),
    notify: notifyOf(written.notify ?? {}, base),
  };
}

type Written<K extends keyof WrittenState> = NonNullable<WrittenState[K]>;

function poolOf(written: Written<'pools'>[string], base: PathBase): PoolSpec {
  return {
    prefix: written.prefix,
    startIndex: written.startIndex ?? 0,
    min: written.min ?? written.max,
    max: written.max,
    cwd: folder(written.cwd, base),
    agent: written.agent ?? 'claude',
    cooldownMs: ms(written.cooldown ?? '5m'),
  };
}

function dedicatedOf(written: Written<'dedicated'>[string], base: PathBase): DedicatedSpec {
  return { cwd: folder(written.cwd, base), agent: written.agent ?? null, onSwap: written.onSwap ?? 'leave' };
}

function inboxOf(
  written: Written<'inboxes'>[string],
  pools: Readonly<Record<string, PoolSpec>>,
  base: PathBase,
): InboxSpec {
  return {
    dir: absolutePath(written.dir, base),
    pool: written.pool,
    cwd:
      written.cwd === undefined
        ? (pools[written.pool]?.cwd ?? folder(undefined, base))
        : absolutePath(written.cwd, base),
    allow: {
      cwd: (written.allow?.cwd ?? []).map((glob) => absolutePath(glob, base)),
      models: written.allow?.models ?? [],
      agents: written.allow?.agents ?? [],
    },
  };
}

function sharedStateOf(written: WrittenState, base: PathBase): SharedStateSpec | null {
  if (written.sharedState === undefined) return null;
  const { root, entries } = written.sharedState;
  return {
    root: absolutePath(root, base),
    entries: Array.isArray(entries) ? { [onlyAgent(written)]: entries } : entries,
  };
}

/** Left out, a folder is the file's own. */
function folder(written: string | undefined, base: PathBase): string {
  return written === undefined ? posix.dirname(base.file) : absolutePath(written, base);
}

function socketOf(written: string, base: PathBase): TmuxSocket {
  const isPath = written.includes('/') || written === '~';
  return isPath ? { type: 'path', path: absolutePath(written, base) } : { type: 'name', name: written };
}
