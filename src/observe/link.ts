import { join } from 'node:path';
import type { DesiredState } from '../model/desired.ts';
import type { FileAnswer, FileReader } from '../model/host.ts';
import { matchesGlob } from '../model/glob.ts';
import type { DirectoryState, Observed, PathState } from '../model/observed.ts';
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
export function directoriesOf(
  desired: DesiredState,
  work: Pick<Observed, 'inboxes' | 'runs'>,
): readonly string[] {
  return unique([
    ...taskDirectories(desired, work.inboxes),
    ...Object.values(work.runs).flatMap(({ record }) =>
      record.ok && record.value ? [record.value.cwd] : [],
    ),
    ...Object.values(desired.accounts).map(({ home }) => home),
    ...(desired.sharedState === null ? [] : [desired.sharedState.root]),
    ...targetsOf(desired),
    ...Object.values(desired.pools).map(({ cwd }) => cwd),
    ...Object.values(desired.dedicated).map(({ cwd }) => cwd),
    ...Object.values(desired.inboxes).map(({ cwd }) => cwd),
  ]);
}

/** Folders that waiting tasks ask for and their inboxes allow: nobody's task makes us look elsewhere. */
function taskDirectories(desired: DesiredState, inboxes: Observed['inboxes']): readonly string[] {
  return Object.entries(desired.inboxes).flatMap(([name, { allow }]) => {
    const inbox = inboxes[name];
    const entries = inbox?.ok === true ? Object.values(inbox.value.entries) : [];
    const asked = entries.flatMap((entry) =>
      entry.type === 'task' && entry.task.cwd !== null ? [entry.task.cwd] : [],
    );
    return unique(asked).filter((cwd) => allow.cwd.some((glob) => matchesGlob(glob, cwd)));
  });
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
