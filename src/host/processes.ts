import { readdirSync, readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename } from 'node:path';
import type { ListedProcess, ProcessReader, ProcessWriter } from '../model/host.ts';

/**
 * Processes by /proc. Read synchronously: each read takes microseconds, through the thread pool it takes ten times
 * that, and a look may ask for hundreds.
 */
export const processReader: ProcessReader = {
  list: () => Promise.resolve(ownProcesses()),
  startOf: (pid) => Promise.resolve(startOf(pid)),
  environmentOf: (pid) => Promise.resolve(environmentOf(pid)),
};

/**
 * Signals a process that is still the one meant. Looked at and signalled in one turn: within the microseconds between,
 * its pid would have to be freed and given out again.
 */
export const processWriter: ProcessWriter = {
  signal: (pid, start, signal) => Promise.resolve(signalled(pid, start, signal)),
};

/**
 * Field 22 of /proc/PID/stat: with the pid it names one process for as long as the machine is up. Null: no such
 * process, or only its corpse: where nobody reaps them, the dead keep their pid for ever.
 */
export function startOf(pid: number): string | null {
  const text = procText(pid, 'stat');
  // The second field is the program's name in brackets, which may hold spaces and brackets itself.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ') ?? [];
  return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
}

function signalled(
  ...[pid, start, signal]: Parameters<ProcessWriter['signal']>
): Awaited<ReturnType<ProcessWriter['signal']>> {
  // 0 and below mean whole groups of processes, 1 is not ours to end.
  if (!Number.isSafeInteger(pid) || pid <= 1 || startOf(pid) !== start) return 'gone';
  try {
    process.kill(pid, signal);
    return 'sent';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH' ? 'gone' : 'failed';
  }
}

/** Processes of a user, by pid; null where the machine does not tell. */
export function pidsOf(uid: number): readonly number[] | null {
  return numericNames('/proc')?.filter((pid) => ownerOf(pid) === uid) ?? null;
}

function ownProcesses(): readonly ListedProcess[] | null {
  return pidsOf(userInfo().uid)?.flatMap((pid) => named(pid)) ?? null;
}

function named(pid: number): readonly ListedProcess[] {
  const comm = procText(pid, 'comm')?.trimEnd();
  const argv = procText(pid, 'cmdline')?.split('\0') ?? [];
  if (comm === undefined) return [];
  // Of `node /usr/bin/gemini` neither comm (`MainThread`) nor argv[0] tells what it is.
  const spoken = argv.slice(0, 2).map((word) => basename(word));
  return [
    {
      pid,
      command: spoken[0] === undefined || spoken[0] === '' ? comm : spoken[0],
      names: [comm, ...spoken],
    },
  ];
}

function environmentOf(pid: number): Readonly<Record<string, string>> | null {
  const text = procText(pid, 'environ');
  if (text === null) return null;
  const pairs = text.split('\0').flatMap((line): [string, string][] => {
    const at = line.indexOf('=');
    return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : [];
  });
  // The first of two of one name is the one getenv(3) finds.
  return Object.fromEntries(pairs.toReversed());
}

function numericNames(folder: string): readonly number[] | null {
  try {
    const pids = readdirSync(folder).filter((name) => /^\d+$/.test(name));
    return pids.length === 0 ? null : pids.map(Number).toSorted((a, b) => a - b);
  } catch {
    return null;
  }
}

function ownerOf(pid: number): number | null {
  try {
    return statSync(`/proc/${String(pid)}`).uid;
  } catch {
    return null;
  }
}

function procText(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${String(pid)}/${file}`, 'utf8');
  } catch {
    return null;
  }
}
