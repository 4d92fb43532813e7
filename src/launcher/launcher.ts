/**
 * The program in a pane that has a task, `node launcher.ts LAUNCH_DIR`: takes the spec in that folder, starts what it
 * says as its only child, and writes down who that was and how it ended. Nothing of ours is imported: it is started
 * for each task, and has to be quick.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, constants, fsyncSync, ftruncateSync, openSync } from 'node:fs';
import { readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { constants as os } from 'node:os';
import { join } from 'node:path';

/** The folder's files, as `LAUNCH_FILES` in model/ names them. */
const FILES = { spec: 'spec.json', taken: 'spec.taken', agent: 'agent.json', exit: 'exit.json' } as const;

/** Nothing to start: it was taken already, or taken back. */
const NOTHING = 75;
const UNSTARTABLE = 127;

/** How long the agent has from SIGTERM to SIGKILL, milliseconds. */
const GRACE_MS = 5000;

launch(process.argv[2] ?? '.');

function launch(folder: string): void {
  let child: ChildProcess | null = null;
  // First of all: from the moment the spec is taken, a hang-up must reach the agent and not end us before it. What
  // arrives before the agent runs is handled once it does, for all until then is synchronous.
  for (const signal of ['SIGHUP', 'SIGTERM'] as const) process.on(signal, () => child && end(child));
  // Keys of the terminal are meant for the agent, which is in the same foreground group and gets them by itself.
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGTSTP'] as const) process.on(signal, () => undefined);
  take(folder);
  try {
    child = start(folder, specOf(taken(folder)));
  } catch (error) {
    failed(folder, error);
  }
}

/** Whoever renames the spec first decides. */
function take(folder: string): void {
  try {
    renameSync(join(folder, FILES.spec), join(folder, FILES.taken));
  } catch (error) {
    leave(NOTHING, `nothing to start here: ${messageOf(error)}`);
  }
}

/** The text of the spec that we took. It may hold secrets, so nothing of it stays. */
function taken(folder: string): string {
  const fd = openSync(join(folder, FILES.taken), constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    const text = readFileSync(fd, 'utf8');
    ftruncateSync(fd);
    // Before the start: after a power cut nobody may find a spec that waits where an agent ran.
    syncFolder(folder);
    return text;
  } finally {
    closeSync(fd);
  }
}

interface Spec {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** What is needed of the spec's text. Throws where it is not one. */
function specOf(text: string): Spec {
  const spec: unknown = JSON.parse(text);
  if (!isSpec(spec)) throw new Error('its spec is not whole');
  return spec;
}

function isSpec(value: unknown): value is Spec {
  if (typeof value !== 'object' || value === null) return false;
  const { argv, env, cwd }: Record<string, unknown> = { ...value };
  return Array.isArray(argv) && argv.length > 0 && typeof env === 'object' && typeof cwd === 'string';
}

function start(folder: string, { argv: [program, ...args], env, cwd }: Spec): ChildProcess {
  const child = spawn(program, args, { cwd, env: { ...terminal(), ...env }, stdio: 'inherit' });
  const { pid } = child;
  if (pid === undefined) {
    child.once('error', (error) => failed(folder, error));
    return child;
  }
  note(folder, FILES.agent, () => ({ pid, start: startOf(pid), at: Date.now() }));
  child.on('error', (error) => say(error.message));
  child.once('exit', (code, signal) => ended(folder, code, signal));
  return child;
}

/** What the pane knows about itself and the spec cannot. */
function terminal(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ['TERM', 'COLORTERM'].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Field 22 of /proc/PID/stat; it has not been reaped yet, so the file is there. */
function startOf(pid: number): string {
  const text = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function end(child: ChildProcess): void {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
}

function ended(folder: string, code: number | null, signal: NodeJS.Signals | null): never {
  note(folder, FILES.exit, () => ({ code, signal, at: Date.now() }));
  process.exit(signal === null ? (code ?? UNSTARTABLE) : 128 + os.signals[signal]);
}

function failed(folder: string, error: unknown): never {
  note(folder, FILES.exit, () => ({ code: UNSTARTABLE, signal: null, at: Date.now() }));
  return leave(UNSTARTABLE, `the agent could not be started: ${messageOf(error)}`);
}

/** Whole or not at all, mode 0600. Where that fails the agent goes on: it can still be found by its environment. */
function note(folder: string, name: string, value: () => object): void {
  const next = join(folder, `.${name}.tmp`);
  try {
    writeFileSync(next, `${JSON.stringify(value())}\n`, { mode: 0o600 });
    renameSync(next, join(folder, name));
  } catch (error) {
    say(`${name} could not be written: ${messageOf(error)}`);
  }
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  fsyncSync(fd);
  closeSync(fd);
}

function leave(code: number, why: string): never {
  say(why);
  process.exit(code);
}

/** A line on the pane, which may have been hung up. Not its first: tmux scrolls by one to say that the pane is dead. */
function say(text: string): void {
  try {
    writeSync(2, `\nrollcall: ${text}\n`);
  } catch {
    // nobody is there to read it
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
