import { fileWriter } from '../host/files.ts';
import type { DesiredState } from '../model/desired.ts';
import type { TaskState } from '../model/task-view.ts';
import { EXIT, type ExitCode } from '../model/words.ts';
import type { Context } from './context.ts';
import { Stop } from './stop.ts';
import type { FoundTask } from './task-found.ts';
import type { TaskRef } from './task-name.ts';
import { taskPlace } from './task-place.ts';
import { findTask } from './task-ref.ts';

/**
 * Acts on the task of that name in one of these states, and looks again where somebody else moved it meanwhile: what
 * happened to it is then what the verb ends with.
 */
export async function withTask(
  context: Context,
  desired: DesiredState,
  ref: TaskRef,
  states: readonly TaskState[],
  act: (found: FoundTask) => Promise<ExitCode | 'moved'>,
): Promise<ExitCode> {
  for (let look = 0; look < LOOKS; look += 1) {
    const exit = await act(await findTask(taskPlace(context, desired), ref, states));
    if (exit !== 'moved') return exit;
  }
  throw new Stop(EXIT.failed, `${ref.text} changes while it is looked at; try again`);
}

const LOOKS = 5;

/**
 * Renames a task's file to the first of these places where nothing stands, and gives that; null where the file was
 * moved or changed meanwhile. Ends with 5 where all are taken, 1 where it cannot be done.
 */
export async function moveTask(
  { view, identity }: FoundTask,
  places: readonly string[],
): Promise<string | null> {
  for (const to of places) {
    const answer = await fileWriter.move(view.path, to, identity);
    if (answer.type === 'ok') return to;
    if (answer.code === 'ENOENT' || answer.code === 'ESTALE') return null;
    if (answer.code !== 'EEXIST') throw new Stop(EXIT.failed, `cannot move ${view.path}: ${answer.text}`);
  }
  throw new Stop(EXIT.refused, `${places.join(' and ')} stands there already; nothing was moved`);
}
