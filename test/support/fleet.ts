import type { DesiredState, PoolSpec } from '../../src/model/desired.ts';
import { NO_MEMORY } from '../../src/model/memory.ts';
import type { Observed, ObservedPane, ObservedSession, TmuxState } from '../../src/model/observed.ts';
import type { AgentTraits, PlanInput } from '../../src/model/plan-input.ts';
import { read } from '../../src/model/reading.ts';
import type { ObservedInbox } from '../../src/model/task.ts';
import { acceptable } from '../../src/plan/mass-removal.ts';

/** 2026-11-22T12:00:00Z, the moment at which every generated world is looked at. */
export const NOW = Date.UTC(2026, 10, 22, 12);
export const MINUTE = 60_000;
export const DAY = 1440 * MINUTE;
export const FLEET = 'home';
export const HOME = '/home/op';
export const RUNS_DIR = '/run/user/1000/rollcall/home/runs';
export const NONCE = '0123456789abcdef0123456789abcdef';
export const INCARNATION = { pid: 4000, startTime: Math.floor(NOW / 1000) - 3600 };

/** A fleet that declares nothing, at its defaults; what a test is about is laid over it. */
export function desired(over: Partial<DesiredState> = {}): DesiredState {
  return {
    name: FLEET,
    file: `${HOME}/desired-state.yaml`,
    hash: 'h',
    reconcile: {
      everyMs: 15_000,
      maxActions: 1000,
      maxDisruptions: { type: 'share', share: 1 },
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
    tasks: { models: {}, idleTimeoutMs: 1_800_000, maxBytes: 262_144 },
    quota: {
      confirmations: 2,
      thresholds: { pool: 2, dedicated: 1 },
      cooldownMs: 300_000,
      maxSwaps: { count: 6, perMs: 86_400_000 },
      switchAtPercent: null,
    },
    janitor: { keepDoneMs: 14 * DAY, keepFailedMs: 30 * DAY, keepEventsMs: 90 * DAY },
    notify: { channels: {}, rules: [], quiet: null },
    sources: { '': { file: `${HOME}/desired-state.yaml`, line: 1, column: 1 } },
    ...over,
  };
}

/** What decides of an agent that keeps records and takes its prompt on its command line. */
export const TRAITS: AgentTraits = {
  delivery: 'argv',
  resumes: true,
  choosesConversation: false,
  resumeDelivery: 'argv',
  resumeAfterMs: 0,
  resumeShares: ['projects'],
  exitMeansDone: false,
  hasRecords: true,
};

const NO_TASKS: ObservedInbox = {
  entries: {},
  claims: {},
  history: {},
  counts: { done: 0, failed: 0, rejected: 0 },
  strays: [],
};

export function pool(over: Partial<PoolSpec> = {}): PoolSpec {
  return {
    prefix: 'auto-',
    startIndex: 0,
    min: 2,
    max: 4,
    cwd: `${HOME}/work`,
    agent: 'claude',
    cooldownMs: 5 * MINUTE,
    ...over,
  };
}

/** Two claude accounts that share `projects`, with an active link. */
export function twoAccounts(): Pick<DesiredState, 'accounts' | 'activeAccounts' | 'sharedState'> {
  return {
    accounts: {
      main: { agent: 'claude', home: `${HOME}/.claude-main` },
      backup: { agent: 'claude', home: `${HOME}/.claude-backup` },
    },
    activeAccounts: {
      claude: { link: `${HOME}/.claude`, prefer: ['main', 'backup'], select: 'sticky' },
    },
    sharedState: { root: `${HOME}/.claude-shared`, entries: { claude: ['projects'] } },
  };
}

export function pane(id: string, over: Partial<ObservedPane> = {}): ObservedPane {
  return {
    id,
    pid: 5000 + Number(id.slice(1)),
    dead: false,
    deadStatus: null,
    deadSignal: null,
    command: 'sleep',
    cwd: `${HOME}/work`,
    inMode: false,
    inputOdd: false,
    ...over,
  };
}

export type SessionKind =
  | 'free'
  | 'ended'
  | 'split'
  | 'respawned'
  | 'foreign'
  | 'other-fleet'
  | 'tampered'
  | 'was-dedicated';

/** A session `number` (its id and its pane's) of the given kind. */
export function session(
  number: number,
  name: string,
  kind: SessionKind,
  over: Partial<ObservedSession> = {},
): ObservedSession {
  const paneId = `%${String(number)}`;
  const only = pane(paneId, kind === 'ended' ? { dead: true, deadStatus: 0 } : {});
  const extra = pane(`%${String(number + 10_000)}`);
  const stamp = {
    owner: kind === 'other-fleet' ? 'elsewhere' : FLEET,
    kind: kind === 'was-dedicated' ? ('dedicated' as const) : ('pool' as const),
    pane: paneId,
    pid: kind === 'respawned' ? 1 : only.pid,
    work: null,
    freedAt: null,
  };
  return {
    id: `$${String(number)}`,
    name,
    createdAt: NOW - 60 * MINUTE,
    attached: 0,
    typedAt: null,
    stamp: kind === 'foreign' ? null : stamp,
    contradictedBy: kind === 'tampered' ? 'evil' : null,
    panes: kind === 'split' ? { [paneId]: only, [extra.id]: extra } : { [paneId]: only },
    ...over,
  };
}

export function server(
  sessions: readonly ObservedSession[],
  over: Partial<Extract<TmuxState, { type: 'up' }>> = {},
): TmuxState {
  return {
    type: 'up',
    incarnation: INCARNATION,
    stampInherited: false,
    sessions: Object.fromEntries(sessions.map((each) => [each.id, each])),
    ...over,
  };
}

/** A look at a world where every declared folder is there and nothing else is. */
export function observed(state: DesiredState, over: Partial<Observed> = {}): Observed {
  const shared = state.sharedState;
  const present = (path: string) => [path, read({ type: 'present', real: path } as const)] as const;
  const absent = (path: string) => [path, read({ type: 'absent' } as const)] as const;
  const links = Object.values(state.accounts).flatMap(({ agent, home }) =>
    (shared?.entries[agent] ?? []).map((entry) => `${home}/${entry}`),
  );
  const targets = Object.values(shared?.entries ?? {}).flatMap((entries) =>
    entries.map((entry) => `${shared?.root ?? ''}/${entry}`),
  );
  const active = Object.values(state.activeAccounts).flatMap(({ link }) => (link === null ? [] : [link]));
  return {
    at: NOW,
    tmux: read({ type: 'none' }),
    paths: Object.fromEntries([...links, ...active].map(absent)),
    directories: Object.fromEntries([
      ...targets.map(absent),
      ...Object.values(state.accounts).map(({ home }) => present(home)),
      ...Object.values(state.pools).map(({ cwd }) => present(cwd)),
      ...Object.values(state.dedicated).map(({ cwd }) => present(cwd)),
      ...Object.values(state.inboxes).map(({ cwd }) => present(cwd)),
    ]),
    linkUsers: Object.fromEntries(Object.keys(state.activeAccounts).map((agent) => [agent, read([])])),
    inboxes: Object.fromEntries(Object.keys(state.inboxes).map((name) => [name, read(NO_TASKS)])),
    runs: {},
    operators: {},
    stopped: {},
    nonce: NONCE,
    ...over,
  };
}

export function input(state: DesiredState, look: Observed, over: Partial<PlanInput> = {}): PlanInput {
  return {
    desired: state,
    observed: look,
    memory: { ...NO_MEMORY, accepted: acceptable(state) },
    suspensions: read({}),
    exhaustedUntil: read({}),
    massRemovalConfirmed: false,
    swapTo: null,
    agents: { claude: TRAITS },
    runsDir: RUNS_DIR,
    ...over,
  };
}
