import { join } from 'node:path';
import type { DesiredState } from '../model/desired.ts';
import type { FileReader } from '../model/host.ts';
import type { Observed } from '../model/observed.ts';
import { claimOf, queueFolders, recordFile, recordOf } from '../model/queue.ts';
import { read, type Reading, unreadable } from '../model/reading.ts';
import type { AttemptRecord, Claim } from '../model/task.ts';
import { parseRecord } from '../queue/record.ts';
import { MOST_RECORD_BYTES } from './history.ts';

/** An attempt with its claim (null: none) and what its record says (null: there is none). */
export interface FoundAttempt {
  readonly attempt: string;
  readonly claim: Claim | null;
  readonly record: Reading<AttemptRecord | null>;
}

/** Finds what belongs to attempts: those that are claimed, and those that `carried` names besides. */
export async function findAttempts(
  files: FileReader,
  desired: DesiredState,
  inboxes: Observed['inboxes'],
  carried: readonly string[],
): Promise<readonly FoundAttempt[]> {
  const claims = new Map<string, Claim>();
  for (const inbox of Object.values(inboxes)) {
    for (const claim of Object.values(inbox.ok ? inbox.value.claims : {})) claims.set(claim.attempt, claim);
  }
  const unclaimed = carried.filter((attempt) => !claims.has(attempt));
  const late = unclaimed.length === 0 ? NOTHING : await lookAgain(files, desired, inboxes);
  const attempts = [...new Set([...claims.keys(), ...carried])].toSorted();
  return await Promise.all(
    attempts.map(async (attempt): Promise<FoundAttempt> => {
      const claim = claims.get(attempt) ?? late.claims.get(attempt) ?? null;
      const file = claim ?? late.records.get(attempt) ?? null;
      const record = file === null ? noRecord(inboxes) : await recordAt(files, desired, file);
      return { attempt, claim, record };
    }),
  );
}

type RecordName = Pick<Claim, 'inbox' | 'id' | 'attempt'>;

interface Late {
  readonly claims: ReadonlyMap<string, Claim>;
  readonly records: ReadonlyMap<string, RecordName>;
}

const NOTHING: Late = { claims: new Map(), records: new Map() };

/**
 * A session carries a task that nobody had claimed when we looked: it is over, or was claimed since. Sessions were
 * looked at in between, so what is not claimed now is over.
 */
async function lookAgain(
  files: FileReader,
  desired: DesiredState,
  inboxes: Observed['inboxes'],
): Promise<Late> {
  const claims = new Map<string, Claim>();
  const records = new Map<string, RecordName>();
  for (const [inbox, { dir }] of Object.entries(desired.inboxes)) {
    if (inboxes[inbox]?.ok !== true) continue;
    const folders = queueFolders(dir);
    const claimed = await files.names(folders.claimed);
    for (const name of claimed.type === 'ok' ? claimed.value : []) {
      const claim = claimOf(inbox, name);
      if (claim !== null) claims.set(claim.attempt, claim);
    }
    const written = await files.names(folders.attempts);
    for (const name of written.type === 'ok' ? written.value : []) {
      const record = recordOf(name);
      if (record !== null) records.set(record.attempt, { inbox, ...record });
    }
  }
  return { claims, records };
}

/** Whether it has one can be told only where every inbox could be read. */
function noRecord(inboxes: Observed['inboxes']): Reading<null> {
  const unknown = Object.values(inboxes).find((inbox) => !inbox.ok);
  return unknown === undefined || unknown.ok ? read(null) : unknown;
}

async function recordAt(
  files: FileReader,
  desired: DesiredState,
  { inbox, id, attempt }: RecordName,
): Promise<Reading<AttemptRecord | null>> {
  const folder = queueFolders(desired.inboxes[inbox]?.dir ?? '').attempts;
  const path = join(folder, recordFile(id, attempt));
  const answer = await files.text(path, MOST_RECORD_BYTES);
  if (answer.type === 'error' && answer.code === 'ENOENT') return read(null);
  const record = answer.type === 'ok' ? parseRecord(answer.value) : null;
  if (record?.attempt === attempt && record.id === id && record.inbox === inbox) return read(record);
  return unreadable({
    severity: 'error',
    code: 'path-unreadable',
    target: `task/${inbox}/${id}`,
    summary: 'The record of an attempt could not be read',
    detail: `${path}: ${answer.type === 'error' ? answer.text : 'it is not one that Rollcall writes'}`,
    help: null,
  });
}
