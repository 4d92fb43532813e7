import type { ProcessReader } from '../model/host.ts';
import type { RunProcess } from '../model/run.ts';
import type { LaunchState } from './launch-files.ts';

/**
 * The agent's process: the one its launcher wrote down. Where a launcher took what was to be started and wrote down
 * neither who that was nor how it ended (it was killed in between), the oldest process that carries the attempt in its
 * environment. Null: none is known of.
 */
export async function agentProcess(
  processes: ProcessReader,
  attempt: string,
  { spec, process, exit }: LaunchState,
): Promise<RunProcess | null> {
  if (process !== null) {
    const { pid, start, at } = process;
    return { pid, start, alive: (await processes.startOf(pid)) === start, at };
  }
  return spec === 'taken' && exit === null ? await oldestOf(processes, attempt) : null;
}

async function oldestOf(processes: ProcessReader, attempt: string): Promise<RunProcess | null> {
  const found: { readonly pid: number; readonly start: string }[] = [];
  for (const { pid } of (await processes.list()) ?? []) {
    const env = await processes.environmentOf(pid);
    if (env?.['ROLLCALL_ATTEMPT'] !== attempt) continue;
    const start = await processes.startOf(pid);
    if (start !== null) found.push({ pid, start });
  }
  // Its children carry the environment, too, and process numbers are used again.
  const [oldest] = found.toSorted((a, b) => Number(a.start) - Number(b.start) || a.pid - b.pid);
  return oldest === undefined ? null : { ...oldest, alive: true, at: null };
}
