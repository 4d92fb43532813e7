import type { Plan } from '../../src/model/plan.ts';
import { claimOf, recordFile } from '../../src/model/queue.ts';
import { STAMP } from '../../src/model/stamp.ts';
import { namesIn } from './machine/files.ts';
import type { Call } from './machine/host.ts';
import { parentOf } from './machine/paths.ts';
import type { FileNode, Session, World } from './machine/world.ts';
import { PLACES, SECRET } from './places.ts';

/*
 * What must never be so. Each names the promise of SPEC section 9 that it is of; docs/proof.md has the list.
 */

const { queue, runs, link, homes, shared, fleet } = PLACES;

/** What one call of Rollcall's has done to the machine, and may not; null: all is well. */
export function wrongCall(call: Call, before: World, after: World): string | null {
  if (before === after) return null;
  return wrongTmux(before, after) ?? wrongFiles(call, before, after) ?? wrongSecret(call, after);
}

/** Promise 1: nothing reaches a session that is not ours, and nothing a dedicated one. */
export function wrongTmux(before: World, after: World): string | null {
  if (before.tmux === null || before.tmux === after.tmux) return null;
  if (after.tmux !== null && after.tmux.pid === before.tmux.pid && after.tmux.options !== before.tmux.options)
    return 'promise 1: an option of the whole server was changed';
  const now = after.tmux?.pid === before.tmux.pid ? after.tmux.sessions : {};
  for (const session of Object.values(before.tmux.sessions)) {
    const then = now[session.id];
    if (then === session || isOurs(session)) continue;
    return `promise 1: session ${session.name}, which is none of our pool's, was ${then === undefined ? 'ended' : 'changed'}`;
  }
  return null;
}

/** By its own options, as they were right before. */
export function isOurs({ options }: Session): boolean {
  return options[STAMP.owner] === fleet && options[STAMP.kind] === 'pool';
}

/** Promise 2: nothing of the operator's is overwritten, moved or removed; links are made where nothing is, or swapped. */
function wrongFiles(call: Call, before: World, after: World): string | null {
  if (before.files === after.files) return null;
  for (const path of changed(before, after, call.paths)) {
    const was = before.files[path];
    const is = after.files[path];
    const problem = wrongChange(path, was, is, call);
    if (problem !== null) return `promise 2: ${problem} (${call.label})`;
  }
  return null;
}

/** Paths at which something else stands now: those of the call, and folders that were made on the way. */
function changed(before: World, after: World, paths: readonly string[]): readonly string[] {
  const near = new Set(paths.flatMap((path) => [path, parentOf(path), parentOf(parentOf(path))]));
  return [...near].filter((path) => before.files[path] !== after.files[path] && path !== '');
}

function wrongChange(
  path: string,
  was: FileNode | undefined,
  is: FileNode | undefined,
  call: Call,
): string | null {
  if (was?.type === 'directory' && is?.type === 'directory') return null;
  const place = placeOf(path);
  if (place === null) return `something was done at ${path}, where nothing is ours`;
  const isMove = call.label.startsWith('move');
  if (was === undefined)
    return is?.type === 'link' && place !== 'link' && !isMove ? `a link was made at ${path}` : null;
  if (path === link) {
    const to = is?.type === 'link' ? is.to : null;
    const isSwap = call.label.startsWith('swap') && was.type === 'link' && isHome(was.to) && isHome(to);
    return isSwap ? null : `the active link was ${was.type} and is ${is?.type ?? 'gone'} ${to ?? ''}`;
  }
  if (was.type !== 'file') {
    return place === 'task' && isMove && is === undefined ? null : `${was.type} ${path} was replaced`;
  }
  if (!was.mark.startsWith('task-')) return was.mark === '' ? null : `${path} of the operator was touched`;
  return is === undefined && isMove ? null : `the task ${path} was overwritten`;
}

function isHome(path: string | null): boolean {
  return path !== null && Object.values<string>(homes).includes(path);
}

