import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Step } from '../../demo/recording.ts';
import { installScriptedAgent } from '../../test/scripted-agent/install.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** One line as it was typed and answered. */
export interface Played {
  readonly line: string;
  readonly pause: number;
  /** What the terminal was sent after the line was typed, as it came. */
  readonly output: string;
  /** The screen then, as from `capture-pane -p -e`. */
  readonly screen: string;
}

export interface Stage {
  readonly play: (step: Step) => Promise<Played>;
  /** Ends both servers and removes the home. */
  readonly close: () => void;
}

export const PROMPT = '$ ';
const LONGEST_MS = 60_000;

/** A home with a fleet in it, and a shell in a pane of another tmux server that is recorded. */
export function openStage(root: string, { columns, rows }: Size): Stage {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'rc-')));
  const env = environment(home);
  const raw = join(home, '.recorded');
  furnish(root, home);
  const tmux = (...args: readonly string[]): string =>
    execFileSync('tmux', ['-u', '-S', join(home, '.recorder'), '-f', '/dev/null', ...args], {
      env,
      encoding: 'utf8',
    });
  const size = ['-x', String(columns), '-y', String(rows)];
  const shell = ['env', `PS1=${PROMPT}`, 'bash', '--norc', '--noprofile'];
  tmux('new-session', '-d', '-s', 'stage', ...size, '-c', home, ...shell);
  tmux('set-option', '-g', 'status', 'off');
  // TMUX would send the fleet's own commands to the recorder's server.
  tmux('send-keys', '-t', 'stage', 'unset TMUX; export TERM=xterm-256color; clear', 'Enter');
  tmux('pipe-pane', '-t', 'stage', `cat >'${raw}'`);
  const screen = (): string => tmux('capture-pane', '-p', '-e', '-t', 'stage');
  return {
    play: async ({ line, pause }) => {
      tmux('send-keys', '-t', 'stage', 'C-l');
      await until(() => plain(screen()).trim() === PROMPT.trim());
      const before = statSync(raw).size;
      tmux('send-keys', '-t', 'stage', '-l', line);
      await until(() => plain(screen()).replaceAll('\n', '').includes(line));
      const typed = statSync(raw).size;
      tmux('send-keys', '-t', 'stage', 'Enter');
      await until(
        () => statSync(raw).size > typed && plain(screen()).trimEnd().endsWith(`\n${PROMPT.trim()}`),
      );
      await sleep(300);
      const bytes = readFileSync(raw);
      const output = bytes.subarray(Math.max(before, typed)).toString('utf8');
      // The same at each recording, and nobody's.
      const [told, seen] = [output, screen()].map((text) => text.replaceAll(home, '/home/ann'));
      return { line, pause, output: told ?? '', screen: seen ?? '' };
    },
    close: () => {
      for (const socket of [
        ['-S', join(home, '.recorder')],
        ['-L', 'default'],
      ])
        try {
          execFileSync('tmux', [...socket, 'kill-server'], { env, stdio: 'ignore' });
        } catch {
          // None runs.
        }
      rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

/** Nothing of whoever records: no name, no path, no server. */
function environment(home: string): NodeJS.ProcessEnv {
  const path = process.env['PATH'] ?? '/usr/bin:/bin';
  return {
    HOME: home,
    PATH: `${join(home, '.bin')}:${path}`,
    LANG: 'C.UTF-8',
    USER: 'ann',
    SHELL: '/bin/sh',
    TERM: 'xterm-256color',
    TZ: 'UTC',
    TMUX_TMPDIR: home,
    XDG_STATE_HOME: join(home, '.state'),
  };
}

function furnish(root: string, home: string): void {
  const bin = join(home, '.bin');
  for (const folder of ['garden', 'work/.agent-queue/inbox', '.claude-main', '.claude-backup', '.bin'])
    mkdirSync(join(home, folder), { recursive: true, mode: 0o700 });
  cpSync(join(root, 'demo/recording.yaml'), join(home, 'desired-state.yaml'));
  const agent = installScriptedAgent(join(home, '.agent'));
  const scenario = `export SCRIPTED_AGENT_SCENARIO='${join(root, 'demo/scenario.json')}'`;
  program(join(bin, 'claude'), '/bin/bash', `${scenario}\nexec '${agent}' "$@"`);
  program(
    join(bin, 'rollcall'),
    '/bin/sh',
    `exec '${process.execPath}' '${join(root, 'bin/rollcall.js')}' "$@"`,
  );
}

function program(file: string, shell: string, text: string): void {
  writeFileSync(file, `#!${shell}\n${text}\n`, { mode: 0o755 });
}

function plain(screen: string): string {
  // Colours alone: nothing else is in a capture.
  return screen.replaceAll(new RegExp(`${String.fromCodePoint(27)}\\[[0-9;]*m`, 'g'), '');
}

async function until(look: () => boolean): Promise<void> {
  const end = Date.now() + LONGEST_MS;
  while (!look()) {
    if (Date.now() > end) throw new Error('the recorded shell did not answer in time');
    await sleep(50);
  }
}
