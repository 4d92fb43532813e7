import { LAUNCH_FILES } from '../../../src/model/queue.ts';
import { textOf, withFile, withNode } from './files.ts';
import { paneEnded } from './pane-end.ts';
import { parentOf } from './paths.ts';
import { panesOf, type Process, startOf, type World, withProcess, withProcessAs } from './world.ts';

export type Launcher = Extract<Process, { type: 'launcher' }>;

/** What a wrong launcher does; left out: as it should be. */
export interface LauncherTraits {
  /** False: reads its spec and leaves it where it is. */
  readonly takesSpec?: boolean;
}

/** The program of an argv as a process: a launcher, where it ends with the words below, else something that just runs. */
export function launched(
  world: World,
  argv: readonly string[],
): { readonly world: World; readonly pid: number } {
  const folder = argv.at(-1) ?? '';
  if (!argv.some((word) => /launcher(\.ts|\.js)?$/.test(word))) return withProcess(world, { type: 'other' });
  return withProcess(world, { type: 'launcher', folder, stage: 'new', child: null, hungUp: false });
}

/** SIGHUP: a launcher ends its agent first and an agent ends in its own time; anything else ends at once. */
export function hangUp(world: World, pid: number): World {
  const process = world.processes[pid];
  if (process === undefined) return orphansHungUp(world, pid);
  if (process.type === 'server') return world;
  if (process.type === 'other') return ended(world, pid, 129);
  if (process.type === 'agent') return withProcessAs(world, pid, { ...process, hungUp: true });
  const told = withProcessAs(world, pid, { ...process, hungUp: true });
  return process.child === null ? told : hangUp(told, process.child);
}

/** Whom a launcher that was killed has left behind loses its terminal with the pane. */
function orphansHungUp(world: World, parent: number): World {
  const orphan = Object.entries(world.processes).find(
    ([, each]) => each.type === 'agent' && each.parent === parent,
  );
  return orphan === undefined ? world : hangUp(world, Number(orphan[0]));
}

/** The process is no more; the pane in which it ran shows so, or goes. */
export function ended(world: World, pid: number, status: number | null): World {
  const { [pid]: _, ...processes } = world.processes;
  const { tmux } = world;
  const session = Object.values(tmux?.sessions ?? {}).find((each) =>
    panesOf(each).some((pane) => pane.pid === pid),
  );
  if (session === undefined) return { ...world, processes };
  const after = paneEnded({ ...world, processes }, session, pid, status);
  const stays = Object.values(after.tmux?.sessions ?? {}).some((each) =>
    panesOf(each).some((pane) => pane.pid === pid),
  );
  return stays ? after : orphansHungUp(after, pid);
}

/** The next step of a launcher; null: it waits for its agent. */
export function launcherStep(
  world: World,
  pid: number,
  launcher: Launcher,
  traits: LauncherTraits,
): World | null {
  switch (launcher.stage) {
    case 'new':
      return takeSpec(world, pid, launcher, traits);
    case 'taken':
      return startAgent(world, pid, launcher);
    case 'started':
      return noteAgent(world, pid, launcher);
    case 'running':
      return launcher.child !== null && world.processes[launcher.child] === undefined
        ? ended(withExit(world, launcher), pid, 0)
        : null;
  }
}

function takeSpec(
  world: World,
  pid: number,
  launcher: Launcher,
  { takesSpec = true }: LauncherTraits,
): World {
  const spec = `${launcher.folder}/${LAUNCH_FILES.spec}`;
  const text = textOf(world, spec);
  if (text === null) return ended(world, pid, 75);
  const taken = withProcessAs(world, pid, { ...launcher, stage: 'taken' });
  if (!takesSpec) return taken;
  return withFile(withNode(taken, spec, null), `${launcher.folder}/${LAUNCH_FILES.taken}`, text);
}

interface Spec {
  readonly attempt: string;
  readonly argv?: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What comes of the spec is whose it is: the text is read after it was taken. */
function startAgent(world: World, pid: number, launcher: Launcher): World {
  const { folder, hungUp } = launcher;
  const taken = textOf(world, `${folder}/${LAUNCH_FILES.taken}`);
  const text = taken ?? textOf(world, `${folder}/${LAUNCH_FILES.spec}`) ?? '{}';
  const spec: Spec = JSON.parse(text);
  const { attempt, env } = spec;
  const task = env['ROLLCALL_TASK'] ?? '';
  const talk = talkOf(spec);
  const agent: Process = { type: 'agent', attempt, task, run: parentOf(folder), parent: pid, hungUp, talk };
  const { world: started, pid: child } = withProcess(world, agent);
  const next = withProcessAs(started, pid, { ...launcher, stage: 'started', child });
  const { conversation = null, resumes = false } = talk ?? {};
  return { ...next, starts: [...next.starts, { attempt, task, conversation, resumes }] };
}

/** What its command line and environment say of its conversation. */
function talkOf({ argv = [], env, cwd }: Spec): Extract<Process, { type: 'agent' }>['talk'] {
  const userHome = env['HOME'];
  const home = env['CLAUDE_CONFIG_DIR'] ?? (userHome === undefined ? undefined : `${userHome}/.claude`);
  const resumes = argv.includes('--resume');
  const conversation = argv[argv.indexOf(resumes ? '--resume' : '--session-id') + 1];
  if (home === undefined || conversation === undefined || !/^[0-9a-f-]{36}$/.test(conversation)) return null;
  return { home, conversation, cwd, resumes, prompt: argv.at(-1) ?? '' };
}

function noteAgent(world: World, pid: number, launcher: Launcher): World {
  const { folder, child } = launcher;
  const note = child === null ? '' : JSON.stringify({ pid: child, start: startOf(child), at: world.now });
  const running = withProcessAs(world, pid, { ...launcher, stage: 'running' });
  return withFile(running, `${folder}/${LAUNCH_FILES.agent}`, note);
}

function withExit(world: World, { folder, hungUp }: Launcher): World {
  const exit = { code: hungUp ? null : 0, signal: hungUp ? 'SIGTERM' : null, at: world.now };
  return withFile(world, `${folder}/${LAUNCH_FILES.exit}`, JSON.stringify(exit));
}

/** What a signal does: an agent ends in its own time after SIGTERM, at once after SIGKILL. */
export function endedBy(world: World, pid: number, signal: 'SIGTERM' | 'SIGKILL'): World {
  return signal === 'SIGTERM' ? hangUp(world, pid) : ended(world, pid, 137);
}
