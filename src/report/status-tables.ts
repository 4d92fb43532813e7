import type { AccountStatus, SessionStatus, Status } from '../model/status.ts';
import type { SessionState } from '../model/words.ts';
import { type Format, shownPath, type Style } from './style.ts';
import { type Cell, type Column, table } from './table.ts';
import { percentOf } from './quota-tables.ts';
import { duration, when } from './time.ts';

/** One line per account. */
export function accountTable(status: Status, style: Style): string[] {
  const columns: readonly Column[] = [
    { title: 'ACCOUNT', least: 12 },
    { title: 'AGENT', least: 6 },
    { title: 'ACTIVE' },
    { title: 'LINKS' },
    { title: 'QUOTA', least: 12 },
    { title: 'HOME', least: 10 },
  ];
  const rows = Object.entries(status.accounts).map(([name, account]): Cell[] => [
    { text: name },
    { text: account.agent },
    account.active ? { text: 'active', format: 'green' } : { text: '-' },
    { text: account.links, format: LINKS_FORMAT[account.links] },
    quotaCell(account, style),
    { text: shownPath(style, account.home) },
  ]);
  return table(columns, rows, style);
}

/** One line per pool. */
export function poolTable(status: Status, style: Style): string[] {
  const columns: readonly Column[] = [
    { title: 'POOL', least: 12 },
    { title: 'ALIVE', align: 'right' },
    { title: 'WANT', align: 'right' },
    { title: 'FREE', align: 'right' },
  ];
  const rows = Object.entries(status.pools).map(([name, pool]): Cell[] => [
    { text: name },
    { text: String(pool.alive), ...(pool.alive < pool.min ? { format: 'yellow' as const } : {}) },
    { text: pool.min === pool.max ? String(pool.min) : `${String(pool.min)}..${String(pool.max)}` },
    { text: String(pool.free) },
  ]);
  return table(columns, rows, style);
}

/** One line per session. */
export function sessionTable(status: Status, style: Style): string[] {
  const columns: readonly Column[] = [
    { title: 'SESSION', least: 14 },
    { title: 'KIND' },
    { title: 'STATE' },
    { title: 'ACCOUNT', least: 6 },
    { title: 'TASK', least: 8 },
    { title: 'FOR', align: 'right' },
    { title: 'NOTE', least: 8 },
    ...(style.width < WIDE ? [] : [{ title: 'CONVERSATION', least: 8 }]),
  ];
  const rows = Object.entries(status.sessions).map(([name, session]): Cell[] => [
    { text: name },
    { text: session.kind === 'pool' && session.pool !== null ? `pool ${session.pool}` : session.kind },
    { text: session.state, format: STATE_FORMAT[session.state] },
    { text: session.account ?? '' },
    // Under TASK its kind says nothing.
    { text: session.task?.replace(/^task\//, '') ?? '' },
    { text: session.since === null ? '' : duration(style.now - session.since) },
    { text: sessionNote(session) },
    ...(style.width < WIDE ? [] : [{ text: session.conversation ?? '' }]),
  ]);
  return table(columns, rows, style);
}

/** Columns from which a whole conversation id leaves room for the rest: half of one is good for nothing. */
const WIDE = 140;

/** One line per inbox. */
export function inboxTable(status: Status, style: Style): string[] {
  const columns: readonly Column[] = [
    { title: 'INBOX', least: 12 },
    { title: 'WAITING', align: 'right' },
    { title: 'RUNNING', align: 'right' },
    { title: 'PARKED', align: 'right' },
    { title: 'DONE', align: 'right' },
    { title: 'FAILED', align: 'right' },
    { title: 'REJECTED', align: 'right' },
  ];
  const rows = Object.entries(status.inboxes).map(([name, inbox]): Cell[] => [
    { text: name },
    { text: String(inbox.waiting) },
    { text: String(inbox.running) },
    { text: String(inbox.parked) },
    { text: String(inbox.done) },
    { text: String(inbox.failed), ...(inbox.failed > 0 ? { format: 'red' as const } : {}) },
    { text: String(inbox.rejected), ...(inbox.rejected > 0 ? { format: 'yellow' as const } : {}) },
  ]);
  return table(columns, rows, style);
}

const LINKS_FORMAT: Readonly<Record<AccountStatus['links'], Format>> = {
  intact: 'green',
  missing: 'yellow',
  diverged: 'red',
  unknown: 'yellow',
};

const STATE_FORMAT: Readonly<Record<SessionState, Format>> = {
  free: 'green',
  starting: 'cyan',
  working: 'cyan',
  waiting: 'yellow',
  idle: 'green',
  limited: 'yellow',
  error: 'red',
  exited: 'red',
  absent: 'red',
  unknown: 'yellow',
};

function quotaCell({ exhaustedUntil, suspicion, used }: AccountStatus, style: Style): Cell {
  if (exhaustedUntil !== null && exhaustedUntil > style.now)
    return { text: `exhausted until ${when(exhaustedUntil, style.now, style.zone)}`, format: 'red' };
  if (suspicion !== null) return { text: 'suspected', format: 'yellow' };
  const most = Object.entries(used).toSorted(([, a], [, b]) => b.percent - a.percent)[0];
  return { text: most === undefined ? '' : `${percentOf(most[1])} of ${most[0]}` };
}

function sessionNote(session: SessionStatus): string {
  const parts = [
    session.note ?? '',
    session.attached ? 'attached' : '',
    session.owned || session.state === 'absent' || session.note !== null ? '' : 'not ours',
  ];
  return parts.filter((part) => part !== '').join(', ');
}
