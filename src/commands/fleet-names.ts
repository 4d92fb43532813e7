import { BUILTIN_AGENTS } from '../model/agents.ts';
import { type DesiredState, poolIndex, poolSessionName } from '../model/desired.ts';
import type { Suspensions } from '../model/memory.ts';
import type { ObservedSession } from '../model/observed.ts';
import type { NameKind } from '../report/completion/command-line.ts';

/** What names are made of: the file, what lives on its tmux server, and what is suspended. */
export interface NameSources {
  readonly desired: DesiredState;
  /** Empty also where the server could not be read: then only what is declared has a name. */
  readonly sessions: readonly ObservedSession[];
  readonly suspensions: Suspensions;
  /** Keyed by inbox; empty where its folders could not be read. */
  readonly tasks: Readonly<Record<string, TaskNames>>;
}

/** Ids of tasks, by where they are. */
export interface TaskNames {
  readonly waiting: readonly string[];
  readonly running: readonly string[];
  readonly failed: readonly string[];
  readonly rejected: readonly string[];
  readonly done: readonly string[];
}

/** The names of one kind, as they may be typed; unsorted, and foreign text among them. */
export function fleetNames(kind: NameKind, sources: NameSources): readonly string[] {
  return NAMES[kind](sources);
}

const NAMES: Readonly<Record<NameKind, (sources: NameSources) => readonly string[]>> = {
  sessions: ({ sessions }) => sessions.map(({ name }) => name),
  adoptable: ({ desired, sessions }) =>
    sessions
      .filter((each) => isDeclared(desired, each.name) && !isOurs(desired, each))
      .map(({ name }) => name),
  owned: ({ desired, sessions }) => sessions.filter((each) => isOurs(desired, each)).map(({ name }) => name),
  accounts: ({ desired }) => Object.keys(desired.accounts),
  agents: ({ desired }) => [...new Set([...BUILTIN_AGENTS, ...Object.keys(desired.agents)])],
  targets: (sources) => targets(sources),
  suspended: ({ suspensions }) => Object.keys(suspensions).filter((target) => target !== '*'),
  subjects: (sources) => [
    ...targets(sources),
    ...activeLinks(sources.desired),
    ...sessionNames(sources),
    ...taskIds(sources, ['waiting', 'running', 'failed', 'rejected']).map((id) => `task/${id}`),
    'fleet',
    'not',
  ],
  inboxes: ({ desired }) => Object.keys(desired.inboxes),
  tasks: (sources) => taskIds(sources, ['waiting', 'running', 'failed', 'rejected', 'done']),
  'tasks-running': (sources) => taskIds(sources, ['running']),
  'tasks-open': (sources) => taskIds(sources, ['waiting', 'running']),
  'tasks-ended': (sources) => taskIds(sources, ['failed', 'rejected']),
};

/** `INBOX/ID`, which is never ambiguous between inboxes. */
function taskIds({ tasks }: NameSources, where: readonly (keyof TaskNames)[]): readonly string[] {
  const all = Object.entries(tasks).flatMap(([inbox, names]) =>
    where.flatMap((each) => names[each].map((id) => `${inbox}/${id}`)),
  );
  return [...new Set(all)];
}

function targets(sources: NameSources): readonly string[] {
  const { desired } = sources;
  return [
    ...sessionNames(sources).map((name) => `session/${name}`),
    ...Object.keys(desired.pools).map((name) => `pool/${name}`),
    ...Object.keys(desired.inboxes).map((name) => `inbox/${name}`),
    ...Object.entries(desired.accounts).flatMap(([name, { agent }]) => [
      `account/${name}`,
      ...(desired.sharedState?.entries[agent] ?? []).map((entry) => `link/${name}/${entry}`),
    ]),
  ];
}

/** Those declared, there or not, and those of ours that no longer are. */
function sessionNames({ desired, sessions }: NameSources): readonly string[] {
  const pooled = Object.values(desired.pools).flatMap((pool) =>
    Array.from({ length: pool.max }, (_, i) => poolSessionName(pool, pool.startIndex + i)),
  );
  const ours = sessions.filter((each) => isOurs(desired, each)).map(({ name }) => name);
  return [...new Set([...Object.keys(desired.dedicated), ...pooled, ...ours])];
}

function activeLinks(desired: DesiredState): readonly string[] {
  return Object.entries(desired.activeAccounts).flatMap(([agent, { link }]) =>
    link === null ? [] : [`link/${agent}`],
  );
}

function isDeclared(desired: DesiredState, name: string): boolean {
  return (
    Object.hasOwn(desired.dedicated, name) ||
    Object.values(desired.pools).some((pool) => poolIndex(pool, name) !== null)
  );
}

function isOurs(desired: DesiredState, { stamp }: ObservedSession): boolean {
  return stamp?.owner === desired.name;
}
