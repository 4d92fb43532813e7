import { join } from 'node:path';
import type { DesiredState } from '../model/desired.ts';
import type { FileAnswer, FileReader } from '../model/host.ts';
import type { DirectoryState, PathState } from '../model/observed.ts';
import { read, type Reading, unreadable } from '../model/reading.ts';
import { boundedly } from './boundedly.ts';

/** Every path where a link of the fleet, or what is behind one, may stand. */
export function pathsOf(desired: DesiredState): readonly string[] {
  const links = Object.values(desired.activeAccounts).flatMap(({ link }) => (link === null ? [] : [link]));
  const homes = Object.values(desired.accounts).flatMap(({ home, agent }) =>
    entriesOf(desired, agent).map((entry) => join(home, entry)),
  );
  return unique([...links, ...homes, ...targetsOf(desired)]);
}

/** Every folder the fleet starts something in or leads something to. */
export function directoriesOf(desired: DesiredState): readonly string[] {
  return unique([
    ...Object.values(desired.accounts).map(({ home }) => home),
    ...(desired.sharedState === null ? [] : [desired.sharedState.root]),
    ...targetsOf(desired),
    ...Object.values(desired.pools).map(({ cwd }) => cwd),
    ...Object.values(desired.dedicated).map(({ cwd }) => cwd),
  ]);
}

/** What stands at each path itself. */
export function lookAtPaths(
  files: FileReader,
  paths: readonly string[],
): Promise<Readonly<Record<string, Reading<PathState>>>> {
  return keyed(paths, (path) => files.path(path));
}

/** What each path leads to. */
export function lookAtDirectories(
  files: FileReader,
  paths: readonly string[],
): Promise<Readonly<Record<string, Reading<DirectoryState>>>> {
  return keyed(paths, (path) => files.directory(path));
}

function targetsOf(desired: DesiredState): readonly string[] {
  const { sharedState } = desired;
  if (sharedState === null) return [];
  return Object.values(sharedState.entries).flatMap((entries) =>
    entries.map((entry) => join(sharedState.root, entry)),
  );
}

function entriesOf(desired: DesiredState, agent: string): readonly string[] {
  const entries = desired.sharedState?.entries ?? {};
  return Object.hasOwn(entries, agent) ? (entries[agent] ?? []) : [];
}

async function keyed<T>(
  paths: readonly string[],
  look: (path: string) => Promise<FileAnswer<T>>,
): Promise<Readonly<Record<string, Reading<T>>>> {
  const found = await boundedly(
    paths,
    async (path): Promise<[string, Reading<T>]> => [path, reading(path, await look(path))],
  );
  return Object.fromEntries(found);
}

function reading<T>(path: string, answer: FileAnswer<T>): Reading<T> {
  if (answer.type === 'ok') return read(answer.value);
  return unreadable({
    severity: 'error',
    code: 'path-unreadable',
    target: `path${path}`,
    summary: 'A path could not be read',
    detail: `${path}: ${answer.text}`,
    help: null,
  });
}

function unique(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)].toSorted();
}
