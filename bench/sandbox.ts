import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of the bench's own with a home in it, and the environment that keeps a program inside. */
export interface Sandbox {
  readonly folder: string;
  readonly home: string;
  /** Where tmux listens, for `-S`. */
  readonly socket: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Runs `work` in a new sandbox; afterwards its tmux server is ended and the folder gone. */
export async function inSandbox<T>(work: (sandbox: Sandbox) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));
  const home = join(folder, 'home');
  mkdirSync(home);
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    LC_ALL: 'C.UTF-8',
    SHELL: '/bin/sh',
    TERM: 'xterm',
  };
  const sandbox = { folder, home, socket: join(folder, 's'), env };
  try {
    return await work(sandbox);
  } finally {
    endServer(sandbox);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ends the sandbox's tmux server and waits until its socket answers nobody; fine where none runs. */
export function endServer({ socket, env }: Sandbox): void {
  spawnSync('tmux', ['-S', socket, 'kill-server'], { env, stdio: 'ignore' });
  for (let tries = 0; tries < 100 && answers(socket, env); tries += 1) pause(20);
}

/** How many sessions of the sandbox's server run their program, not a shell that still has to start it. */
export function sessionsRunning({ socket, env }: Sandbox, program: string): number {
  const commands = execFileSync('tmux', ['-S', socket, 'list-panes', '-a', '-F', '#{pane_current_command}'], {
    env,
    encoding: 'utf8',
  });
  return commands.split('\n').filter((command) => command === program).length;
}

function answers(socket: string, env: Readonly<Record<string, string>>): boolean {
  return spawnSync('tmux', ['-S', socket, '-N', 'list-sessions'], { env, stdio: 'ignore' }).status === 0;
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
