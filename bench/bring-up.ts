import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtPackage } from './built-package.ts';
import { machine, table, takingTurns } from './measure.ts';
import { endServer, inSandbox, type Sandbox, sessionsRunning } from './sandbox.ts';

const SIZES = [10, 50];
const ROUNDS = 5;

/**
 * From no tmux server to N sessions: `rollcall apply --yes` of a pool, built as a package is, beside `tmuxp load -d`
 * of N files that each hold one session with one pane. Each call is one process, from its start to its end. Both
 * make the same plain session: one window, one pane, a `sleep` in it. Markdown; one sentence where there is no tmuxp.
 */
export async function bringUpTable(): Promise<string> {
  const tmuxp = versionOfTmuxp();
  if (tmuxp === null)
    return 'Not measured: there is no `tmuxp` on the PATH (Debian: `apt-get install tmuxp`).';
  const rows = await inSandbox(async (sandbox) => {
    const bin = builtPackage(sandbox.folder);
    const measured: string[][] = [];
    for (const size of SIZES) measured.push(await row(sandbox, bin, size));
    return measured;
  });
  return [
    `Median of ${String(ROUNDS)} rounds, milliseconds. ${machine()}, ${tmuxp}.`,
    '',
    table(
      [
        'sessions',
        'tmuxp, pane typed into',
        'tmuxp, pane as window shell',
        'rollcall, `maxActions: 100`',
        'rollcall, all defaults',
        'rollcall / faster tmuxp',
      ],
      rows,
    ),
  ].join('\n');
}

async function row(sandbox: Sandbox, bin: string, size: number): Promise<string[]> {
  const typed = tmuxpFiles(sandbox, size, 'typed');
  const shell = tmuxpFiles(sandbox, size, 'shell');
  const wide = fleetFile(sandbox, size, 'wide', 'reconcile: { maxActions: 100 }');
  const plain = fleetFile(sandbox, size, 'plain', '');
  const load = (files: readonly string[]): number =>
    bringUp(sandbox, size, 'tmuxp', ['load', '-d', '-y', '-S', sandbox.socket, ...files]);
  const apply = (file: string): number =>
    bringUp(sandbox, size, process.execPath, [bin, '-f', file, 'apply', '--yes']);
  const ms = await takingTurns(ROUNDS, {
    typed: () => load(typed),
    shell: () => load(shell),
    wide: () => apply(wide),
    plain: () => apply(plain),
  });
  const ratio = ms.wide / Math.min(ms.typed, ms.shell);
  return [
    String(size),
    ...[ms.typed, ms.shell, ms.wide, ms.plain].map((each) => each.toFixed(0)),
    ratio.toFixed(2),
  ];
}

/** One program from nothing to `size` sessions, in milliseconds; throws where they are not all there. */
function bringUp(sandbox: Sandbox, size: number, program: string, args: readonly string[]): number {
  endServer(sandbox);
  rmSync(join(sandbox.home, '.local'), { recursive: true, force: true });
  const begun = performance.now();
  const ran = spawnSync(program, args, { env: sandbox.env, encoding: 'utf8', cwd: sandbox.folder });
  const took = performance.now() - begun;
  expectAllRun(sandbox, size, `${program}: ${String(ran.status)} ${ran.stdout}${ran.stderr}`);
  if (ran.status !== 0) throw new Error(`${program} ended with ${String(ran.status)}: ${ran.stderr}`);
  return took;
}

/** The shells may still be on their way to their `sleep`; that they get there is part of the test, not of the time. */
function expectAllRun(sandbox: Sandbox, size: number, what: string): void {
  const deadline = performance.now() + 10_000;
  let running = 0;
  do running = sessionsRunning(sandbox, 'sleep');
  while (running !== size && performance.now() < deadline);
  if (running !== size)
    throw new Error(`${String(running)} of ${String(size)} sessions run a sleep, after ${what}`);
}

function fleetFile({ folder, socket }: Sandbox, size: number, name: string, more: string): string {
  const file = join(folder, `${name}-${String(size)}.yaml`);
  writeFileSync(
    file,
    [
      'apiVersion: rollcall/v1',
      'kind: Fleet',
      `name: bench-${name}-${String(size)}`,
      `tmux: { socket: ${socket} }`,
      more,
      `pools: { auto: { prefix: auto-, max: ${String(size)}, cwd: ${folder} } }`,
      '',
    ].join('\n'),
  );
  return file;
}

/** tmuxp types a pane's command into a shell; with `window_shell` tmux starts it itself, which is faster. */
function tmuxpFiles({ folder }: Sandbox, size: number, way: 'typed' | 'shell'): readonly string[] {
  const own = join(folder, `tmuxp-${way}`);
  mkdirSync(own, { recursive: true });
  const window = {
    typed: ['- panes: [exec sleep 100000]'],
    shell: ['- window_shell: exec sleep 100000', '  panes: [null]'],
  }[way];
  return Array.from({ length: size }, (_, index) => {
    const name = `auto-${String(index)}`;
    const file = join(own, `${name}.yaml`);
    writeFileSync(
      file,
      [`session_name: ${name}`, `start_directory: ${folder}`, 'windows:', ...window, ''].join('\n'),
    );
    return file;
  });
}

function versionOfTmuxp(): string | null {
  const ran = spawnSync('tmuxp', ['--version'], { encoding: 'utf8' });
  return ran.status === 0 ? (/^tmuxp [\d.]+/.exec(ran.stdout)?.[0] ?? null) : null;
}
