import { keepCommands } from '../../src/apply/session.ts';
import { queueFolders } from '../../src/model/queue.ts';
import { stampCommands } from '../../src/model/stamp.ts';
import { withFile, withFolder } from '../sim/machine/files.ts';
import { actOnNewServer } from '../sim/machine/tmux.ts';
import { EMPTY_WORLD, type World } from '../sim/machine/world.ts';

/** Where everything of the one inbox and the one pool lies. */
export const PLACES = {
  cwd: '/w',
  inbox: 'box',
  queue: queueFolders('/q/inbox'),
  runs: '/r',
  fleet: 'home',
  /** Begins the names of the pool's sessions. */
  prefix: 'auto-',
} as const;

/** A task that is tried once, and one that may be tried again. */
export const TASK_TEXT = 'Do it.\n';
export const TASK_TEXT_AGAIN = '---\nretries: 1\n---\nDo it.\n';

/** Free sessions of ours, one that is none of ours, and tasks that have been waiting for a while. */
export function scene({
  sessions,
  tasks,
  text = TASK_TEXT,
}: {
  readonly sessions: number;
  readonly tasks: number;
  readonly text?: string;
}): World {
  const folders = [...Object.values(PLACES.queue), PLACES.runs, PLACES.cwd];
  const files = folders.reduce<World['files']>((all, folder) => withFolder(all, folder), {});
  let world: World = { ...EMPTY_WORLD, files, now: EMPTY_WORLD.now - 3_600_000 };
  [world] = actOnNewServer(world, [{ type: 'new-session', name: 'mine', cwd: '/w', argv: ['sh', '-i'] }]);
  for (let i = 0; i < sessions; i += 1) {
    const name = `${PLACES.prefix}${String(i)}`;
    [world] = actOnNewServer(world, [
      { type: 'new-session', name, cwd: '/w', argv: ['sh', '-c', 'holder'] },
      ...keepCommands({ type: 'created', name }),
      ...stampCommands({ type: 'created', name }, { owner: PLACES.fleet, kind: 'pool', recordsPane: true }),
    ]);
  }
  for (let i = 0; i < tasks; i += 1)
    world = withFile(world, `${PLACES.queue.inbox}/t${String(i)}.md`, text, `task-${String(i)}`);
  return { ...world, now: EMPTY_WORLD.now };
}
