import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startOf } from '../../src/host/processes.ts';
import { launcherArgv } from '../../src/launcher/argv.ts';
import { LAUNCH_FILES } from '../../src/model/queue.ts';
import type { LaunchSpec } from '../../src/model/task.ts';
import { type PrivateMachine, privateMachine, ran, until } from '../support/tmux.ts';

let machine: PrivateMachine;
let launch: string;
const strays: number[] = [];
beforeEach(() => {
  machine = privateMachine();
  launch = join(machine.folder, '1');
  mkdirSync(launch, { mode: 0o700 });
});
afterEach(() => {
  for (const pid of strays.splice(0)) endQuietly(pid);
  machine.cleanup();
});

function endQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}

const at = (name: keyof typeof LAUNCH_FILES): string => join(launch, LAUNCH_FILES[name]);
const json = (name: keyof typeof LAUNCH_FILES): unknown => JSON.parse(readFileSync(at(name), 'utf8'));

function writeSpec(argv: readonly string[], over: Partial<LaunchSpec> = {}): void {
  const env = { PATH: process.env['PATH'] ?? '', HOME: machine.home };
  const spec = { attempt: 'a1b2', argv, env, cwd: machine.home, files: {}, preAnswers: [], paste: null };
  writeFileSync(at('spec'), JSON.stringify({ ...spec, ...over }), { mode: 0o600 });
}

/** The launcher beside us, without a terminal. */
function run(): ReturnType<typeof ran> {
  const [node = '', ...args] = launcherArgv(launch);
  return ran(node, args, machine.env);
}

/** The launcher in a pane that keeps its remains. */
function inPane(...before: readonly string[]): void {
  machine.tmux('new-session', '-d', '-s', 'x', '-x', '100', '-y', '20', '--', 'sleep', '1000');
  machine.tmux('set-option', '-w', '-t', 'x:', 'remain-on-exit', 'on');
  machine.tmux('respawn-pane', '-k', '-t', 'x:', '--', ...before, ...launcherArgv(launch));
}

const screen = (): string => machine.tmux('capture-pane', '-p', '-t', 'x:');
const panePid = (): number => Number(machine.tmux('display-message', '-p', '-t', 'x:', '#{pane_pid}'));

/** What the launcher wrote down of its child, once it has. */
async function agent(): Promise<{ readonly pid: number; readonly start: string; readonly at: number }> {
  await until(() => existsSync(at('agent')));
  const found: { pid: number; start: string; at: number } = JSON.parse(readFileSync(at('agent'), 'utf8'));
  strays.push(found.pid);
  return found;
}

const exit = (ms?: number): Promise<unknown> => until(() => existsSync(at('exit')) && json('exit'), ms);
const saying = (text: string): Promise<boolean> => until(() => screen().includes(text));
const sh = (line: string): readonly string[] => ['sh', '-c', line];

