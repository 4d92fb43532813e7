import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** Everything the demo makes, apart from its tmux socket. */
export const FOLDER = join(ROOT, '.demo');
export const SOCKET_NAME = 'rollcall-demo';
const FILE = join(ROOT, 'desired-state.yaml');

/**
 * The folder of the demo's tmux socket. Not in the checkout: the path of a socket may have 107 bytes at most. One
 * for each checkout, so that two demos never meet.
 */
const SOCKET_FOLDER = join(
  tmpdir(),
  `rollcall-demo-${String(process.getuid?.() ?? 0)}-${createHash('sha256').update(ROOT).digest('hex').slice(0, 8)}`,
);

/** The environment in which the demo's fleet, state and tmux server are found, and nobody else's. */
export function demoEnvironment(): NodeJS.ProcessEnv {
  const { TMUX: _inside, XDG_RUNTIME_DIR: _runtime, ...rest } = process.env;
  return {
    ...rest,
    ROLLCALL_FILE: FILE,
    XDG_STATE_HOME: join(FOLDER, 'state'),
    TMUX_TMPDIR: SOCKET_FOLDER,
  };
}

/** The folders that the fleet is about: two empty account homes, and somewhere to work. */
export function makeDemo(): void {
  for (const folder of ['claude-main', 'claude-backup', 'mine', 'work', 'state']) {
    mkdirSync(join(FOLDER, folder), { recursive: true, mode: 0o700 });
  }
  mkdirSync(SOCKET_FOLDER, { recursive: true, mode: 0o700 });
}

/** Removes all that the demo made; its tmux server must have ended. */
export function removeDemo(): void {
  rmSync(FOLDER, { recursive: true, force: true });
  rmSync(SOCKET_FOLDER, { recursive: true, force: true });
}
