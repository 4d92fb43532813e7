import { readdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { fleetPaths } from '../host/paths.ts';
import { openJournal } from '../host/state/journal.ts';
import { prepareStateDir } from '../host/state/state-dir.ts';
import type { DesiredState } from '../model/desired.ts';
import type { EventType } from '../model/event.ts';
import { EXIT } from '../model/words.ts';
import type { Context } from './context.ts';
import type { Io } from './io.ts';
import { Stop } from './stop.ts';

/** The fleet's own state folder; makes nothing. */
export function stateDir(io: Pick<Io, 'env'>, desired: Pick<DesiredState, 'name'>): string {
  return fleetPaths(desired.name, io.env).state;
}

/** The same, made and checked, for a verb that writes there. */
export function writableStateDir(io: Pick<Io, 'env'>, desired: Pick<DesiredState, 'name'>): string {
  const dir = stateDir(io, desired);
  const problem = prepareStateDir(dir);
  if (problem !== null) {
    const help = problem.help === null ? '' : ` (${problem.help})`;
    throw new Stop(EXIT.failed, `${problem.summary}: ${problem.detail}${help}`);
  }
  return dir;
}

/** Writes down for people what an operator just did. */
export function journalAct(
  { io }: Context,
  desired: Pick<DesiredState, 'name'>,
  act: { readonly type: EventType; readonly target: string; readonly message: string },
): void {
  openJournal({ dir: writableStateDir(io, desired) }).append({
    at: new Date(io.now()).toISOString(),
    severity: 'info',
    ...act,
    fields: { by: operator(io) },
  });
}

/** The state folders of all fleets there are on this machine: to find a fleet whose file cannot say its name. */
export function fleetsStateDirs(io: Pick<Io, 'env'>): readonly string[] {
  const all = dirname(fleetPaths('any', io.env).state);
  try {
    return readdirSync(all).map((name) => join(all, name));
  } catch {
    // None was ever kept here.
    return [];
  }
}

/** Who is at the keyboard. */
export function operator({ env }: Pick<Io, 'env'>): string {
  const named = env['USER'] ?? '';
  if (named !== '') return named;
  try {
    return userInfo().username;
  } catch {
    // No entry in the password file, as in many containers.
    return 'somebody';
  }
}
