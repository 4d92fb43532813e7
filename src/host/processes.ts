import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename } from 'node:path';
import type { ListedProcess, ProcessDetails, ProcessReader, ProcessWriter } from '../model/host.ts';

/**
 * Processes by /proc. Read synchronously: each read takes microseconds, through the thread pool it takes ten times
 * that, and a look may ask for hundreds.
 */
export const processReader: ProcessReader = {
  list: () => Promise.resolve(ownProcesses()),
  startOf: (pid) => Promise.resolve(startOf(pid)),
  environmentOf: (pid) => Promise.resolve(environmentOf(pid)),
  detailsOf: (pid) => Promise.resolve(detailsOf(pid)),
  openFiles: (pid) => Promise.resolve(openFiles(pid)),
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
  const fields = statOf(pid)?.fields ?? [];
  return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
}

/** The program's name, and what stands behind it: that name, in brackets, may hold spaces and brackets itself. */
function statOf(pid: number): { readonly comm: string; readonly fields: readonly string[] } | null {
  const text = procText(pid, 'stat');
  if (text === null) return null;
  const end = text.lastIndexOf(')');
  return { comm: text.slice(text.indexOf('(') + 1, end), fields: text.slice(end + 2).split(' ') };
}

/** Clock ticks in a second, in /proc of every Linux that node runs on. */
const TICKS = 100;

function detailsOf(pid: number): ProcessDetails | null {
  const stat = statOf(pid);
  const uptime = Number(procText('uptime')?.split(' ')[0]);
  const argv = procText(pid, 'cmdline')?.split('\0').slice(0, -1);
  const [state = '', parent, group, , , foreground] = stat?.fields ?? [];
  const start = stat?.fields[19];
  if (stat === null || start === undefined || argv === undefined || state === 'Z' || state === 'X')
    return null;
  const cwd = folderOf(pid);
  if (cwd === null || Number.isNaN(uptime)) return null;
  const startedAt = Math.floor(Date.now() - (uptime - Number(start) / TICKS) * 1000);
  const [at, of] = [Number(parent), Number(group)];
  return {
    parent: at,
    group: of,
    foreground: Number(foreground),
    state,
    start,
    startedAt,
    comm: stat.comm,
    argv,
    cwd,
  };
}

/** Sockets, pipes and what was removed have no path. */
function openFiles(pid: number): readonly string[] | null {
  const folder = `/proc/${String(pid)}/fd`;
  try {
    return readdirSync(folder).flatMap((name) => {
      const path = linkAt(`${folder}/${name}`) ?? '';
      return path.startsWith('/') && !path.endsWith(' (deleted)') ? [path] : [];
    });
  } catch {
    return null;
  }
}

function folderOf(pid: number): string | null {
  return linkAt(`/proc/${String(pid)}/cwd`);
}

function linkAt(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
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

/** A file of a process, or of /proc itself. */
function procText(...path: readonly (number | string)[]): string | null {
  try {
    return readFileSync(`/proc/${path.join('/')}`, 'utf8');
  } catch {
    return null;
  }
}
