import type { AttemptEnd, InboxEntry, ObservedInbox, PastAttempt } from '../model/task.ts';
import type { Collected } from './janitor.ts';

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
  /** Keyed by what was collected together: `inbox/secumon`, `fleet/runs`. */
  readonly leftovers: Map<string, LeftoverCache>;
}

/** What is known of old things from the look before. */
export interface LeftoverCache {
  found: (Collected & { readonly state: string; readonly at: number }) | null;
  /** What was read of a record, keyed by its name and identity; null: it is none of ours, or goes on. */
  read: ReadonlyMap<string, PastRecord | null>;
}

/** What a record of an attempt that is over says. */
export interface PastRecord {
  readonly id: string;
  readonly attempt: string;
  readonly result: AttemptEnd['result'];
  /** Epoch milliseconds at which it ended. */
  readonly endedAt: number;
  /** The task's name in the inbox. */
  readonly file: string;
  readonly launches: number;
}

export interface InboxCache {
  /** What the files were read under: another folder or limit makes other tasks of them. */
  readonly context: string;
  readonly known: KnownEntries;
  /** Attempts that are over, keyed by the name of their record. */
  readonly past: ReadonlyMap<string, PastAttempt>;
}

/** The files of an inbox, as a look found them. */
export interface KnownEntries {
  readonly entries: ObservedInbox['entries'];
  /** Ids of those that are tasks. */
  readonly ids: ReadonlySet<string>;
  /** What has been read, keyed by file name. */
  readonly files: ReadonlyMap<string, KnownFile>;
}

export interface KnownFile {
  readonly file: ReadFile;
  /** It was found to be whole; as long as nothing about it changes it stays so. */
  readonly settled: boolean;
}

/** What a file is as long as nothing about it changes. */
export interface ReadFile {
  /** Epoch milliseconds; nobody can set it back. */
  readonly changedAt: number;
  /** How long it must have been quiet to count, milliseconds. */
  readonly quietMs: number;
  readonly entry: Extract<InboxEntry, { type: 'task' | 'bad' }>;
}

export interface CachedListing {
  /** Of the folder. */
  readonly identity: string;
  readonly changedAt: number;
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
  return { inboxes: new Map(), listings: new Map(), runs: new Map(), leftovers: new Map() };
}