describe('the end of the agent', () => {
  test('is written down with its code, which becomes the launcher’s own', async () => {
    writeSpec(sh('exit 7'));
    const before = Date.now();
    expect((await run()).code).toBe(7);
    expect(json('exit')).toEqual({ code: 7, signal: null, at: expect.any(Number) });
    expect((json('exit') as { at: number }).at).toBeGreaterThanOrEqual(before);
  });

  test('is written down with its signal', async () => {
    writeSpec(sh('kill -9 $$'));
    expect((await run()).code).toBe(137);
    expect(json('exit')).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  test('is seen by tmux, too', async () => {
    writeSpec(sh('exit 3'));
    inPane();
    await exit();
    const remains = (): string => machine.tmux('list-panes', '-a', '-F', '#{pane_dead} #{pane_dead_status}');
    // tmux 3.3a loses the status of a third of all dead panes: why the launcher writes it down itself.
    expect(await until(() => remains().startsWith('1') && remains())).toMatch(/^1 3?$/);
  });
});

describe('a launch that was decided already', () => {
  test.each(['taken', 'void'] as const)('starts nothing: the spec is %s', async (state) => {
    writeSpec(sh('touch started'));
    execFileSync('mv', [at('spec'), at(state)]);
    const { code, err } = await run();
    expect(code).toBe(75);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(readdirSync(launch)).toEqual([LAUNCH_FILES[state]]);
    expect(existsSync(join(machine.home, 'started'))).toBe(false);
  });

  test('starts once, however many launchers are at it', async () => {
    writeSpec(sh('echo x >>runs'));
    const codes = await Promise.all(Array.from({ length: 6 }, async () => (await run()).code));
    expect(codes.toSorted((a, b) => a - b)).toEqual([0, 75, 75, 75, 75, 75]);
    expect(readFileSync(join(machine.home, 'runs'), 'utf8')).toBe('x\n');
  });
});

describe('what cannot be started', () => {
  test.each<[string, () => void]>([
    ['a program that is not there', () => writeSpec(['rc-no-such-program'])],
    ['a program that may not be run', () => writeSpec(['/etc/passwd'])],
    ['a folder that is not there', () => writeSpec(sh('exit 0'), { cwd: '/nowhere' })],
    ['a command line that is too long', () => writeSpec(['echo', 'x'.repeat(200_000)])],
    ['no program', () => writeSpec([])],
    ['half a spec', () => writeFileSync(at('spec'), '{"argv":["echo"')],
    ['no spec', () => writeFileSync(at('spec'), 'null')],
  ])('is an end with 127 and a line on the pane: %s', async (_, prepare) => {
    prepare();
    inPane();
    expect(await exit()).toMatchObject({ code: 127, signal: null });
    await saying('could not be started');
    expect(existsSync(at('agent'))).toBe(false);
  });
});

describe('the agent’s process', () => {
  test('is the one that was written down, the only child, in the given folder', async () => {
    writeSpec(['sleep', '1000']);
    inPane();
    const { pid, start, at: since } = await agent();
    expect(startOf(pid)).toBe(start);
    expect(Math.abs(since - Date.now())).toBeLessThan(10_000);
    const children = readFileSync(`/proc/${String(panePid())}/task/${String(panePid())}/children`, 'utf8');
    expect(children.trim()).toBe(String(pid));
    expect(machine.sh(`readlink /proc/${String(pid)}/cwd`)).toBe(machine.home);
    expect(readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8')).toBe(['sleep', '1000', ''].join('\0'));
  });

  test('has the environment of the spec and the terminal’s names, nothing else', async () => {
    const write = 'require("fs").writeFileSync("env", JSON.stringify(process.env))';
    const env = { PATH: '/usr/bin:/bin', ODD: 'a=b\nc; $(d) #{e}', EMPTY: '' };
    writeSpec([process.execPath, '-e', write], { env });
    inPane();
    await exit();
    const found: unknown = JSON.parse(readFileSync(join(machine.home, 'env'), 'utf8'));
    const term = machine.tmux('show-options', '-gv', 'default-terminal');
    expect(found).toEqual({ ...env, TERM: term });
  });

  test('has no open file but the terminal', async () => {
    writeSpec(sh('for f in /proc/$$/fd/*; do echo "$(readlink $f)"; done | sort -u >fds'));
    inPane('sh', '-c', 'exec 5</etc/passwd 6<>/etc/group 7>other; exec "$@"', 'sh');
    await exit();
    const files = readFileSync(join(machine.home, 'fds'), 'utf8').trim().split('\n');
    expect(files).toEqual([expect.stringMatching(/^\/dev\/pts\/\d+$/)]);
  });

  test('has the terminal, raw where it wants it so, byte by byte', async () => {
    writeSpec(sh('stty raw -echo; printf ready; dd bs=1 count=3 2>/dev/null | od -An -tx1 >keys; stty sane'));
    inPane();
    await saying('ready');
    machine.tmux('send-keys', '-t', 'x:', 'C-c', 'a', 'C-z');
    expect(await exit()).toMatchObject({ code: 0 });
    expect(readFileSync(join(machine.home, 'keys'), 'utf8').trim()).toBe('03 61 1a');
  });

  test('is reached by the keys of the terminal, its launcher is not', async () => {
    writeSpec(
      sh('trap "echo got-int" INT; trap "echo got-quit" QUIT; echo ready; while :; do sleep 0.1; done'),
    );
    inPane();
    await saying('ready');
    const launcher = panePid();
    for (const [key, said] of [
      ['C-c', 'got-int'],
      ['C-\\', 'got-quit'],
    ] as const) {
      machine.tmux('send-keys', '-t', 'x:', key);
      await saying(said);
    }
    expect(panePid()).toBe(launcher);
    expect(existsSync(at('exit'))).toBe(false);
  });

  test('goes on beside a launcher that nobody can put to sleep', async () => {
    writeSpec(['sleep', '1000']);
    const [node = '', ...args] = launcherArgv(launch);
    const launcher = spawn(node, args, { env: machine.env, stdio: 'ignore' });
    const { pid } = await agent();
    launcher.kill('SIGTSTP');
    await new Promise((resolve) => setTimeout(resolve, 100));
    process.kill(pid, 'SIGTERM');
    expect(await exit()).toMatchObject({ signal: 'SIGTERM' });
  });

  test('ends as it likes where keys end it', async () => {
    writeSpec(['sleep', '1000']);
    inPane();
    await agent();
    machine.tmux('send-keys', '-t', 'x:', 'C-c');
    expect(await exit()).toMatchObject({ code: null, signal: 'SIGINT' });
  });
});

describe('a launcher that is to end', () => {
  test('ends its agent in good order where the session is killed', async () => {
    writeSpec(sh('trap "exit 9" TERM; while :; do sleep 0.05; done'));
    inPane();
    const { pid } = await agent();
    machine.tmux('kill-session', '-t', '=x');
    expect(await exit()).toMatchObject({ code: 9, signal: null });
    expect(startOf(pid)).toBeNull();
  });

  test('ends an agent that is immune to the hang-up after five seconds', async () => {
    writeSpec(sh('trap "" HUP TERM; while :; do sleep 0.05; done'));
    inPane();
    const { pid, start } = await agent();
    const launcher = panePid();
    await new Promise((resolve) => setTimeout(resolve, 200));
    machine.tmux('kill-server');
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(startOf(pid)).toBe(start);
    expect(await exit(6000)).toMatchObject({ code: null, signal: 'SIGKILL' });
    await until(() => startOf(launcher) === null);
    expect(startOf(pid)).toBeNull();
  }, 15_000);

  test('leaves behind what was written down where it is killed itself', async () => {
    writeSpec(sh('trap "" HUP; exec sleep 1000'));
    inPane();
    const { pid, start } = await agent();
    await until(() => readFileSync(`/proc/${String(pid)}/comm`, 'utf8') === 'sleep\n');
    process.kill(panePid(), 'SIGKILL');
    await until(() => machine.tmux('list-panes', '-a', '-F', '#{pane_dead}') === '1');
    expect(startOf(pid)).toBe(start);
    expect(existsSync(at('exit'))).toBe(false);
  });
});

test('no secret of the spec stays, and nobody else may read what is written', async () => {
  writeSpec(sh('exit 0'), { env: { PATH: '/usr/bin:/bin', TOKEN: 'rc-secret-5' } });
  const { folder } = machine;
  await ran('sh', ['-c', `umask 0; exec ${launcherArgv(launch).join(' ')}`], machine.env);
  expect(readdirSync(launch).toSorted()).toEqual(['agent.json', 'exit.json', 'spec.taken']);
  for (const name of readdirSync(launch)) expect(statSync(join(launch, name)).mode & 0o777).toBe(0o600);
  expect(machine.sh(`grep -rl rc-secret-5 ${folder} || true`)).toBe('');
  expect(statSync(at('taken')).size).toBe(0);
});

test('a folder that can hold no more stops no agent', async () => {
  writeSpec(sh('rm -rf "$0"; exit 4').concat(launch));
  const { code, err } = await run();
  expect(code).toBe(4);
  expect(err).toContain('exit.json could not be written');
});
