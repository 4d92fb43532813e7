import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LoopStatus } from '../../model/status.ts';
import { startOf } from '../processes.ts';
import { isObject, isText, isWhole, orNull, readJson } from './json.ts';
import { writeAtomic } from './write-atomic.ts';

/** What a running loop says of itself. */
export interface LoopInfo {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat. */
  readonly procStart: string;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly lastCycleAt: number | null;
}

/** Says that the loop runs, and when it last finished a cycle. Throws errno errors. */
export function writeLoopInfo(dir: string, info: LoopInfo): void {
  writeAtomic(fileIn(dir), `${JSON.stringify(info)}\n`);
}

/** Whether a loop runs: the process that wrote the file must still be that process. A bad file is no loop. */
export function readLoopInfo(
  dir: string,
  processStart: (pid: number) => string | null = startOf,
): LoopStatus {
  const file = readJson(fileIn(dir));
  if (file.type !== 'ok' || !isLoopInfo(file.value)) return NO_LOOP;
  const { pid, procStart, since, lastCycleAt } = file.value;
  if (processStart(pid) !== procStart) return { ...NO_LOOP, lastCycleAt };
  return { running: true, pid, since, lastCycleAt };
}

/** Says that it no longer runs. */
export function removeLoopInfo(dir: string): void {
  rmSync(fileIn(dir), { force: true });
}

const NO_LOOP: LoopStatus = { running: false, pid: null, since: null, lastCycleAt: null };

const isTime = orNull(isWhole);

function isLoopInfo(value: unknown): value is LoopInfo {
  return (
    isObject(value) &&
    isWhole(value['pid']) &&
    isText(value['procStart']) &&
    isWhole(value['since']) &&
    isTime(value['lastCycleAt'])
  );
}

function fileIn(dir: string): string {
  return join(dir, 'loop.json');
}
