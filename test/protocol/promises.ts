import { claimOf, recordFile } from '../../src/model/queue.ts';
import { STAMP } from '../../src/model/stamp.ts';
import { namesIn } from '../sim/machine/files.ts';
import { PLACES, TASK_TEXT, TASK_TEXT_AGAIN } from './scene.ts';
import type { World } from '../sim/machine/world.ts';

const { queue } = PLACES;
const TASK_FOLDERS = [queue.inbox, queue.claimed, queue.done, queue.failed, queue.rejected];

/** What must never be so, whatever happens; null: all is well. `tasks`: how many there are, `runs`: how often each may run. */
export function broken(world: World, tasks: number, runs: number): string | null {
  return (
    lostTask(world, tasks) ??
    doubleRun(world, runs) ??
    sharedSession(world) ??
    lostRecord(world) ??
    (world.tmux !== null && strangerTouched(world) ? 'a session that is none of ours was changed' : null)
  );
}

/** What is not as it is to be once nothing happens any more; null: everything has come to its end. `flawless`: nothing was ever killed. */
export function unfinished(world: World, flawless: boolean): string | null {
  const [failed] = namesIn(world.files, queue.failed) ?? [];
  if (flawless && failed !== undefined) return `${failed} failed, and nothing was killed`;
  for (const folder of [queue.inbox, queue.claimed]) {
    const [name] = namesIn(world.files, folder) ?? [];
    if (name !== undefined) return `${folder}/${name} is left for ever`;
  }
  for (const [pid, { type }] of Object.entries(world.processes)) {
    if (type === 'agent' || type === 'launcher') return `${type} ${pid} lives on`;
  }
  for (const { name, options } of Object.values(world.tmux?.sessions ?? {})) {
    const fence = options[STAMP.fence] ?? '';
    if (fence !== '') return `session ${name} is reserved for ${fence} for ever`;
  }
  return null;
}

/** Each task is in exactly one place, with the bytes it came with. */
function lostTask({ files }: World, tasks: number): string | null {
  const counts = Array.from({ length: tasks }, () => 0);
  for (const [path, node] of Object.entries(files)) {
    if (node.type !== 'file' || !node.mark.startsWith('task-')) continue;
    if (!TASK_FOLDERS.some((folder) => path.startsWith(`${folder}/`))) return `a task went to ${path}`;
    if (node.text !== TASK_TEXT && node.text !== TASK_TEXT_AGAIN) return `the bytes of ${path} changed`;
    const number = Number(node.mark.slice(5));
    counts[number] = (counts[number] ?? 0) + 1;
  }
  const wrong = counts.findIndex((count) => count !== 1);
  return wrong === -1 ? null : `task ${String(wrong)} is in ${String(counts[wrong])} places`;
}

function doubleRun({ starts, processes }: World, runs: number): string | null {
  const alive = Object.values(processes).flatMap((each) => (each.type === 'agent' ? [each.task] : []));
  const twice = repeated(alive, 1);
  if (twice !== null) return `two agents work on ${twice} at once`;
  const attempt = repeated(
    starts.map((start) => start.attempt),
    1,
  );
  if (attempt !== null) return `attempt ${attempt} was started twice`;
  const often = repeated(
    starts.map((start) => start.task),
    runs,
  );
  return often === null ? null : `${often} ran more often than ${String(runs)} time(s)`;
}

/** One task per session: what is claimed under its name, and not yet over, is one. */
function sharedSession({ files, processes }: World): string | null {
  const working = new Set(
    Object.values(processes).flatMap((each) => (each.type === 'agent' && !each.hungUp ? [each.attempt] : [])),
  );
  const sessions = (namesIn(files, queue.claimed) ?? []).flatMap((file) => {
    const claim = claimOf(PLACES.inbox, file);
    return claim !== null && working.has(claim.attempt) ? [claim.session] : [];
  });
  const shared = repeated(sessions, 1);
  return shared === null ? null : `two tasks are worked on in session ${shared}`;
}

/** A claimed task can be put back under its name, and its attempts counted, at any moment. */
function lostRecord({ files }: World): string | null {
  const lost = (namesIn(files, queue.claimed) ?? []).find((file) => {
    const claim = claimOf(PLACES.inbox, file);
    return claim === null || files[`${queue.attempts}/${recordFile(claim.id, claim.attempt)}`] === undefined;
  });
  return lost === undefined ? null : `${lost} is claimed and has no record`;
}

function strangerTouched({ tmux }: World): boolean {
  const mine = Object.values(tmux?.sessions ?? {}).find(({ name }) => name === 'mine');
  return mine !== undefined && Object.keys(mine.options).length > 0;
}

/** Something that is there more often than it may be. */
function repeated(values: readonly string[], most: number): string | null {
  return values.find((value) => values.filter((other) => other === value).length > most) ?? null;
}
