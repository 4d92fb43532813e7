import type { Usage } from '../model/quota.ts';
import type { AccountStatus, Status } from '../model/status.ts';
import type { Style } from './style.ts';
import { type Cell, type Column, table } from './table.ts';
import { duration, when } from './time.ts';

/** One line per fact that is known of an account's quota, each with its source and age; none: no lines. */
export function quotaTable(status: Status, style: Style): string[] {
  const columns: readonly Column[] = [
    { title: 'QUOTA OF', least: 12 },
    { title: 'FACT' },
    { title: 'RESETS' },
    { title: 'AGE', align: 'right' },
    { title: 'SAID BY', least: 8 },
  ];
  const rows = Object.entries(status.accounts).flatMap(([name, account]) =>
    factRows(account, style).map((cells): Cell[] => [{ text: name }, ...cells]),
  );
  return table(columns, rows, style);
}

/** One line per task that waits for quota. */
export function parkedTable(status: Status, style: Style): string[] {
  const columns: readonly Column[] = [
    { title: 'PARKED', least: 12 },
    { title: 'SESSION', least: 8 },
    { title: 'GOES ON' },
    { title: 'BECAUSE', least: 12 },
  ];
  const rows = Object.entries(status.parked).map(([address, { session, until, why }]): Cell[] => [
    { text: address.replace(/^task\//, '') },
    { text: session },
    { text: until === null ? 'as soon as it may' : when(until, style.now, style.zone) },
    { text: why ?? '' },
  ]);
  return table(columns, rows, style);
}

/** `93 %`. */
export function percentOf({ percent }: Usage): string {
  return `${String(Math.round(percent))} %`;
}

function factRows({ exhaustedUntil, exhaustion, suspicion, used }: AccountStatus, style: Style): Cell[][] {
  const age = (at: number): Cell => ({ text: duration(style.now - at) });
  const rows: Cell[][] = [];
  if (exhaustedUntil !== null && exhaustedUntil > style.now) {
    const { since, source, session, confidence } = exhaustion ?? {};
    rows.push([
      { text: confidence === undefined ? 'exhausted' : `exhausted (${confidence})`, format: 'red' },
      { text: when(exhaustedUntil, style.now, style.zone) },
      since === undefined ? { text: '' } : age(since),
      { text: source === undefined ? '' : `${source} of ${session ?? ''}` },
    ]);
  }
  if (suspicion !== null) {
    const looks = suspicion.looks === 1 ? '1 look' : `${String(suspicion.looks)} looks`;
    rows.push([
      { text: `suspected, ${looks}`, format: 'yellow' },
      { text: '' },
      age(suspicion.since),
      { text: '' },
    ]);
  }
  for (const [window, usage] of Object.entries(used)) {
    const resets = usage.resetsAt === null ? '' : when(usage.resetsAt, style.now, style.zone);
    rows.push([
      { text: `${percentOf(usage)} of ${window}` },
      { text: resets },
      age(usage.at),
      { text: 'status line' },
    ]);
  }
  return rows;
}
