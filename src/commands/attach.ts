import { openReader } from '../host/host.ts';
import { socketFlags } from '../host/tmux/socket.ts';
import { EXIT } from '../model/words.ts';
import { findSession } from './find-session.ts';
import { loadFleet } from './load-fleet.ts';
import { Stop } from './stop.ts';
import type { Verb } from './verb.ts';

/** `attach SESSION`: `tmux attach` to exactly that session of the fleet's server. Ends as tmux does: 0, or 1. */
export const run: Verb = async ({ io, ...rest }, { args: [name = ''] }) => {
  const { desired } = await loadFleet({ io, ...rest });
  const { tmux } = openReader({ socket: desired.tmux.socket, env: io.env });
  await findSession(tmux, name);
  const flags = socketFlags(desired.tmux.socket);
  const inside = io.env['TMUX'] ?? '';
  if (inside !== '') throw new Stop(EXIT.refused, insideText(inside, tmux.socket, name));
  // `=`: exactly this name; tmux would otherwise take the first that begins with it.
  const code = await io.runOnTerminal('tmux', ['-u', ...flags, 'attach-session', '-t', `=${name}`]);
  return code === 0 ? EXIT.done : EXIT.failed;
};

function insideText(inside: string, socket: string, name: string): string {
  const [there = ''] = inside.split(',');
  return there === socket
    ? `you are inside this tmux server already: \`tmux switch-client -t '=${name}'\` goes there`
    : `you are inside another tmux (${there}); detach from it first, or sessions would be nested`;
}
