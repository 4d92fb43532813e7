import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DesiredState, InboxSpec } from '../../src/model/desired.ts';
import type { FileReader } from '../../src/model/host.ts';
import { type QueueFolders, queueFolders, recordFile } from '../../src/model/queue.ts';
import type { AttemptEnd, AttemptRecord, InboxEntry, ObservedInbox } from '../../src/model/task.ts';
import { lookAtInboxes } from '../../src/observe/inbox.ts';
import { lookCache } from '../../src/observe/look-cache.ts';
import { recordText } from '../../src/queue/record.ts';
import { desired as fleet, pool } from '../support/fleet.ts';
import type { PrivateMachine } from '../support/tmux.ts';

export type Files = PrivateMachine['host']['files'];

/** One inbox of a test's own on real files, and looks at it. */
export interface InboxRig {
  readonly folders: QueueFolders;
  readonly cache: ReturnType<typeof lookCache>;
  desired(over?: Partial<DesiredState>): DesiredState;
  /** Writes a file into one of its folders and gives its path; the folder is made. */
  write(folder: keyof QueueFolders, name: string, text?: string | Uint8Array): string;
  /** Writes an attempt's record where it belongs. */
  record(over: Partial<AttemptRecord>): AttemptRecord;
  /** The inbox as a look a minute from now finds it; throws where it is unreadable. */
  look(options?: LookOptions): Promise<ObservedInbox>;
  reading(options?: LookOptions): ReturnType<typeof lookAtInboxes>;
  /** What stands under one name. */
  entry(name: string, options?: LookOptions): Promise<InboxEntry | undefined>;
}

export interface LookOptions {
  readonly now?: number;
  readonly files?: FileReader;
  readonly desired?: DesiredState;
}

const MINUTE = 61_000;

export function inboxRig(machine: PrivateMachine): InboxRig {
  const spec: InboxSpec = {
    dir: join(machine.home, 'project/.agent-queue/inbox'),
    pool: 'auto',
    cwd: join(machine.home, 'project'),
    allow: { cwd: [], models: [], agents: [] },
  };
  const folders = queueFolders(spec.dir);
  mkdirSync(spec.dir, { recursive: true });
  const cache = lookCache();
  const desired: InboxRig['desired'] = (over) =>
    fleet({ pools: { auto: pool({ prefix: 'auto-' }) }, inboxes: { work: spec }, ...over });
  const reading: InboxRig['reading'] = (options = {}) =>
    lookAtInboxes(options.files ?? machine.host.files, options.desired ?? desired(), {
      userHome: machine.home,
      cache,
      now: () => options.now ?? Date.now() + MINUTE,
    });
  const look: InboxRig['look'] = async (options) => {
    const found = (await reading(options))['work'];
    if (found?.ok !== true) throw new Error(`unreadable: ${JSON.stringify(found)}`);
    return found.value;
  };
  const write: InboxRig['write'] = (folder, name, text = 'Do it.\n') => {
    const path = join(folders[folder], name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  return {
    folders,
    cache,
    desired,
    write,
    reading,
    look,
    entry: async (name, options) => (await look(options)).entries[name],
    record: (over) => {
      const record = { ...RECORD, ...over };
      write('attempts', recordFile(record.id, record.attempt), recordText(record));
      return record;
    },
  };
}

/** When anything about a file last changed, epoch milliseconds. */
export function changedAt(path: string): number {
  return statSync(path).ctimeMs;
}

export const END: AttemptEnd = {
  result: 'returned',
  reason: 'interrupted',
  detail: '',
  at: 5,
  lastLines: [],
};

export const RECORD: AttemptRecord = {
  version: 1,
  attempt: 'aaaa1111',
  inbox: 'work',
  id: 'fix',
  title: null,
  file: 'fix.md',
  sha256: '0'.repeat(64),
  bytes: 7,
  number: 1,
  session: 'auto-0',
  pool: 'auto',
  agent: 'claude',
  model: null,
  account: null,
  cwd: '/x/project',
  conversation: '01234567-89ab-4cde-8f01-23456789abcd',
  priority: 'normal',
  delivery: 'argv',
  timeoutMs: null,
  retries: null,
  startedAt: 1,
  launches: 1,
  launchedAt: 1,
  fleet: 'home',
  errors: 0,
  parkedUntil: null,
  end: null,
};
