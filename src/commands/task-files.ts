import type { InboxSpec } from '../model/desired.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { FileEntry } from '../model/host.ts';
import { queueFolders } from '../model/queue.ts';
import type { TaskState } from '../model/task-view.ts';
import { type Folder, foundIn, type FoundTask, type NamedEntry, type TaskPlace } from './task-found.ts';
import { recordsOf } from './task-records.ts';

export interface FoundTasks {
  readonly tasks: readonly FoundTask[];
  /** Folders that could not be read. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The tasks of these inboxes that are in one of these states; within a state the longest there first. */
export async function findTasks(
  place: TaskPlace,
  inboxes: readonly string[],
  states: readonly TaskState[],
): Promise<FoundTasks> {
  const found = await Promise.all(
    inboxes.flatMap((inbox) => {
      const spec = place.desired.inboxes[inbox];
      return spec === undefined ? [] : [tasksOf(place, inbox, spec, states)];
    }),
  );
  return {
    tasks: found.flatMap(({ tasks }) => tasks).toSorted((a, b) => rank(a, b, states)),
    diagnostics: found.flatMap(({ diagnostics }) => diagnostics),
  };
}

const HOLDS: Readonly<Record<Folder, readonly TaskState[]>> = {
  claimed: ['running', 'parked'],
  inbox: ['waiting'],
  failed: ['failed'],
  rejected: ['rejected'],
  done: ['done'],
};

async function tasksOf(
  place: TaskPlace,
  inbox: string,
  spec: InboxSpec,
  states: readonly TaskState[],
): Promise<FoundTasks> {
  const folders = queueFolders(spec.dir);
  const records = await recordsOf(place.files, folders.attempts);
  const tasks: FoundTask[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const folder of FOLDERS.filter((each) => HOLDS[each].some((state) => states.includes(state)))) {
    const listing = await place.files.entries(folders[folder]);
    if (listing.type === 'error') {
      // The neighbours are made when they are needed first.
      if (listing.code !== 'ENOENT' || folder === 'inbox')
        diagnostics.push(unreadFolder(inbox, folders[folder], listing.code, listing.text));
      continue;
    }
    const read = await inBatches(taskEntries(listing.value), (entry) =>
      foundIn({ ...place, inbox, spec, records, folder, path: folders[folder] }, entry),
    );
    tasks.push(...read.flat().filter(({ view }) => states.includes(view.state)));
  }
  return { tasks, diagnostics };
}

const FOLDERS: readonly Folder[] = ['claimed', 'inbox', 'failed', 'rejected', 'done'];

function taskEntries(entries: Readonly<Record<string, FileEntry>>): readonly NamedEntry[] {
  return Object.entries(entries).filter(([file]) => file.endsWith('.md') && !file.startsWith('.'));
}

/** So many files are open at once. */
const BATCH = 32;

async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const done: R[] = [];
  for (let at = 0; at < items.length; at += BATCH)
    done.push(...(await Promise.all(items.slice(at, at + BATCH).map(work))));
  return done;
}

function rank(a: FoundTask, b: FoundTask, states: readonly TaskState[]): number {
  const byState = states.indexOf(a.view.state) - states.indexOf(b.view.state);
  return byState !== 0 ? byState : (a.view.since ?? 0) - (b.view.since ?? 0);
}

function unreadFolder(inbox: string, path: string, code: string, text: string): Diagnostic {
  const missing = code === 'ENOENT';
  return {
    severity: missing ? 'warning' : 'error',
    code: missing ? 'inbox-missing' : 'inbox-unreadable',
    target: `inbox/${inbox}`,
    summary: missing ? 'The folder of an inbox is not there' : 'The folder of an inbox could not be read',
    detail: missing ? `${path} does not exist.` : `${path}: ${text}`,
    help: missing ? `mkdir -p '${path.replaceAll("'", `'\\''`)}'` : null,
  };
}
