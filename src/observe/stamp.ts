import type { Stamp } from '../model/observed.ts';
import { STAMP } from '../model/stamp.ts';

/**
 * The stamp in a session's own options. Null where there is none, or where it is not one that we write: such a
 * session is treated as foreign, which leaves it alone.
 */
export function readStamp(options: Readonly<Record<string, string>>): Stamp | null {
  const owner = options[STAMP.owner];
  const kind = options[STAMP.kind];
  if (owner === undefined || !/^[A-Za-z0-9_-]{1,64}$/.test(owner)) return null;
  if (kind !== 'pool' && kind !== 'dedicated') return null;
  const pane = options[STAMP.pane] ?? '';
  const pid = options[STAMP.pid] ?? '';
  const recorded = /^%\d{1,10}$/.test(pane) && /^[1-9]\d{0,9}$/.test(pid);
  return { owner, kind, pane: recorded ? pane : null, pid: recorded ? Number(pid) : null };
}
