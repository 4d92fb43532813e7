import type { TmuxSocket } from '../../model/desired.ts';
import type { TmuxReader, TmuxWriter } from '../../model/host.ts';
import { tmuxEnvironment } from './environment.ts';
import { startOutside, type StartOutside } from './outside.ts';
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
  /** How to start a server that outlives the service we run in; null: as our own child will do. */
  readonly startOutside: StartOutside | null;
}

export interface TmuxOptions {
  readonly socket: TmuxSocket;
  readonly env: Environment;
  /** For each invocation, milliseconds; 5000. */
  readonly timeoutMs?: number;
}

/** The tmux server behind a socket. */
export function openTmux(options: TmuxOptions): TmuxReader & TmuxWriter {
  const client = clientOf(options);
  return { ...tmuxReader(client), ...tmuxWriter(client) };
}

/** The same server without the power to change it. */
export function openTmuxReader(options: TmuxOptions): TmuxReader {
  return tmuxReader(clientOf(options));
}

/** How to ask and tell the server behind a socket. */
export function clientOf({ socket, env, timeoutMs = 5000 }: TmuxOptions): TmuxClient {
  return {
    flags: ['-u', ...socketFlags(socket)],
    socket: socketPath(socket, env),
    folder: socket.type === 'name' ? socketFolder(env) : null,
    env: tmuxEnvironment(env),
    startOutside: startOutside(env),
    timeoutMs,
  };
}
