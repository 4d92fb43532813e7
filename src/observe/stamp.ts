import { type Stamp, type Work, WORK_PHASES } from '../model/observed.ts';
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
  const work = readWork(options);
  if (work === 'odd') return null;
  const pane = options[STAMP.pane] ?? '';
  const pid = options[STAMP.pid] ?? '';
  const recorded = /^%\d{1,10}$/.test(pane) && /^[1-9]\d{0,9}$/.test(pid);
  return {
    owner,
    kind,
    pane: recorded ? pane : null,
    pid: recorded ? Number(pid) : null,
    work,
    freedAt: time(options[STAMP.freed]),
  };
}

/** What it works on. Without a fence that we write, nothing can be told about it: neither busy nor free. */
function readWork(options: Readonly<Record<string, string>>): Work | null | 'odd' {
  const attempt = options[STAMP.fence] ?? '';
  const phase = options[STAMP.phase] ?? '';
  if (attempt === '') return phase === '' ? null : 'odd';
  if (!/^[a-z0-9]{4,32}$/.test(attempt)) return 'odd';
  if (phase === '') return { attempt, phase: null, since: null };
  const known = WORK_PHASES.find((each) => each === phase);
  return known === undefined ? 'odd' : { attempt, phase: known, since: time(options[STAMP.since]) };
}

function time(text = ''): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
