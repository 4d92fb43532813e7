import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Environment } from './tmux/socket.ts';

export interface FleetPaths {
  /** What must outlive a restart: lock, memory, journal, suspensions, the last good file. */
  readonly state: string;
  /** What need not: sockets and signals. */
  readonly runtime: string;
}

/** Where the fleet of that name keeps its own files (SPEC §8). Only names paths; makes none. */
export function fleetPaths(name: string, env: Environment): FleetPaths {
  // The name becomes part of a path; the file's own check comes first, this is the second line.
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) throw new TypeError(`not a fleet name: ${JSON.stringify(name)}`);
  const states = absolute(env['XDG_STATE_HOME']) ?? join(homeFolder(env), '.local', 'state');
  const state = join(states, 'rollcall', name);
  const runtimes = absolute(env['XDG_RUNTIME_DIR']);
  return { state, runtime: runtimes === null ? join(state, 'run') : join(runtimes, 'rollcall', name) };
}

/** `$HOME`; what the system says only where the environment has none. */
export function homeFolder(env: Environment): string {
  return absolute(env['HOME']) ?? homedir();
}

/** A relative path in these variables is to be ignored (XDG base directories). */
function absolute(path: string | undefined): string | null {
  return path !== undefined && isAbsolute(path) ? path : null;
}
