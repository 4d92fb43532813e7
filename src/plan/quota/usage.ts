import type { Observed } from '../../model/observed.ts';
import type { AccountQuota, Usage } from '../../model/quota.ts';

/** How much of each window of an account is used, by the youngest word of any agent that runs under it. */
export function usedAfter(
  observed: Observed,
  account: string,
  known: AccountQuota['used'],
): AccountQuota['used'] {
  const pool = Object.values(observed.runs).flatMap(({ record, facts }) =>
    record.ok && record.value?.account === account ? toldSince(facts.usage, record.value.launchedAt) : [],
  );
  const dedicated = Object.values(observed.operators)
    .flat()
    .flatMap((each) => (each.account === account ? toldSince(each.facts.usage, each.startedAt ?? 0) : []));
  const used: Record<string, Usage> = {};
  for (const [window, told] of [...Object.entries(known), ...pool, ...dedicated]) {
    // A clock that was put back must not make an old word the youngest for hours.
    const usage = { ...told, at: Math.min(told.at, observed.at) };
    const before = used[window];
    if (before === undefined || usage.at > before.at) used[window] = usage;
  }
  return Object.fromEntries(
    Object.entries(used).filter(([, { resetsAt, at }]) =>
      resetsAt === null ? at > observed.at - FORGET_MS : resetsAt > observed.at,
    ),
  );
}

/** What an agent was told since it was last started: before, it may have been under another account. */
function toldSince(usage: AccountQuota['used'], since: number): readonly (readonly [string, Usage])[] {
  return Object.entries(usage).filter(([, { at }]) => at >= since);
}

/** A percentage without an end is believed for so long. */
const FORGET_MS = 6 * 3_600_000;

/** The most that any window of the account is used, percent; null: not told. */
export function mostUsed(quota: AccountQuota | undefined, now: number): number | null {
  const percents = Object.values(quota?.used ?? {}).flatMap(({ percent, resetsAt }) =>
    resetsAt !== null && resetsAt <= now ? [] : [percent],
  );
  return percents.length === 0 ? null : Math.max(...percents);
}
