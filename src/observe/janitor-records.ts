import { join } from 'node:path';
import { recordOf } from '../model/queue.ts';
import { parseRecord } from '../queue/record.ts';
import { boundedly } from './boundedly.ts';
import { MOST_RECORD_BYTES } from './history.ts';
import type { Collecting } from './janitor.ts';
import { earliest, listed, partOf } from './janitor-parts.ts';
import type { LeftoverPart } from '../model/leftovers.ts';
import type { PastRecord } from './look-cache.ts';

/** A record that may be past its age, of this fleet and over. */
export interface OldRecord {
  readonly part: LeftoverPart;
  readonly record: PastRecord;
}

export type OldRecords =
  | {
      readonly type: 'ok';
      /** Oldest first. */
      readonly records: readonly OldRecord[];
      readonly more: boolean;
      /** When another one may be past its age, epoch milliseconds. */
      readonly nextAt: number | null;
    }
  | { readonly type: 'error'; readonly text: string };

/** At most so many records are read in one look; the oldest first. */
const MOST_READ = 500;

/**
 * The records in `attempts/` that may be past their age. A name tells when its attempt began: what began lately is not
 * even asked for, so thousands of them cost no more than their names.
 */
export async function oldRecords(about: Collecting, folder: string): Promise<OldRecords> {
  const { leftovers, desired, at, cache } = about;
  const least = Math.min(desired.janitor.keepDoneMs, desired.janitor.keepFailedMs);
  let young: number | null = null;
  const answer = await listed(leftovers, folder, (name) => {
    const named = recordOf(name);
    const begun = named === null ? null : begunAt(named.attempt);
    if (named === null || begun === null || begun + least <= at) return named !== null;
    young = earliest(young, begun + least);
    return false;
  });
  if (answer.type === 'error') return answer;
  const files = Object.entries(answer.value)
    .filter(([, { type }]) => type === 'file')
    .toSorted(([, a], [, b]) => a.changedAt - b.changedAt);
  const past = files.filter(([, { changedAt }]) => changedAt + least <= at);
  const next = files[past.length]?.[1].changedAt;
  const read = await boundedly(past.slice(0, MOST_READ), async ([name, entry]) => {
    const key = `${name} ${entry.identity}`;
    const known = cache.read.get(key);
    const record = known === undefined ? await pastRecord(about, folder, name) : known;
    return { key, part: partOf(folder, name, entry), record };
  });
  cache.read = new Map(read.map(({ key, record }) => [key, record]));
  return {
    type: 'ok',
    records: read.flatMap(({ part, record }) => (record === null ? [] : [{ part, record }])),
    more: past.length > MOST_READ && read.some(({ record }) => record !== null),
    nextAt: earliest(young, next === undefined ? null : next + least),
  };
}

/** When an attempt of that id began: its first digits are the time in base 36, eight of them until 2059; null: not so. */
function begunAt(attempt: string): number | null {
  const time = /^[0-9a-z]{8}[0-9a-f]{5}[0-9a-z]+$/.test(attempt)
    ? Number.parseInt(attempt.slice(0, 8), 36)
    : 0;
  return time >= Date.UTC(2025) ? time : null;
}

async function pastRecord(
  { host, desired }: Collecting,
  folder: string,
  name: string,
): Promise<PastRecord | null> {
  const text = await host.files.text(join(folder, name), MOST_RECORD_BYTES);
  const record = text.type === 'ok' ? parseRecord(text.value) : null;
  const named = recordOf(name);
  if (record === null || named === null || record.end === null || record.fleet !== desired.name) return null;
  if (record.attempt !== named.attempt || record.id !== named.id) return null;
  const { id, attempt, file, launches, end } = record;
  return { id, attempt, file, launches, result: end.result, endedAt: end.at };
}
