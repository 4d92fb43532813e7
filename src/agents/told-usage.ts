import type { Usage } from '../model/quota.ts';
import { kindHit, recordOf, timeAt } from './record.ts';
import type { TranscriptProfile } from './record-schema.ts';
import { usageIn } from './usage.ts';

/**
 * How much of each window of the account is used, by the youngest of these rows of a transcript that tells it. Empty
 * where none does that was written down at `since` (epoch milliseconds) or later: before, it may have been told of
 * another account. Pure and total.
 */
export function toldUsage(
  { usage, at }: Pick<TranscriptProfile, 'usage' | 'at'>,
  rows: readonly string[],
  since: number,
): Readonly<Record<string, Usage>> {
  if (usage === undefined || at === undefined) return {};
  for (const row of rows.toReversed()) {
    const record = row.includes(lastKey(usage.windows)) ? recordOf(row) : null;
    if (record === null || kindHit({ when: usage.when }, record, null) === null) continue;
    const saidAt = timeAt(record, at);
    if (saidAt === null || saidAt < since) return {};
    const told = usageIn(usage, record, saidAt);
    if (Object.keys(told).length > 0) return told;
  }
  return {};
}

/** When the last of the windows that are used up ends, epoch milliseconds; null: none is, or it is not told. */
export function usedUpUntil(usage: Readonly<Record<string, Usage>>): number | null {
  const ends = Object.values(usage).flatMap(({ percent, resetsAt }) => (percent >= 100 ? [resetsAt] : []));
  if (ends.length === 0 || ends.includes(null)) return null;
  return Math.max(...ends.map((end) => end ?? 0));
}

/** What a row must hold as a text: no other row is read. */
function lastKey(field: string): string {
  return field.slice(field.lastIndexOf('.') + 1);
}
