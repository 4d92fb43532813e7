import { openReader } from '../host/host.ts';
import { socketFlags } from '../host/tmux/socket.ts';
import { EXIT } from '../model/words.ts';
import { safeText } from '../report/safe-text.ts';
import { duration } from '../report/time.ts';
import { say } from './context.ts';
import { findSession } from './find-session.ts';
import { loadFleet } from './load-fleet.ts';
import { Stop } from './stop.ts';
import { type RunningTask, taskIn } from './task-in.ts';
import type { Verb } from './verb.ts';

/**
 * `attach SESSION`: `tmux attach` to exactly that session of the fleet's server, with a word on stderr where a task
 * runs in it. Ends as tmux does: 0, or 1.
 */
export const run: Verb = async ({ io, ...rest }, { args: [name = ''] }) => {
  const { desired } = await loadFleet({ io, ...rest });
  const { tmux, files } = openReader({ socket: desired.tmux.socket, env: io.env });
  const { session } = await findSession(tmux, name);
  const flags = socketFlags(desired.tmux.socket);
  const inside = io.env['TMUX'] ?? '';
  if (inside !== '') throw new Stop(EXIT.refused, insideText(inside, tmux.socket, name));
  const task = await taskIn({ tmux, files }, desired, session.id);
  if (task !== null) say({ io, ...rest }, `rollcall: ${workWords(task, io.now())}`);
  // `=`: exactly this name; tmux would otherwise take the first that begins with it.
  const code = await io.runOnTerminal('tmux', ['-u', ...flags, 'attach-session', '-t', `=${name}`]);
  return code === 0 ? EXIT.done : EXIT.failed;
};

function workWords({ address, since }: RunningTask, now: number): string {
  const how = since === null ? '' : `, for ${duration(now - since)}`;
  const what = address === null ? 'a task' : safeText(address);
  return `${what} runs in this session${how}: what you type reaches its agent (Ctrl-b d leaves)`;
}

function insideText(inside: string, socket: string, name: string): string {
  const [there = ''] = inside.split(',');
  return there === socket
    ? `you are inside this tmux server already: \`tmux switch-client -t '=${name}'\` goes there`
    : `you are inside another tmux (${there}); detach from it first, or sessions would be nested`;
}