/** Whose a path is; null: nothing of ours ever stands there. */
function placeOf(path: string): 'link' | 'task' | 'own' | null {
  if (path === link || Object.values(homes).some((home) => path === `${home}/projects`)) return 'link';
  if (path === `${shared}/projects`) return 'own';
  if (path === runs || path.startsWith(`${runs}/`) || path.startsWith(`${PLACES.runtime}/`)) return 'own';
  if (path === queue.attempts || path.startsWith(`${queue.attempts}/`)) return 'own';
  const folders = [queue.inbox, queue.claimed, queue.done, queue.failed, queue.rejected];
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`)) ? 'task' : null;
}

/** Promise 13: a secret is in the file that the launcher takes, and nowhere else. */
function wrongSecret(call: Call, { files }: World): string | null {
  if (call.label.includes(SECRET)) return 'promise 13: a secret was given to tmux';
  const path = call.paths.find((each) => {
    const node = files[each];
    return node?.type === 'file' && node.text.includes(SECRET) && !/\/spec\.(?:json|void)$/.test(each);
  });
  return path === undefined ? null : `promise 13: a secret was written to ${path}`;
}

/** What is known of the tasks from outside. */
export interface Ledger {
  /** Mark -> bytes. */
  readonly tasks: Map<string, string>;
  /** How often each may be started anew. */
  readonly runs: number;
}

/** Promises 3 and 4, of the whole machine. */
export function wrongWorld(world: World, ledger: Ledger, before: World | null): string | null {
  const problem = before?.files === world.files ? null : (wrongTasks(world, ledger) ?? lostRecord(world));
  return (
    problem ?? (before?.starts === world.starts ? null : wrongStarts(world, ledger.runs)) ?? wrongLives(world)
  );
}

function wrongTasks({ files }: World, { tasks }: Ledger): string | null {
  const seen = new Set<string>();
  for (const [path, node] of Object.entries(files)) {
    if (node.type !== 'file' || !node.mark.startsWith('task-')) continue;
    if (seen.has(node.mark)) return `promise 3: ${node.mark} is in two places, one is ${path}`;
    seen.add(node.mark);
    if (placeOf(path) !== 'task') return `promise 3: ${node.mark} went to ${path}`;
    const bytes = tasks.get(node.mark);
    if (bytes !== undefined && bytes !== node.text) return `promise 3: the bytes of ${path} changed`;
  }
  const lost = [...tasks.keys()].find((mark) => !seen.has(mark));
  return lost === undefined ? null : `promise 3: ${lost} is nowhere`;
}

/** A claimed task can be put back under its name, and its attempts counted, at any moment. */
function lostRecord({ files }: World): string | null {
  const lost = (namesIn(files, queue.claimed) ?? []).find((file) => {
    const claim = claimOf(PLACES.inbox, file);
    return claim === null || files[`${queue.attempts}/${recordFile(claim.id, claim.attempt)}`] === undefined;
  });
  return lost === undefined ? null : `promise 3: ${lost} is claimed and has no record`;
}

function wrongStarts({ starts }: World, runs: number): string | null {
  const fresh = starts.filter(({ resumes }) => !resumes);
  const twice = repeated(
    fresh.map(({ attempt }) => attempt),
    1,
  );
  if (twice !== null) return `promise 3: attempt ${twice} was started twice`;
  const often = repeated(
    fresh.map(({ task }) => task),
    runs,
  );
  return often === null ? null : `promise 3: ${often} was begun more often than ${String(runs)} time(s)`;
}

function wrongLives({ processes }: World): string | null {
  const agents = Object.values(processes).flatMap((each) => (each.type === 'agent' ? [each] : []));
  if (agents.length < 2) return null;
  const task = repeated(
    agents.map((each) => each.task),
    1,
  );
  if (task !== null) return `promise 4: two agents work on ${task} at once`;
  const talk = repeated(
    agents.flatMap((each) => each.talk?.conversation ?? []),
    1,
  );
  return talk === null ? null : `promise 4: two processes are in conversation ${talk}`;
}

/** Promises 7, 11 and 12, of a look and its plan. */
export function wrongPlan(
  plan: Plan,
  seen: { readonly tmux: boolean; readonly inbox: boolean; readonly maxDisruptions: number },
): string | null {
  const refused = plan.diagnostics.find(({ code }) => code === 'guard');
  if (refused !== undefined) return `the guard refused the plan: ${refused.detail}`;
  const blind = plan.actions.find(
    ({ type }) =>
      (!seen.tmux && /^(?:session\.|task\.start|dedicated\.)/.test(type)) ||
      (!seen.inbox && /^task\.(?:start|finish|return|reject)/.test(type)),
  );
  if (blind !== undefined) return `promise 11: ${blind.type} rests on what could not be read`;
  const ended = plan.actions.filter(({ disrupts }) => disrupts).length;
  if (ended > seen.maxDisruptions)
    return `promise 12: ${String(ended)} sessions are disrupted in one cycle, ${String(seen.maxDisruptions)} may be`;
  return null;
}

function repeated(values: readonly string[], most: number): string | null {
  const counts = new Map<string, number>();
  for (const value of values) {
    const count = (counts.get(value) ?? 0) + 1;
    if (count > most) return value;
    counts.set(value, count);
  }
  return null;
}
