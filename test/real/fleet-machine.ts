import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type PrivateMachine, privateMachine } from '../support/tmux.ts';
import { type Product, product } from './product.ts';

/** The file's name in a test's folder, and the program under test. */
export const BIN = fileURLToPath(new URL('../../bin/rollcall.js', import.meta.url));
export const FLEET = 'real';
export { HEAVY } from '../support/heavy.ts';

/** A machine of a test's own with a desired-state file on it, and the product to keep it. */
export interface FleetMachine extends Product {
  readonly machine: PrivateMachine;
  readonly home: string;
  readonly file: string;
  readonly stateDir: string;
  /** Puts a fleet in the file, in one step as an editor does. */
  write(yaml: string): void;
  /** `rollcall ARGS`, as a process of its own, to its end. */
  cli(...args: readonly string[]): Promise<Ended>;
  /** Another program on this machine, left running. */
  run(program: string, ...args: readonly string[]): Running;
  /** `rollcall ARGS`, left running. Ended by `cleanup` at the latest. */
  start(...args: readonly string[]): Running;
  /** The journal, oldest first. */
  events(): readonly { readonly type: string; readonly target: string; readonly message: string }[];
  cleanup(): Promise<void>;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** What it has printed so far. */
  out(): string;
  err(): string;
  kill(signal: NodeJS.Signals): void;
}

/** A fresh machine whose file declares `yaml`, where `SOCKET` stands for its private tmux socket and `HOMEDIR` for its home. */
export function fleetMachine(
  yaml: string,
  furnish: (machine: PrivateMachine) => Readonly<Record<string, string>> = () => ({}),
): FleetMachine {
  const machine = privateMachine();
  const { home } = machine;
  // What a test adds to the machine first, and the environment that this needs.
  const env = { ...machine.env, ...furnish(machine) };
  const file = join(home, 'desired-state.yaml');
  const stateDir = join(home, '.local/state/rollcall', FLEET);
  const running: ChildProcess[] = [];
  const write = (text: string): void => {
    writeFileSync(`${file}.new`, text.replaceAll('SOCKET', machine.socket).replaceAll('HOMEDIR', home));
    renameSync(`${file}.new`, file);
  };
  const spawned = (program: string, args: readonly string[]): Running => {
    const child = spawn(program, args, { env, cwd: home, stdio: ['ignore', 'pipe', 'pipe'] });
    running.push(child);
    return follow(child);
  };
  const start = (...args: readonly string[]): Running =>
    spawned(process.execPath, [BIN, '-f', file, ...args]);
  mkdirSync(join(home, 'work'), { recursive: true });
  writeFileSync(join(home, '.tmux.conf'), OPERATORS_CONF);
  write(yaml);
  return {
    ...product(file, home, env),
    machine,
    home,
    file,
    stateDir,
    write,
    cli: (...args) => start(...args).ended,
    run: (program, ...args) => spawned(program, args),
    start,
    events: () =>
      readdirSync(stateDir).includes('events.jsonl')
        ? readFileSync(join(stateDir, 'events.jsonl'), 'utf8')
            .split('\n')
            .filter((line) => line !== '')
            .map((line) => JSON.parse(line))
        : [],
    cleanup: async () => {
      for (const child of running) child.kill('SIGKILL');
      await Promise.all(running.map(exited));
      machine.cleanup();
    },
  };
}

/** What an operator may have: nothing of it may make a difference, or be changed. */
const OPERATORS_CONF = [
  'set -g base-index 1',
  'setw -g pane-base-index 1',
  'set -g automatic-rename off',
  'set -g status off',
  'set -g @theme "#(touch $HOME/theme-ran)"',
  'bind-key R display-message "the operator\'s own"',
  '',
].join('\n');

function follow(child: ChildProcess): Running {
  let out = '';
  let err = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, out, err }));
  });
  return {
    pid: child.pid ?? -1,
    ended,
    out: () => out,
    err: () => err,
    kill: (signal) => child.kill(signal),
  };
}

function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}
