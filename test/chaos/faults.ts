import { spawn } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from '../real/fleet-machine.ts';
import { until } from '../support/tmux.ts';
import type { SwapFleet } from '../swaps/swap-fleet.ts';
import { liveAgents } from '../tasks/agents.ts';
import { fill } from './small-disk.ts';

/** A fleet whose loop stands still at an effect. */
export interface Stage {
  readonly fleet: SwapFleet;
  readonly loop: Running;
  /** Lets the loop go on. */
  readonly go: () => void;
}

/** What was done: how it is undone after a while; `nothing`: there was nothing yet, or any more, to do it to. */
export type Struck = 'nothing' | (() => unknown);

export interface Fault {
  /** Does it while the loop stands still, or lets it go on and does it as soon as there is something to hurt. */
  readonly strike: (stage: Stage) => Promise<Struck> | Struck;
  /** It may end an agent, so that its task is `failed` and not `done`. */
  readonly interrupts?: boolean;
  /** It ends the loop: another one is started. */
  readonly endsLoop?: boolean;
  /** What is there in the end need not be as without it: sessions were made again, links stand elsewhere. */
  readonly remakes?: boolean;
  /** The loop and all it starts have no power over the modes of files, also where it runs as root. */
  readonly powerless?: boolean;
  /** Needs small disks of its own. */
  readonly smallDisks?: boolean;
}

/** So long a stopped server, a full disk or the like lasts, milliseconds. */
const LASTS_MS = 1200;
/** A session or an agent that is to be hurt is waited for. */
const SOON_MS = 15_000;

export const FAULTS = {
  'kill -9 loop': {
    endsLoop: true,
    strike: async ({ loop }) => {
      loop.kill('SIGKILL');
      await loop.ended;
      return () => undefined;
    },
  },
  'kill -9 server': {
    interrupts: true,
    remakes: true,
    strike: ({ fleet }) => {
      const pid = fleet.machine.serverPid();
      if (pid === null) return 'nothing';
      process.kill(pid, 'SIGKILL');
      return () => undefined;
    },
  },
  'SIGSTOP server': {
    strike: ({ fleet, go }) => {
      const pid = fleet.machine.serverPid();
      if (pid === null) return 'nothing';
      process.kill(pid, 'SIGSTOP');
      go();
      return () => signal(pid, 'SIGCONT');
    },
  },
  'SIGSTOP agent': {
    strike: async ({ fleet, go }) => {
      go();
      const pid = await soon(() => liveAgents(fleet.home)[0]?.pid ?? null, fleet);
      if (pid === null || !signal(pid, 'SIGSTOP')) return 'nothing';
      return () => signal(pid, 'SIGCONT');
    },
  },
  'kill -9 agent': {
    interrupts: true,
    strike: async ({ fleet, go }) => {
      go();
      const pid = await soon(() => liveAgents(fleet.home)[0]?.pid ?? null, fleet);
      return pid !== null && signal(pid, 'SIGKILL') ? () => undefined : 'nothing';
    },
  },
  'full disk': {
    smallDisks: true,
    strike: ({ fleet, go }) => {
      const empty = fill(fleet.home);
      go();
      return empty;
    },
  },
  EACCES: {
    powerless: true,
    strike: ({ fleet, go }) => {
      const folders = [
        fleet.stateDir,
        join(fleet.work, '.agent-queue'),
        fleet.inbox,
        join(fleet.home, 'run'),
      ].filter((path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined);
      for (const path of folders) chmodSync(path, 0o500);
      go();
      return () => {
        for (const path of folders) chmodSync(path, 0o700);
      };
    },
  },
  'session renamed': {
    remakes: true,
    strike: async ({ fleet, go }) => {
      const id = await poolSession(fleet, go);
      if (id === null) return 'nothing';
      fleet.machine.tmux('rename-session', '-t', id, 'mine');
      return () => undefined;
    },
  },
  'attached and scrolled': {
    strike: async ({ fleet, go }) => {
      const id = await poolSession(fleet, go);
      if (id === null) return 'nothing';
      const client = attached(fleet, id);
      await until(() => fleet.machine.tmux('list-clients', '-t', id) !== '').catch(() => undefined);
      fleet.machine.tmux('copy-mode', '-t', `${id}:`);
      go();
      return async () => {
        client.kill('SIGKILL');
        await until(() => fleet.machine.tmux('list-clients') === '').catch(() => undefined);
        tries(fleet, 'send-keys', '-X', '-t', `${id}:`, 'cancel');
      };
    },
  },
  'pane split': {
    strike: async ({ fleet, go }) => {
      const id = await poolSession(fleet, go);
      if (id === null) return 'nothing';
      const pane = fleet.machine.tmux(
        'split-window',
        '-d',
        '-P',
        '-F',
        '#{pane_id}',
        '-t',
        `${id}:`,
        'sleep',
        '4000',
      );
      go();
      return () => tries(fleet, 'kill-pane', '-t', pane);
    },
  },
  'link replaced': {
    strike: ({ fleet, go }) => {
      const path = join(fleet.home, '.claude-backup/projects');
      rmSync(path, { force: true });
      mkdirSync(path);
      writeFileSync(join(path, 'precious'), 'theirs');
      go();
      return () => {
        // An operator who takes the report's advice. What was there must be there still.
        if (readFileSync(join(path, 'precious'), 'utf8') !== 'theirs')
          throw new Error('their file was changed');
        renameSync(path, join(fleet.home, 'moved-away'));
      };
    },
  },
  'second copy': {
    strike: async ({ fleet, loop }) => {
      const { code, err } = await fleet.cli('apply', '--yes', '--once');
      if (code !== 6) throw new Error(`a second copy ended with ${String(code)}: ${err}`);
      if (!err.includes(String(loop.pid))) throw new Error(`a second copy does not say who is first: ${err}`);
      return () => undefined;
    },
  },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS).filter((name): name is FaultName => name in FAULTS);

/** Undoes it after a while. */
export async function undoLater(struck: Exclude<Struck, 'nothing'>): Promise<void> {
  await sleep(LASTS_MS);
  await struck();
}

/** The pool's session, by the id that tmux gave it. */
async function poolSession(fleet: SwapFleet, go: () => void): Promise<string | null> {
  const find = (): string | null => idOf(fleet);
  const now = find();
  if (now !== null) return now;
  go();
  return await soon(find, fleet);
}

function idOf({ machine }: SwapFleet): string | null {
  if (machine.serverPid() === null) return null;
  try {
    const rows = machine.tmux('list-sessions', '-F', '#{session_id} #{session_name}').split('\n');
    return rows.find((row) => row.endsWith(' ccl-auto-11'))?.split(' ')[0] ?? null;
  } catch {
    return null;
  }
}

/** It, once it is there; null where all is over and it never was. */
async function soon<T>(look: () => T | null, fleet: SwapFleet): Promise<T | null> {
  const found = await until(() => {
    const it = look();
    if (it !== null) return { it };
    return fleet.whereIs('a') === 'done' ? { it: null } : null;
  }, SOON_MS).catch(() => ({ it: null }));
  return found.it;
}

/** Somebody at a terminal of their own. */
function attached({ machine }: SwapFleet, id: string) {
  const line = `exec tmux -S '${machine.socket}' attach-session -t '${id}'`;
  return spawn('script', ['-qfc', line, '/dev/null'], {
    env: machine.env,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
}

function tries({ machine }: SwapFleet, ...args: readonly string[]): void {
  try {
    machine.tmux(...args);
  } catch {
    // It has gone.
  }
}

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}
