import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../src/cli/main.ts';
import type { Io } from '../../src/commands/io.ts';
import type { ExitCode } from '../../src/model/words.ts';

/** What one call printed, and how it ended. */
export interface Ran {
  readonly exit: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** A home, a folder to work in and a tmux socket of the test's own. */
export interface Rig {
  readonly home: string;
  readonly socket: string;
  readonly file: string;
  readonly state: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs the command line in this process. */
  readonly run: (argv: readonly string[], io?: Partial<Io>) => Promise<Ran>;
  /** Writes the desired-state file: the head every file needs, and `body`. */
  readonly declare: (body: string) => void;
  readonly tmux: (...args: readonly string[]) => string;
  readonly close: () => void;
}

export function openRig(): Rig {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'rollcall-cli-')));
  const socket = join(home, 's');
  const file = join(home, 'desired-state.yaml');
  const env = {
    HOME: home,
    PATH: process.env['PATH'] ?? '',
    LANG: 'C.UTF-8',
    USER: 'ann',
    SHELL: '/bin/sh',
    XDG_STATE_HOME: join(home, 'state'),
    XDG_RUNTIME_DIR: join(home, 'run'),
  };
  mkdirSync(join(home, 'work'));
  const tmux = (...args: readonly string[]): string =>
    execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], {
      env,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  return {
    home,
    socket,
    file,
    state: join(home, 'state', 'rollcall', 'test'),
    env,
    run: (argv, io = {}) => runMain(argv, { ...plainIo(home, env), ...io }),
    declare: (body) => {
      writeFileSync(
        file,
        `apiVersion: rollcall/v1\nkind: Fleet\nname: test\ntmux: { socket: ${socket} }\n${body}`,
      );
    },
    tmux,
    close: () => {
      try {
        tmux('kill-server');
      } catch {
        // None was running.
      }
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Not a terminal, nobody to ask, never interrupted. */
function plainIo(cwd: string, env: Readonly<Record<string, string>>): Io {
  const never = new AbortController().signal;
  const nowhere = { write: () => undefined, isTTY: false, columns: null };
  return {
    stdout: nowhere,
    stderr: nowhere,
    env,
    cwd,
    now: () => Date.now(),
    ask: null,
    interruption: () => never,
    onHangup: () => undefined,
    gone: never,
    runOnTerminal: async () => 0,
  };
}

async function runMain(argv: readonly string[], io: Io): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const exit = await main(argv, {
    ...io,
    stdout: { ...io.stdout, write: (text) => out.push(text) },
    stderr: { ...io.stderr, write: (text) => err.push(text) },
  });
  return { exit, out: out.join(''), err: err.join('') };
}
