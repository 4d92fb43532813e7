import { realpathSync } from 'node:fs';
import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { TmuxSocket } from '../../model/desired.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** How tmux is told which server: `-L name` or `-S path`. */
export function socketFlags(socket: TmuxSocket): readonly string[] {
  return socket.type === 'name' ? ['-L', socket.name] : ['-S', socket.path];
}

/** Absolute path of the socket, found as tmux 3.3a finds it: `$TMUX_TMPDIR` where it exists, else /tmp. */
export function socketPath(socket: TmuxSocket, env: Environment): string {
  return socket.type === 'path' ? socket.path : join(socketFolder(env), socket.name);
}

/** The folder of named sockets. tmux makes it when asked anything, so a reader looks before it asks. */
export function socketFolder(env: Environment): string {
  const asked = env['TMUX_TMPDIR'] ?? '';
  const base = (isAbsolute(asked) ? real(asked) : null) ?? real('/tmp') ?? '/tmp';
  return join(base, `tmux-${String(userInfo().uid)}`);
}

function real(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
