import { openHost } from '../host/host.ts';
import { STAMP, unstampCommands } from '../model/stamp.ts';
import { EXIT } from '../model/words.ts';
import { say } from './context.ts';
import { findSession } from './find-session.ts';
import { journalAct } from './fleet-state.ts';
import { loadFleet } from './load-fleet.ts';
import { ownStamp } from './own-stamp.ts';
import { requireApplied } from './require-applied.ts';
import { Stop } from './stop.ts';
import type { Verb } from './verb.ts';

/** `release SESSION`: takes our stamp off. The session runs on, from then on foreign: never touched, never counted. */
export const run: Verb = async (context, { args: [name = ''] }) => {
  const { desired } = await loadFleet(context);
  const host = openHost({ socket: desired.tmux.socket, env: context.io.env });
  const { session, incarnation } = await findSession(host.tmux, name);
  const stamp = await ownStamp(host.tmux, session);
  if (stamp === null) throw new Stop(EXIT.refused, `${name} carries no stamp: it is not ours to release`);
  if (stamp.owner !== desired.name) {
    throw new Stop(EXIT.refused, `${name} belongs to fleet ${stamp.owner}, not to ${desired.name}`);
  }
  if (stamp.work !== null) {
    throw new Stop(
      EXIT.refused,
      `a task runs in ${name}: wait for it, or end it first (rollcall task cancel); rollcall suspend session/${name} keeps Rollcall's hands off meanwhile`,
    );
  }
  const options = { [STAMP.fence]: '' };
  const guard = { incarnation, session: { id: session.id, name, owner: stamp.owner }, pane: null, options };
  requireApplied(await host.tmux.act(guard, unstampCommands(session.id)), name);
  journalAct(context, desired, { type: 'session.released', target: `session/${name}`, message: 'released' });
  say(context, `released ${name}: it runs on, and Rollcall leaves it alone`);
  return EXIT.done;
};
