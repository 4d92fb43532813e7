import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { userInfo } from 'node:os';
import { findProgram } from '../find-program.ts';
import type { Environment } from './socket.ts';

/** Starts a tmux server outside our own service; null where it came up, else why not. */
export type StartOutside = (server: {
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}) => Promise<string | null>;

/**
 * How to start a server that does not end with the service we run in; null where we run in none, or cannot ask the
 * service manager for another. It gets a service of its own and not a scope: what runs in a scope is forked by us, and
 * every agent would inherit our seccomp filter and NoNewPrivileges.
 */
export function startOutside(env: Environment): StartOutside | null {
  const manager = (env['INVOCATION_ID'] ?? '') === '' ? null : managerOf(env);
  const path = env['PATH'] ?? '';
  const run = findProgram('systemd-run', path);
  const clean = findProgram('env', path);
  const tmux = findProgram('tmux', path);
  if (manager === null || run === null || clean === null || tmux === null) return null;
  return ({ flags, env: serverEnv }) => {
    const unit = `rollcall-tmux-${randomBytes(4).toString('hex')}`;
    const assignments = Object.entries(serverEnv).map(([name, value]) => `${name}=${value}`);
    return runQuietly(
      run,
      [
        manager,
        '--quiet',
        '--collect',
        `--unit=${unit}`,
        '--description=tmux server started by Rollcall',
        '--property=Type=exec',
        // One agent that runs out of memory must not end the others.
        '--property=OOMPolicy=continue',
        // The manager's own environment is none of a session's business.
        '--',
        // `$` means something in a unit's command line.
        ...[clean, '-i', ...assignments, tmux, ...flags, '-D'].map((word) => word.replaceAll('$', '$$$$')),
      ],
      env,
    );
  };
}

/** A user manager of ours, or, for root, the system's. */
function managerOf(env: Environment): '--user' | '--system' | null {
  const runtime = env['XDG_RUNTIME_DIR'] ?? '';
  if (runtime !== '' && existsSync(join(runtime, 'systemd/private'))) return '--user';
  return userInfo().uid === 0 && existsSync('/run/systemd/private') ? '--system' : null;
}

const PATIENCE_MS = 10_000;

function runQuietly(file: string, args: readonly string[], from: Environment): Promise<string | null> {
  const env = Object.fromEntries(
    ['PATH', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'].flatMap((name) => {
      const value = from[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      env,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: PATIENCE_MS,
    });
    let err = '';
    child.stderr.on('data', (part: Buffer) => (err = (err + part.toString()).slice(0, 500)));
    child.on('error', ({ message }) => resolve(`systemd-run could not be started: ${message}`));
    child.on('close', (code, signal) => {
      resolve(code === 0 ? null : `systemd-run ended with ${signal ?? String(code)}: ${err.trim()}`);
    });
  });
}
