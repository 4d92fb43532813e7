import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { TmuxAnswer } from '../../model/host.ts';
import { tmuxEnvironment } from '../tmux/environment.ts';
import { saysNoServer } from '../tmux/reader.ts';
import { runTmux } from '../tmux/run.ts';
import { socketFlags, socketFolder } from '../tmux/socket.ts';
import type { TmuxOptions } from '../tmux/client.ts';

/** The server's, and the global session and window options as `show-options` prints them; starts no server, changes nothing. */
export async function tmuxOptions(
  options: TmuxOptions,
): Promise<TmuxAnswer<Readonly<Record<string, string>>>> {
  const { socket, env, timeoutMs = 5000 } = options;
  // tmux would make the folder of named sockets.
  if (socket.type === 'name' && !existsSync(socketFolder(env))) return { type: 'no-server' };
  const args = ['-u', ...socketFlags(socket), '-N', 'source-file', '-'];
  const input = 'show-options -s\nshow-options -g\nshow-options -gw\n';
  const ran = await runTmux(args, input, { env: tmuxEnvironment(env), timeoutMs });
  if (ran.type !== 'ended') return ran;
  if (ran.out === '' && saysNoServer(ran.err)) return { type: 'no-server' };
  const pairs = ran.out.split('\n').flatMap((line): [string, string][] => {
    const [, name, value] = /^(\S+) (.*)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
  return { type: 'ok', value: Object.fromEntries(pairs) };
}

/**
 * Of these processes the ones that listen on a socket made at `path`: more than one where the first one's socket was
 * removed and another took its place. Null where the kernel does not tell.
 */
export function listenersAt(path: string, pids: readonly number[]): readonly number[] | null {
  const sockets = listeningInodes(path);
  if (sockets === null) return null;
  const wanted = new Set(sockets.map((inode) => `socket:[${inode}]`));
  return pids.filter((pid) => descriptors(pid).some((each) => wanted.has(each)));
}

/** Bit 16 of the flags: it accepts connections. */
const LISTENING = '00010000';

function listeningInodes(path: string): readonly string[] | null {
  try {
    const lines = readFileSync('/proc/net/unix', 'utf8').split('\n');
    return lines.flatMap((line) => {
      const [, flags, inode, at] = /^\S+ \S+ \S+ (\S+) \S+ \S+ +(\d+) (.*)$/.exec(line) ?? [];
      return flags === LISTENING && at === path && inode !== undefined ? [inode] : [];
    });
  } catch {
    return null;
  }
}

function descriptors(pid: number): readonly string[] {
  const folder = `/proc/${String(pid)}/fd`;
  try {
    return readdirSync(folder).flatMap((name) => {
      try {
        return [readlinkSync(`${folder}/${name}`)];
      } catch {
        // Closed meanwhile.
        return [];
      }
    });
  } catch {
    return [];
  }
}

/** What else the server says of itself: who may use it, and the names of what every session of it inherits. */
export interface TmuxAccess {
  /** Users beside ourselves and root who were let in. */
  readonly others: readonly string[];
  /** Names of its global environment's variables; no value is kept. */
  readonly variables: readonly string[];
}

/** Asks the server behind a socket; null where it does not answer, or is too old to know. Starts none. */
export async function tmuxAccess({ socket, env, timeoutMs = 5000 }: TmuxOptions): Promise<TmuxAccess | null> {
  const args = ['-u', ...socketFlags(socket), '-N', 'source-file', '-'];
  const own = { env: tmuxEnvironment(env), timeoutMs };
  const [access, environment] = await Promise.all([
    runTmux(args, 'server-access -l\n', own),
    runTmux(args, 'show-environment -g\n', own),
  ]);
  if (access.type !== 'ended' || environment.type !== 'ended') return null;
  const names = environment.out.split('\n').flatMap((line) => /^([A-Za-z_]\w*)=/.exec(line)?.[1] ?? []);
  const users = access.out.split('\n').flatMap((line) => /^(\S+) \([RW/]+\)$/.exec(line)?.[1] ?? []);
  const known = new Set(['root', userInfo().username]);
  return { others: users.filter((user) => !known.has(user)), variables: names };
}
