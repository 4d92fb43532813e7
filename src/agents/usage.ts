import type { Usage } from '../model/quota.ts';
import type { Profile } from './profile.ts';
import { type AgentRecord, recordOf, timeAt, valueAt } from './record.ts';
import type { UsageProfile } from './record-schema.ts';

/**
 * How much of each window of the account is used, by the last document that an agent told its status line at `at`
 * (epoch milliseconds). Empty where it does not say: before its first answer, and without a subscription. What is no
 * percentage is left out; an end that no window can have is none. Pure and total.
 */
export function readUsage({ usage }: Profile, text: string, at: number): Readonly<Record<string, Usage>> {
  const record = recordOf(text);
  return usage === undefined || record === null ? {} : usageIn(usage, record, at);
}

/** The same of a record in which it stands in these fields. */
export function usageIn(
  usage: Pick<UsageProfile, 'windows' | 'percent' | 'resetsAt'>,
  record: AgentRecord,
  at: number,
): Readonly<Record<string, Usage>> {
  const windows = valueAt(record, usage.windows);
  if (typeof windows !== 'object' || windows === null) return {};
  const told = Object.entries(windows).flatMap(([window, value]: [string, unknown]) => {
    const each = { window: value };
    const percent = valueAt(each, `window.${usage.percent}`);
    if (!NAME.test(window) || typeof percent !== 'number' || !(percent >= 0)) return [];
    const end = usage.resetsAt === undefined ? null : timeAt(each, `window.${usage.resetsAt}`);
    const resetsAt = end !== null && end > at - LONGEST_MS && end < at + LONGEST_MS ? end : null;
    return [[window, { percent: Math.min(100, percent), resetsAt, at }] as const];
  });
  return Object.fromEntries(told.slice(0, MOST_WINDOWS));
}

/** It becomes a key, and is shown. */
const NAME = /^[A-Za-z][\w-]{0,39}$/;
const MOST_WINDOWS = 20;
/** The longest window is a week. */
const LONGEST_MS = 8 * 86_400_000;
