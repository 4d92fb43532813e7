import { dirname } from 'node:path';
import type { DesiredState } from '../model/desired.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { HostReader, LeftoverReader } from '../model/host.ts';
import type { LeftoverPlace, Leftovers } from '../model/leftovers.ts';
import type { Observed } from '../model/observed.ts';
import { queueFolders } from '../model/queue.ts';
import { ageOf } from '../model/leftover-age.ts';
import { collectBuffers } from './janitor-buffers.ts';
import { collectJournal } from './janitor-journal.ts';
import { collectRejected } from './janitor-rejected.ts';
import { collectRuns } from './janitor-runs.ts';
import { collectTasks } from './janitor-tasks.ts';
import { collectMemory, collectTemporary } from './janitor-temporary.ts';
import type { LeftoverCache, LookCache } from './look-cache.ts';

/** What looking for old things needs beside the machine. */
export interface LeftoverLook {
  /** Absolute. */
  readonly stateDir: string;
  readonly runsDir: string;
  readonly cache: LookCache;
}

/** What one collector is given. */
export interface Collecting {
  readonly host: HostReader;
  readonly leftovers: LeftoverReader;
  readonly desired: DesiredState;
  readonly look: LeftoverLook;
  /** Epoch milliseconds, now. */
  readonly at: number;
  /** Attempts that are claimed, or that a session of ours carries. */
  readonly inUse: ReadonlySet<string>;
  /** What the collector has read and need not read again. */
  readonly cache: LeftoverCache;
}

/** What is found at once: places with one set of folders, and how those stood. */
export interface Collected {
  readonly places: Readonly<Record<string, LeftoverPlace>>;
  /** A folder that could not be looked into, and why. */
  readonly problem: { readonly folder: string; readonly text: string } | null;
}

/**
 * What of ours has been lying about, and since when. A place is looked at again when its folders have changed, at most
 * every two minutes, and whenever something in it is past its age: what is removed was looked at a moment ago.
 * Undefined: this host keeps nothing for long.
 */
export async function lookAtLeftovers(
  host: HostReader,
  desired: DesiredState,
  seen: Pick<Observed, 'runs'>,
  look: LeftoverLook,
): Promise<Leftovers | undefined> {
  const { leftovers } = host;
  if (leftovers === undefined) return undefined;
  const sources = sourcesOf(desired, look);
  forget(look.cache, sources);
  const places: Record<string, LeftoverPlace> = {};
  const problems: Diagnostic[] = [];
  for (const source of sources) {
    const cache = cacheFor(look.cache, source.name);
    const at = host.now();
    const state = await statesOf(leftovers, source.folders);
    if (isDue(desired, cache, state, at)) {
      const inUse = new Set(Object.keys(seen.runs));
      const found = await source.collect({ host, leftovers, desired, look, at, inUse, cache });
      cache.found = { ...found, state, at };
    }
    Object.assign(places, cache.found?.places);
    const problem = cache.found?.problem ?? null;
    if (problem !== null) problems.push(leftAlone(source.name, problem));
  }
  return { stateDir: look.stateDir, places, problems };
}

/** Between two looks at folders that change all the time. */
const REST_MS = 120_000;

function isDue(desired: DesiredState, { found }: LeftoverCache, state: string, at: number): boolean {
  if (found === null || at < found.at) return true;
  if (Object.values(found.places).some((place) => hasPast(desired, place, at))) return true;
  return found.state !== state && at - found.at >= REST_MS;
}

function hasPast(desired: DesiredState, place: LeftoverPlace, at: number): boolean {
  const keep = ageOf(desired.janitor, place.kind);
  const oldest = place.entries[0];
  return (
    place.more ||
    (oldest !== undefined && oldest.since + keep <= at) ||
    (place.nextAt !== null && place.nextAt <= at) ||
    (place.rotates !== null && place.rotates.at <= at)
  );
}

interface LeftoverSource {
  readonly name: string;
  /** When none of them has changed, nothing has come or gone. */
  readonly folders: readonly string[];
  readonly collect: (about: Collecting) => Promise<Collected>;
}

function sourcesOf(desired: DesiredState, { stateDir, runsDir }: LeftoverLook): readonly LeftoverSource[] {
  const inboxes = Object.entries(desired.inboxes).flatMap(([inbox, { dir }]): LeftoverSource[] => {
    const { attempts, done, failed, rejected } = queueFolders(dir);
    return [
      {
        name: `inbox/${inbox}`,
        folders: [attempts, done, failed],
        collect: (about) => collectTasks(about, inbox),
      },
      {
        name: `inbox/${inbox}/rejected`,
        folders: [rejected],
        collect: (about) => collectRejected(about, inbox),
      },
    ];
  });
  const temporary = temporaryFolders(desired, stateDir, runsDir);
  return [
    ...inboxes,
    { name: 'fleet/runs', folders: [runsDir], collect: collectRuns },
    { name: 'fleet/buffers', folders: [], collect: collectBuffers },
    { name: 'fleet/events', folders: [stateDir], collect: (about) => collectJournal(about, 'events') },
    { name: 'fleet/evidence', folders: [stateDir], collect: (about) => collectJournal(about, 'evidence') },
    { name: 'fleet/memory', folders: [stateDir], collect: collectMemory },
    {
      name: 'fleet/temporary',
      folders: temporary,
      collect: (about) => collectTemporary(about, temporary),
    },
  ];
}

/** Every folder in which we write files by way of a temporary name. */
function temporaryFolders(desired: DesiredState, stateDir: string, runsDir: string): readonly string[] {
  const inboxes = Object.values(desired.inboxes).flatMap(({ dir }) =>
    Object.values({ ...queueFolders(dir) }),
  );
  const links = Object.values(desired.activeAccounts).flatMap(({ link }) =>
    link === null ? [] : [dirname(link)],
  );
  const homes = Object.values(desired.accounts).map(({ home }) => home);
  return [...new Set([stateDir, runsDir, ...inboxes, ...links, ...homes])].toSorted();
}

async function statesOf(leftovers: LeftoverReader, folders: readonly string[]): Promise<string> {
  const states: string[] = [];
  for (const folder of folders) {
    const answer = await leftovers.stateOf(folder);
    states.push(answer.type === 'ok' ? answer.value : answer.code);
  }
  return states.join(' ');
}

function cacheFor({ leftovers }: LookCache, name: string): LeftoverCache {
  const known = leftovers.get(name);
  if (known !== undefined) return known;
  const fresh: LeftoverCache = { found: null, read: new Map() };
  leftovers.set(name, fresh);
  return fresh;
}

/** What is no longer declared is no longer remembered. */
function forget({ leftovers }: LookCache, sources: readonly LeftoverSource[]): void {
  const names = new Set(sources.map(({ name }) => name));
  for (const name of leftovers.keys()) if (!names.has(name)) leftovers.delete(name);
}

function leftAlone(name: string, { folder, text }: { folder: string; text: string }): Diagnostic {
  return {
    severity: 'info',
    code: 'janitor-left',
    target: name,
    summary: 'The janitor leaves a folder as it is',
    detail: `${folder}: ${text}. Nothing in it is removed, however old.`,
    help: null,
  };
}
