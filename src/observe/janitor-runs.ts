import { join } from 'node:path';
import type { FileEntry } from '../model/host.ts';
import type { Leftover, LeftoverPart } from '../model/leftovers.ts';
import { queueFolders, recordOf } from '../model/queue.ts';
import { agentProcess } from './agent-process.ts';
import type { Collected, Collecting } from './janitor.ts';
import { isAttempt, leftoverOf, listed, oldestFirst, partOf, SPARED_MS } from './janitor-parts.ts';
import { lookAtLaunch } from './launch-files.ts';

/** The folders of attempts, by attempt. */
export interface RunFolders {
  /** The folder as a part; null: there is none; `in-use`: its agent lives. */
  readonly partOf: (attempt: string, launches: number) => Promise<LeftoverPart | 'in-use' | null>;
}

/** What lies in the folder of the runs. A folder that cannot be looked into has none that anybody may touch. */
export async function runFolders(about: Collecting): Promise<RunFolders> {
  const { runsDir } = about.look;
  const answer = await listed(about.leftovers, runsDir, isAttempt);
  const entries = answer.type === 'ok' ? answer.value : {};
  return {
    partOf: async (attempt, launches) => {
      const entry = Object.hasOwn(entries, attempt) ? entries[attempt] : undefined;
      if (entry?.type !== 'directory') return null;
      if (await isAlive(about, attempt, launches)) return 'in-use';
      const changedAt = Math.max(entry.changedAt, await youngest(about, join(runsDir, attempt)));
      return { ...partOf(runsDir, attempt, entry), changedAt };
    },
  };
}

/**
 * Folders of attempts that no record tells of: their dispatch was taken back, or their record is gone. Nothing is known
 * of any of them where one inbox cannot be looked into.
 */
export async function collectRuns(about: Collecting): Promise<Collected> {
  const { leftovers, desired, look, at, inUse } = about;
  const { runsDir } = look;
  const folders = await listed(leftovers, runsDir, isAttempt);
  if (folders.type === 'error') return { places: {}, problem: { folder: runsDir, text: folders.text } };
  const recorded = new Set<string>();
  for (const { dir } of Object.values(desired.inboxes)) {
    const { attempts } = queueFolders(dir);
    const names = await about.host.files.names(attempts);
    if (names.type === 'error' && names.code !== 'ENOENT')
      return { places: {}, problem: { folder: attempts, text: names.text } };
    for (const name of names.type === 'ok' ? names.value : []) {
      const record = recordOf(name);
      if (record !== null) recorded.add(record.attempt);
    }
  }
  const keep = desired.janitor.keepFailedMs;
  const entries: Leftover[] = [];
  let nextAt: number | null = null;
  for (const [attempt, entry] of Object.entries(folders.value)) {
    if (entry.type !== 'directory' || recorded.has(attempt)) continue;
    const isYoung = entry.changedAt + keep > at;
    const known = isYoung
      ? partOf(runsDir, attempt, entry)
      : inUse.has(attempt)
        ? null
        : await whole(about, attempt, entry);
    if (known === null) nextAt = at + SPARED_MS;
    else entries.push(leftoverOf([known], { attempt }));
  }
  const place = {
    kind: 'runs',
    entries: oldestFirst(entries),
    more: false,
    nextAt,
    rotates: null,
  } as const;
  return { places: { 'fleet/runs': place }, problem: null };
}

async function whole(about: Collecting, attempt: string, entry: FileEntry): Promise<LeftoverPart | null> {
  const { runsDir } = about.look;
  const names = await about.host.files.names(join(runsDir, attempt));
  const launches = (names.type === 'ok' ? names.value : []).filter((name) => /^[1-9]\d{0,5}$/.test(name));
  if (await isAlive(about, attempt, Math.max(1, ...launches.map(Number)))) return null;
  const changedAt = Math.max(entry.changedAt, await youngest(about, join(runsDir, attempt)));
  return { ...partOf(runsDir, attempt, entry), changedAt };
}

async function isAlive({ host, look }: Collecting, attempt: string, launches: number): Promise<boolean> {
  const launch = await lookAtLaunch(host.files, join(look.runsDir, attempt, String(launches)));
  return (await agentProcess(host.processes, attempt, launch))?.alive === true;
}

/** When anything in it changed last; 0: nothing is in it. What cannot be looked into is as young as can be. */
async function youngest({ leftovers }: Collecting, folder: string): Promise<number> {
  const answer = await leftovers.list(folder, () => true);
  if (answer.type === 'error') return answer.code === 'ENOENT' ? 0 : Number.MAX_SAFE_INTEGER;
  return Math.max(0, ...Object.values(answer.value).map(({ changedAt }) => changedAt));
}
