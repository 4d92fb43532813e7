import type { AccountStatus } from '../model/status.ts';
import { type Family, gauge } from '../report/exposition.ts';

/** An agent names its windows; no more of them are told. */
const MOST_WINDOWS = 8;

/** What is known of the accounts' quota. What is not known has no sample: a number would be made up. */
export function accountFamilies(accounts: Readonly<Record<string, AccountStatus>>): readonly Family[] {
  const known = Object.entries(accounts).map(([account, status]) => ({
    labels: { account, agent: status.agent },
    status,
  }));
  const windows = known.flatMap(({ labels, status }) =>
    Object.entries(status.used)
      .slice(0, MOST_WINDOWS)
      .map(([window, usage]) => ({ labels: { ...labels, window }, usage })),
  );
  return [
    gauge(
      'rollcall_account_active',
      'Whether the active link points at it.',
      known.map(({ labels, status: { active } }) => ({ labels, value: active ? 1 : 0 })),
    ),
    gauge(
      'rollcall_account_exhausted',
      'Whether it is known to have no quota left.',
      known.map(({ labels, status }) => ({ labels, value: status.exhaustedUntil === null ? 0 : 1 })),
    ),
    gauge(
      'rollcall_account_reset_timestamp_seconds',
      'Until when an exhausted account has no quota.',
      known.flatMap(({ labels, status: { exhaustedUntil } }) =>
        exhaustedUntil === null ? [] : [{ labels, value: exhaustedUntil / 1000 }],
      ),
    ),
    gauge(
      'rollcall_account_links_intact',
      'Whether its shared entries are all links to where they belong.',
      known.map(({ labels, status: { links } }) => ({ labels, value: links === 'intact' ? 1 : 0 })),
    ),
    gauge(
      'rollcall_account_headroom_ratio',
      'The share of a limit that is left, 0 to 1, as the agent was told last.',
      windows.map(({ labels, usage: { percent } }) => ({ labels, value: Math.max(0, 1 - percent / 100) })),
    ),
    gauge(
      'rollcall_account_window_reset_timestamp_seconds',
      'When that limit begins anew, as the agent was told.',
      windows.flatMap(({ labels, usage: { resetsAt } }) =>
        resetsAt === null ? [] : [{ labels, value: resetsAt / 1000 }],
      ),
    ),
  ];
}
