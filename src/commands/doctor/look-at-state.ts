import { hostname } from 'node:os';
import { join } from 'node:path';
import { pathFacts, roomAt, sameMounts } from '../../host/doctor/path-facts.ts';
import { startOf } from '../../host/processes.ts';
import { readHolder } from '../../host/state/lock.ts';
import { readLoopInfo } from '../../host/state/loop-info.ts';
import { loadMemory } from '../../host/state/memory-store.ts';
import { checkStateDir } from '../../host/state/state-dir.ts';
import { readSuspensions } from '../../host/state/suspensions.ts';
import type { DesiredState } from '../../model/desired.ts';
import type { StateFacts } from './state.ts';

/** Reads the fleet's own folder; makes nothing. Opens no lock: to open it would drop another's. */
export function lookAtState(dir: string, desired: DesiredState, now: number): StateFacts {
  const found = pathFacts(dir);
  const loop = readLoopInfo(dir);
  const holder = readHolder(dir);
  return {
    dir,
    mode: found === null || typeof found === 'string' ? null : found.mode,
    unsafe: unsafeWhy(dir),
    unreadable: loadMemory(dir).problem?.detail ?? null,
    room: roomAt(dir),
    holder,
    holderAlive: holder !== null && startOf(holder.pid) === holder.procStart,
    host: hostname(),
    loop,
    everyMs: desired.reconcile.everyMs,
    loopSeesOurs: loop.pid === null ? null : sameMounts(loop.pid, process.pid),
    suspensions: readSuspensions(dir),
    newest: newest([desired.file, ...OURS.map((name) => join(dir, name))]),
    now,
  };
}

const OURS = ['state.json', 'loop.json', 'events.jsonl', 'suspensions.json'];

function unsafeWhy(dir: string): string | null {
  try {
    return checkStateDir(dir)?.detail ?? null;
  } catch (error) {
    return `${dir} cannot be looked at: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function newest(paths: readonly string[]): StateFacts['newest'] {
  const times = paths.flatMap((path) => {
    const found = pathFacts(path);
    return found === null || typeof found === 'string' ? [] : [{ path, at: found.modifiedAt }];
  });
  return times.toSorted((a, b) => b.at - a.at)[0] ?? null;
}
