import type { DesiredState, InboxSpec } from '../model/desired.ts';
import type { FileEntry, FileReader } from '../model/host.ts';
import { type QueueFolders, claimOf, queueFolders } from '../model/queue.ts';
import { read, type Reading } from '../model/reading.ts';
import type { Claim, ObservedInbox } from '../model/task.ts';
import { type Listed, lookAtEntries } from './inbox-entries.ts';
import type { InboxContext } from './inbox-file.ts';
import { noInbox } from './inbox-problem.ts';
import { lookAtHistory } from './history.ts';
import type { InboxCache, LookCache } from './look-cache.ts';
import { lookAtNeighbours } from './neighbours.ts';

/** What looking at inboxes needs beside the files. */
export interface InboxLook {
  /** What `~` stands for. */
  readonly userHome: string;
  readonly cache: LookCache;
  /** Epoch milliseconds, now. */
  readonly now: () => number;
}

/**
 * Every inbox with what waits in it, what is claimed, and what became of it before. An inbox whose own folder or one
 * beside it cannot be read is unreadable as a whole; a folder beside it that is not there is empty.
 */
export async function lookAtInboxes(
  files: FileReader,
  desired: DesiredState,
  look: InboxLook,
): Promise<Readonly<Record<string, Reading<ObservedInbox>>>> {
  forget(desired, look.cache);
  const found = Object.entries(desired.inboxes).map(
    async ([name, spec]): Promise<[string, Reading<ObservedInbox>]> => [
      name,
      await lookAtInbox(files, name, spec, desired.tasks.maxBytes, look),
    ],
  );
  return Object.fromEntries(await Promise.all(found));
}

async function lookAtInbox(
  files: FileReader,
  name: string,
  { dir, cwd }: InboxSpec,
  maxBytes: number,
  { userHome, cache, now }: InboxLook,
): Promise<Reading<ObservedInbox>> {
  const folders = queueFolders(dir);
  // The inbox before `claimed`: what is claimed meanwhile is seen twice, never not at all.
  const listed = await files.entries(dir);
  if (listed.type === 'error') return noInbox(name, dir, listed);
  const at = now();
  const beside = await lookAtNeighbours(files, folders, cache.listings, at);
  if (!beside.ok) return noInbox(name, beside.folder, beside.error);
  const { claims, strays } = claimsIn(name, beside.names.claimed);
  const context: InboxContext = { dir, cwd, home: userHome, maxBytes };
  const before = cacheOf(cache, context);
  const { tasks, others } = sorted(listed.value);
  const known = await lookAtEntries(files, context, tasks, before.known, at);
  const ids = new Set([...known.ids, ...Object.values(claims).map(({ id }) => id)]);
  const { history, past } = await lookAtHistory(
    files,
    folders.attempts,
    beside.names.attempts,
    ids,
    before.past,
  );
  cache.inboxes.set(dir, { context: before.context, known, past });
  const { done, failed, rejected } = beside.names;
  return read({
    entries: known.entries,
    claims,
    history,
    counts: { done: tasksIn(done), failed: tasksIn(failed), rejected: tasksIn(rejected) },
    strays: [...straysIn(others, at), ...strays].slice(0, MOST_STRAYS),
  });
}

/** So many are told of; there may be more. */
const MOST_STRAYS = 100;

/** A file that is no task yet may become one: editors and copying programs write under another name first. */
const STRAY_AFTER_MS = 60_000;

function isTaskName(file: string): boolean {
  return file.endsWith('.md') && !file.startsWith('.');
}

function tasksIn(names: readonly string[]): number {
  return names.filter((name) => isTaskName(name)).length;
}

function sorted(listed: Readonly<Record<string, FileEntry>>): {
  readonly tasks: readonly Listed[];
  readonly others: readonly Listed[];
} {
  const tasks: Listed[] = [];
  const others: Listed[] = [];
  for (const [name, entry] of Object.entries(listed))
    (isTaskName(name) ? tasks : others).push({ name, entry });
  return { tasks, others };
}

function straysIn(others: readonly Listed[], now: number): readonly string[] {
  return others
    .filter(({ name, entry }) => entry.type !== 'directory' && !name.startsWith('.') && isOld(entry, now))
    .map(({ name }) => name);
}

function isOld({ changedAt }: FileEntry, now: number): boolean {
  return now - changedAt >= STRAY_AFTER_MS;
}

function claimsIn(
  inbox: string,
  names: readonly string[],
): { readonly claims: Readonly<Record<string, Claim>>; readonly strays: readonly string[] } {
  const claims: Record<string, Claim> = {};
  const strays: string[] = [];
  for (const name of names) {
    const claim = claimOf(inbox, name);
    if (claim !== null && !Object.hasOwn(claims, claim.attempt)) claims[claim.attempt] = claim;
    else if (!name.startsWith('.')) strays.push(`claimed/${name}`);
  }
  return { claims, strays };
}

function cacheOf({ inboxes }: LookCache, { dir, cwd, home, maxBytes }: InboxContext): InboxCache {
  const context = JSON.stringify([cwd, home, maxBytes]);
  const found = inboxes.get(dir);
  return found?.context === context
    ? found
    : { context, known: { entries: {}, ids: new Set(), files: new Map() }, past: new Map() };
}

/** What is no longer declared is no longer remembered. */
function forget(desired: DesiredState, { inboxes, listings }: LookCache): void {
  const folders = Object.values(desired.inboxes).map(({ dir }) => queueFolders(dir));
  const wanted = new Set(
    folders.flatMap((each) => Object.values<QueueFolders[keyof QueueFolders]>({ ...each })),
  );
  for (const map of [inboxes, listings]) {
    for (const folder of map.keys()) if (!wanted.has(folder)) map.delete(folder);
  }
}
