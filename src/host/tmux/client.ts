import type { TmuxSocket } from '../../model/desired.ts';
import type { TmuxReader, TmuxWriter } from '../../model/host.ts';
import { tmuxEnvironment } from './environment.ts';
import { tmuxReader } from './reader.ts';
import type { RunOptions } from './run.ts';
import { type Environment, socketFlags, socketFolder, socketPath } from './socket.ts';
import { tmuxWriter } from './writer.ts';

/** Everything one tmux invocation needs to know. */
export interface TmuxClient extends RunOptions {
  /** `-u`, and which server. */
  readonly flags: readonly string[];
  /** Absolute path of the socket. */
  readonly socket: string;
  /** The folder tmux would make by itself for a named socket; null for a socket by path. */
  readonly folder: string | null;
}

/** The tmux server behind a socket. `timeoutMs` is for each invocation (5000). */
export function openTmux(options: {
  readonly socket: TmuxSocket;
  readonly env: Environment;
  readonly timeoutMs?: number;
}): TmuxReader & TmuxWriter {
  const { socket, env } = options;
  const client: TmuxClient = {
    flags: ['-u', ...socketFlags(socket)],
    socket: socketPath(socket, env),
    folder: socket.type === 'name' ? socketFolder(env) : null,
    env: tmuxEnvironment(env),
    timeoutMs: options.timeoutMs ?? 5000,
  };
  return { ...tmuxReader(client), ...tmuxWriter(client) };
}
