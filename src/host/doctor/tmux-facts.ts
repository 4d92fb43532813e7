import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { TmuxAnswer } from '../../model/host.ts';
import { tmuxEnvironment } from '../tmux/environment.ts';
import { saysNoServer } from '../tmux/reader.ts';
import { runTmux } from '../tmux/run.ts';
import { socketFlags, socketFolder } from '../tmux/socket.ts';
import type { TmuxOptions } from '../tmux/client.ts';

/** The server's and the global session options as `show-options` prints them; starts no server, changes nothing. */
export async function tmuxOptions(
  options: TmuxOptions,
): Promise<TmuxAnswer<Readonly<Record<string, string>>>> {
  const { socket, env, timeoutMs = 5000 } = options;
  // tmux would make the folder of named sockets.
  if (socket.type === 'name' && !existsSync(socketFolder(env))) return { type: 'no-server' };
  const args = ['-u', ...socketFlags(socket), '-N', 'source-file', '-'];
  const input = 'show-options -s\nshow-options -g\n';
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
