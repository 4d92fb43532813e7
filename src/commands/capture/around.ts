import { agentProfile } from '../../agents/agent-profile.ts';
import { builtinProfile } from '../../agents/builtin-profile.ts';
import type { Profile } from '../../agents/profile.ts';
import { BUILTIN_AGENTS } from '../../model/agents.ts';
import type { DesiredState, TmuxSocket } from '../../model/desired.ts';
import { EXIT } from '../../model/words.ts';
import type { Context } from '../context.ts';
import { loadFleet, readFleetFile } from '../load-fleet.ts';
import { Stop } from '../stop.ts';

/** Which server a capture is of, and which agents may be in it. */
export interface Around {
  /** Null: there is no desired-state file, and none was named. */
  readonly desired: DesiredState | null;
  readonly socket: TmuxSocket;
  /** Name -> profile: the file's, then the built-in ones that it does not name otherwise. */
  readonly profiles: Readonly<Record<string, Profile>>;
}

/** By the fleet's file; without any, by tmux's own server and the built-in profiles: a screen is worth having all the same. */
export async function aroundOf(context: Context): Promise<Around> {
  const builtin = Object.fromEntries(BUILTIN_AGENTS.map((name) => [name, builtinProfile(name)] as const));
  const reading = await readFleetFile(context);
  const named = context.file !== null || (context.io.env['ROLLCALL_FILE'] ?? '') !== '';
  if (!named && !reading.ok && reading.problems.some(({ code }) => code === 'file-missing'))
    return { desired: null, socket: { type: 'name', name: 'default' }, profiles: builtin };
  const { desired } = await loadFleet(context);
  return { desired, socket: desired.tmux.socket, profiles: { ...builtin, ...profilesOf(desired) } };
}

function profilesOf({ agents }: DesiredState): Readonly<Record<string, Profile>> {
  return Object.fromEntries(
    Object.entries(agents).map(([name, spec]) => {
      const reading = agentProfile(name, spec);
      if (reading.ok) return [name, reading.profile];
      const problems = reading.problems.map(({ path, message }) => `agents.${name}${path}: ${message}`);
      throw new Stop(EXIT.badFile, problems.join('\n'));
    }),
  );
}
