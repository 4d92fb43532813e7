import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installScriptedAgent } from '../test/scripted-agent/install.ts';

/** The checkout. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** Everything the demo makes, apart from its tmux socket. */
export const FOLDER = join(ROOT, '.demo');
export const SOCKET_NAME = 'rollcall-demo';
const FILE = join(ROOT, 'desired-state.yaml');
/** Where the demo's tasks are dropped; what has become of them is beside it. */
export const INBOX = join(FOLDER, 'work/.agent-queue/inbox');
/** A program `claude` that needs no account: it draws what the real one draws, and does what scenario.json says. */
const PROGRAMS = join(FOLDER, 'bin');
const SCENARIO = join(ROOT, 'demo/scenario.json');

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
    PATH: [PROGRAMS, rest['PATH'] ?? ''].join(delimiter),
  };
}

/** The folders that the fleet is about: two empty account homes, somewhere to work, and an inbox with tasks in it. */
export function makeDemo(): void {
  for (const folder of ['claude-main', 'claude-backup', 'mine', 'work', 'state']) {
    mkdirSync(join(FOLDER, folder), { recursive: true, mode: 0o700 });
  }
  mkdirSync(SOCKET_FOLDER, { recursive: true, mode: 0o700 });
  installProgram();
  cpSync(join(ROOT, 'demo/tasks'), INBOX, { recursive: true });
}

/** The scripted agent with its script: an agent's environment is small and clean, so nothing else would tell it. */
function installProgram(): void {
  const agent = installScriptedAgent(join(FOLDER, 'scripted'));
  const script = ['#!/bin/bash', `export SCRIPTED_AGENT_SCENARIO='${SCENARIO}'`, `exec '${agent}' "$@"`, ''];
  mkdirSync(PROGRAMS, { recursive: true });
  writeFileSync(join(PROGRAMS, 'claude'), script.join('\n'), { mode: 0o755 });
}

/** Removes all that the demo made; its tmux server must have ended. */
export function removeDemo(): void {
  rmSync(FOLDER, { recursive: true, force: true });
  rmSync(SOCKET_FOLDER, { recursive: true, force: true });
}
