import type { FileEntry } from '../model/host.ts';
import type { InboxEntry, PastAttempt } from '../model/task.ts';

/**
 * What was read in earlier looks and cannot have changed since, kept by the caller from look to look. Nothing is
 * decided by it: without it a look finds the same and takes longer. It holds what the last look found and no more.
 */
export interface LookCache {
  /** Keyed by the inbox's folder. */
  readonly inboxes: Map<string, InboxCache>;
  /** Keyed by folder. */
  readonly listings: Map<string, CachedListing>;
  /** Keyed by attempt. */
  readonly runs: Map<string, RunCache>;
}

export interface InboxCache {
  /** What the files were read under: another folder or limit makes other tasks of them. */
  readonly context: string;
  /** What has been read, keyed by file name. */
  readonly files: ReadonlyMap<string, CachedFile>;
  /** Names of those that were found to be whole. */
  readonly settled: ReadonlySet<string>;
  /** Attempts that are over, keyed by the name of their record. */
  readonly past: ReadonlyMap<string, PastAttempt>;
}

/** What a file is as long as nothing about it changes. */
export interface CachedFile {
  readonly version: string;
  /** How long it must have been quiet to count, milliseconds. */
  readonly quietMs: number;
  readonly entry: Extract<InboxEntry, { type: 'task' | 'bad' }>;
}

export interface CachedListing {
  readonly version: string;
  readonly names: readonly string[];
}

/** What a conversation's own records showed once, and may have moved out of what is read of them. */
export interface RunCache {
  readonly prompted: boolean;
  /** Where its transcript was found. */
  readonly transcript: string | null;
}

/** An empty one. */
export function lookCache(): LookCache {
  return { inboxes: new Map(), listings: new Map(), runs: new Map() };
}

/** Equal for equal bytes, names and rights: the time of the last change of anything about a file cannot be set. */
export function versionOf({ identity, changedAt }: FileEntry): string {
  return `${identity} ${String(changedAt)}`;
}
