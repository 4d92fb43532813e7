import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostWriter, TmuxListing } from '../../src/model/host.ts';
import { openHost } from '../../src/host/host.ts';

/** A machine of a test's own: a folder, a home and a tmux socket in it. Nothing outside is read or written. */
export interface PrivateMachine {
  readonly folder: string;
  readonly home: string;
  readonly socket: string;
  readonly env: Readonly<Record<string, string>>;
  /** Our host on the private socket. */
  readonly host: HostWriter;
  /** Another host on it, with another environment or timeout. */
  hostWith(options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly timeoutMs?: number;
  }): HostWriter;
  /** What somebody else does at the same server: `tmux ARGS`, its output without the last newline. Throws on failure. */
  tmux(...args: readonly string[]): string;
  /** A shell line under the private environment. Throws on failure. */
  sh(line: string): string;
  /** The server's pid, or null where none runs. */
  serverPid(): number | null;
  /** Ends the server and every process it started, and removes the folder. */
  cleanup(): void;
}

/** A fresh private machine; call `cleanup` when done (`onTestFinished`, `afterEach`). */
export function privateMachine(): PrivateMachine {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-test-'));
  const home = join(folder, 'home');
  mkdirSync(home, { mode: 0o700 });
  const socket = join(folder, 'tmux.sock');
  const env = privateEnvironment(folder, home);
  const open: PrivateMachine['hostWith'] = (options) =>
    openHost({ socket: { type: 'path', path: socket }, env, ...options });
  const tmux = (...args: readonly string[]): string => run('tmux', ['-u', '-S', socket, ...args], env, home);
  const serverPid = (): number | null => pidOf(socket, env);
  return {
    folder,
    home,
    socket,
    env,
    host: open({}),
    hostWith: open,
    tmux,
    sh: (line) => run('sh', ['-c', line], env, home),
    serverPid,
    cleanup: () => {
      endServer(socket, env);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    },
  };
}

/** The one server's listing; throws where there is none. */
export async function listed(host: HostWriter): Promise<TmuxListing> {
  const answer = await host.tmux.list();
  if (answer.type !== 'ok') throw new Error(`no listing: ${JSON.stringify(answer)}`);
  return answer.value;
}

/** A folder with a `tmux` that counts its calls, to be put in front of the PATH. */
export function countingTmux(machine: PrivateMachine): {
  readonly env: Readonly<Record<string, string>>;
  calls(): number;
} {
  const bin = join(machine.folder, 'bin');
  const log = join(machine.folder, 'calls');
  const real = execFileSync('sh', ['-c', 'command -v tmux'], { encoding: 'utf8' }).trim();
  mkdirSync(bin, { recursive: true });
  writeFileSync(log, '');
  writeFileSync(join(bin, 'tmux'), `#!/bin/sh\necho call >>'${log}'\nexec '${real}' "$@"\n`, { mode: 0o755 });
  return {
    env: { ...machine.env, PATH: `${bin}:${machine.env['PATH'] ?? ''}` },
    calls: () => readFileSync(log, 'utf8').split('\n').length - 1,
  };
}

/** Waits until `look` gives something, asking every 20 ms; throws after `ms`. */
export async function until<T>(
  look: () => T | null | false | Promise<T | null | false>,
  ms = 5000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== null && found !== false) return found;
    if (Date.now() > end) throw new Error('it did not come true in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Runs a program beside the test; resolves to its exit code and output whatever they are. */
export function ran(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  return new Promise((resolve) => {
    execFile(file, args, { env }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, out, err });
    });
  });
}

/** Without the tests' own cache of compiled code: for a program that is watched for what it writes. */
export function withoutCache(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { NODE_COMPILE_CACHE: _, ...rest } = env;
  return rest;
}

function privateEnvironment(folder: string, home: string): Readonly<Record<string, string>> {
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: home,
    LC_ALL: 'C.UTF-8',
    SHELL: '/bin/sh',
    TERM: 'xterm-256color',
    TMPDIR: folder,
    TMUX_TMPDIR: folder,
    XDG_STATE_HOME: join(home, '.local/state'),
    NODE_COMPILE_CACHE: COMPILED,
  };
}

/** Half of what a short-lived `rollcall` costs from its sources is to read them; a test starts hundreds. */
const COMPILED = join(import.meta.dirname, '../../node_modules/.cache/compiled');

function run(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): string {
  return execFileSync(file, args, { env, cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).replace(
    /\n$/,
    '',
  );
}

function pidOf(socket: string, env: Readonly<Record<string, string>>): number | null {
  try {
    return Number(run('tmux', ['-N', '-S', socket, 'display-message', '-p', '#{pid}'], env, '/'));
  } catch {
    return null;
  }
}

/** Also ends programs that ignore the hang-up. The server may go by itself at any moment. */
function endServer(socket: string, env: Readonly<Record<string, string>>): void {
  const quietly = (...args: readonly string[]): string => {
    try {
      return run('tmux', ['-N', '-S', socket, ...args], env, '/');
    } catch {
      return '';
    }
  };
  const panes = quietly('list-panes', '-a', '-F', '#{pane_pid}').split('\n');
  quietly('kill-server');
  for (const pane of panes) end(Number(pane));
}

function end(pid: number): void {
  try {
    if (pid > 1) process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}
