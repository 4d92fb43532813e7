import { fileReader } from '../host/files.ts';
import { homeFolder } from '../host/paths.ts';
import { readLoopInfo } from '../host/state/loop-info.ts';
import type { DesiredState } from '../model/desired.ts';
import { EXIT } from '../model/words.ts';
import { type Context, say } from './context.ts';
import { Stop } from './stop.ts';
import type { TaskPlace } from './task-found.ts';

/** The inboxes of the fleet, to look at only. */
export function taskPlace({ io }: Context, desired: DesiredState): TaskPlace {
  return { files: fileReader, desired, home: homeFolder(io.env), now: io.now() };
}

/** The inboxes meant: the one named, or all. Ends with 4 where there is none of that name. */
export function inboxesMeant(desired: DesiredState, named: string | null): readonly string[] {
  const all = Object.keys(desired.inboxes);
  if (named === null) return all;
  if (all.includes(named)) return [named];
  throw new Stop(
    EXIT.noSuchThing,
    `there is no inbox ${named} in fleet ${desired.name}${all.length === 0 ? '' : `; there are ${all.join(', ')}`}`,
  );
}

/** Tells on stderr that nobody acts on what was just left, where no loop runs. */
export function tellWithoutLoop(context: Context, stateDir: string, what: string): void {
  if (readLoopInfo(stateDir).running) return;
  say(context, `rollcall: no loop runs here; ${what} by the next \`rollcall run\` or \`rollcall apply\``);
}
