import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../support/tmux.ts';
import { noManager, ROOT, type UserManager, userManager } from './manager.ts';

const reason = noManager();
const about = reason === null ? '' : ` (skipped: ${reason})`;

describe.skipIf(reason !== null)(`under a real systemd --user${about}`, () => {
  let manager: UserManager;
  beforeAll(async () => {
    manager = await userManager();
    mkdirSync(join(manager.home, 'fleet'));
  });
  afterAll(() => manager.close());

  describe('the systemd-run line of the README', () => {
    let before: Fleet;

    test('brings the fleet up, with tmux in no unit of the loop', async () => {
      declare(manager, 'line');
      manager.ok(readmeLine());
      before = await convergedUnder(manager, 'rollcall.service', null);
      expect(before.panes).toHaveLength(2);
      expect(cgroupOf(manager, before.server)).toMatch(/\/rollcall-tmux-[0-9a-f]{8}\.service$/);
      expect(cgroupOf(manager, before.loop)).toMatch(/\/rollcall\.service$/);
      expect(diagnostics(manager)).toEqual([]);
    });

    test('a restart leaves server and sessions as they are', async () => {
      manager.ok('systemctl --user restart rollcall');
      const after = await convergedUnder(manager, 'rollcall.service', before.loop);
      expect(after).toEqual({ ...before, loop: after.loop });
    });

    test('a crash leaves server and sessions as they are', async () => {
      const { loop } = fleetOf(manager);
      manager.ok(`kill -9 ${manager.show('rollcall', 'MainPID')}`);
      const after = await convergedUnder(manager, 'rollcall.service', loop);
      expect(after).toEqual({ ...before, loop: after.loop });
      manager.ok('systemctl --user stop rollcall; tmux kill-server');
    });

    test('a bad file is not tried again and again', async () => {
      writeFileSync(join(manager.home, 'fleet/bad.yaml'), 'kind: Fleet\n');
      manager.sh(readmeLine().replace('desired-state.yaml', 'bad.yaml').replace('=rollcall ', '=bad '));
      await until(() => manager.show('bad', 'ActiveState') === 'failed', 10_000);
      expect(manager.show('bad', 'ExecMainStatus')).toBe('78');
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(manager.show('bad', 'ActiveState')).toBe('failed');
      expect(manager.show('bad', 'NRestarts')).toBe('0');
    });
  });

  describe('the installed units', () => {
    const TMUX = 'rollcall-home-tmux.service';
    const LOOP = 'rollcall-home.service';
    let before: Fleet;

    test('are ones that systemd-analyze finds nothing wrong with', () => {
      declare(manager, 'home');
      manager.ok('rollcall -f fleet/desired-state.yaml unit --install');
      const said = manager.sh(
        `systemd-analyze verify --user .config/systemd/user/${TMUX} .config/systemd/user/${LOOP}`,
      );
      expect(said).toEqual({ status: 0, out: '', err: '' });
    });

    test('bring the fleet up, with the server in its own', async () => {
      // The watchdog, and the pause before a restart, as short as a test wants them.
      const folder = join(manager.home, '.config/systemd/user', `${LOOP}.d`);
      mkdirSync(folder);
      writeFileSync(join(folder, 'test.conf'), '[Service]\nWatchdogSec=3\nRestartSec=200ms\n');
      manager.ok('systemctl --user daemon-reload');
      manager.ok(`systemctl --user enable --now ${TMUX} ${LOOP}`);
      before = await convergedUnder(manager, LOOP, null);
      expect(cgroupOf(manager, before.server)).toMatch(/\/rollcall-home-tmux\.service$/);
      expect(cgroupOf(manager, before.loop)).toMatch(/\/rollcall-home\.service$/);
      expect(diagnostics(manager)).toEqual([]);
      expect(await until(() => manager.show(LOOP, 'StatusText'))).toBe('Converged');
    });

    test('harden the loop and not what runs in a session', () => {
      const flags = (pid: number): readonly string[] =>
        proc(manager, pid, 'status')
          .split('\n')
          .filter((line) => /^(NoNewPrivs|Seccomp):/.test(line));
      expect(flags(before.loop)).toEqual(['NoNewPrivs:\t1', 'Seccomp:\t2']);
      for (const pid of [before.server, ...before.panes])
        expect(flags(pid)).toEqual(['NoNewPrivs:\t0', 'Seccomp:\t0']);
      const environ = proc(manager, before.panes[0] ?? 0, 'environ');
      expect(environ).toContain(`PATH=${manager.home}/bin:`);
      expect(environ).not.toMatch(/INVOCATION_ID|NOTIFY_SOCKET|JOURNAL_STREAM/);
    });

    test('feed the watchdog though nothing happens', async () => {
      await new Promise((resolve) => setTimeout(resolve, 4000));
      expect(manager.show(LOOP, 'NRestarts')).toBe('0');
      expect(fleetOf(manager)).toEqual(before);
    });

    test('reload without an end of the loop', async () => {
      manager.ok(`systemctl --user reload ${LOOP}`);
      await until(() => manager.show(LOOP, 'SubState') === 'running');
      expect(fleetOf(manager)).toEqual(before);
    });

    test.each([
      ['a restart', `systemctl --user restart ${LOOP}`],
      ['a crash', `kill -9 $(systemctl --user show --value -p MainPID ${LOOP})`],
      ['a loop that hangs', `kill -STOP $(systemctl --user show --value -p MainPID ${LOOP})`],
    ])('%s leaves server and sessions as they are', async (_, line) => {
      const { loop } = fleetOf(manager);
      manager.ok(line);
      const after = await convergedUnder(manager, LOOP, loop);
      expect(after).toEqual({ ...before, loop: after.loop });
    });

    test('have a fleet whose server was killed back, outside the unit of the loop', async () => {
      manager.sh('tmux kill-server');
      const after = await until(() => {
        const now = fleetOf(manager);
        return now.server !== before.server && now.panes.length === 2 && now;
      }, 15_000);
      // Mostly the unit's; under load the loop may come first.
      expect(cgroupOf(manager, after.server)).toMatch(/\/rollcall-(?:home-tmux|tmux-[0-9a-f]{8})\.service$/);
    });

    test('leave a server alone that was there before', async () => {
      manager.ok(`systemctl --user stop ${LOOP} ${TMUX}`);
      manager.ok('tmux new-session -d -s mine sleep 1000');
      const mine = manager.ok('tmux display-message -p "#{pid}"');
      manager.ok(`systemctl --user start ${LOOP}`);
      const after = await convergedUnder(manager, LOOP, null);
      expect(manager.show(TMUX, 'ActiveState')).toBe('inactive');
      expect(manager.ok('tmux display-message -p "#{pid}"')).toBe(mine);
      expect(after.panes).toHaveLength(3);
    });

    test('name every path as it is, whatever is in it', async () => {
      const folder = join(manager.home, `odd $HOME \${HOME} %h 'q' "d" \\n`);
      const file = join(folder, 'f.yaml');
      mkdirSync(folder);
      const socket = `tmux: { socket: ${JSON.stringify(join(folder, 'deep', 's'))} }`;
      writeFileSync(
        file,
        `apiVersion: rollcall/v1\nkind: Fleet\nname: odd\n${socket}\npools: { auto: { prefix: o-, max: 1, cwd: ${manager.home} } }\n`,
      );
      manager.sh('rollcall unit --install && systemctl --user daemon-reload', { ROLLCALL_FILE: file });
      manager.ok('systemctl --user start rollcall-odd-tmux rollcall-odd');
      const argv = (unit: string): readonly string[] =>
        proc(manager, Number(manager.show(unit, 'MainPID')), 'cmdline').split('\0');
      expect(argv('rollcall-odd')).toEqual(expect.arrayContaining(['-f', file, 'run']));
      expect(argv('rollcall-odd-tmux')).toEqual(
        expect.arrayContaining(['-S', join(folder, 'deep', 's'), '-D']),
      );
      manager.ok('systemctl --user stop rollcall-odd-tmux rollcall-odd');
    });

    test('do not try a bad file again and again', async () => {
      manager.ok(`systemctl --user stop ${LOOP}`);
      // Nor is there any older file to go by.
      rmSync(join(manager.home, '.local/state/rollcall'), { recursive: true });
      writeFileSync(join(manager.home, 'fleet/desired-state.yaml'), 'kind: Fleet\n');
      manager.sh(`systemctl --user start ${LOOP}`);
      await until(() => manager.show(LOOP, 'ActiveState') === 'failed', 10_000);
      expect(manager.show(LOOP, 'ExecMainStatus')).toBe('78');
      await new Promise((resolve) => setTimeout(resolve, 700));
      expect(manager.show(LOOP, 'NRestarts')).toBe('0');
      expect(manager.show(LOOP, 'ActiveState')).toBe('failed');
      manager.sh('tmux kill-server');
    });
  });

  test('a loop that cannot start tmux elsewhere says that its unit holds the fleet', async () => {
    declare(manager, 'inside');
    // Everything but systemd-run.
    const bin = join(manager.home, 'few');
    mkdirSync(bin);
    for (const name of ['tmux', 'sh', 'sleep', 'env', 'cat'])
      symlinkSync(manager.ok(`command -v ${name}`), join(bin, name));
    symlinkSync(process.execPath, join(bin, 'node'));
    manager.ok(
      `systemd-run --user --unit=inside -E PATH=${bin} -E TMUX_TMPDIR=$TMUX_TMPDIR -p KillMode=process ${manager.home}/bin/rollcall -f fleet/desired-state.yaml run`.replace(
        '-f fleet',
        `-f ${manager.home}/fleet`,
      ),
    );
    await convergedUnder(manager, 'inside.service', null);
    expect(diagnostics(manager)).toEqual(['tmux-in-own-cgroup']);
  });
});

interface Fleet {
  readonly loop: number;
  readonly server: number;
  readonly panes: readonly number[];
}

function declare({ home }: UserManager, name: string): void {
  writeFileSync(
    join(home, 'fleet/desired-state.yaml'),
    `apiVersion: rollcall/v1\nkind: Fleet\nname: ${name}\nreconcile: { every: 1h }\npools: { auto: { prefix: a-, max: 2 } }\n`,
  );
}

/** The line as printed. */
function readmeLine(): string {
  const line = /^systemd-run --user --unit=rollcall .*$/m.exec(
    readFileSync(join(ROOT, 'README.md'), 'utf8'),
  )?.[0];
  if (line === undefined) throw new Error('README.md has no systemd-run line');
  return line;
}

/** Waits for a loop other than `not` that has completed a cycle, in a unit that is up; then the fleet is converged. */
async function convergedUnder(manager: UserManager, unit: string, not: number | null): Promise<Fleet> {
  const fleet = await until(() => {
    const now = fleetOf(manager);
    return now.loop !== 0 && now.loop !== not && now.panes.length >= 2 && now;
  }, 15_000);
  expect(await until(() => activeState(manager, unit) === 'active')).toBe(true);
  manager.ok('rollcall -f fleet/desired-state.yaml status --exit-code');
  return fleet;
}

function fleetOf(manager: UserManager): Fleet {
  const listed = manager.sh('tmux list-panes -a -F "#{pid} #{pane_pid}"').out;
  const pids = listed
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(' ').map(Number));
  return { loop: loopPid(manager), server: pids[0]?.[0] ?? 0, panes: pids.map(([, pane = 0]) => pane) };
}

/** The loop that says it has completed a cycle, or 0. */
function loopPid({ home }: UserManager): number {
  const name = /^name: (.*)$/m.exec(readFileSync(join(home, 'fleet/desired-state.yaml'), 'utf8'))?.[1] ?? '';
  try {
    const { pid, lastCycleAt } = JSON.parse(
      readFileSync(join(home, '.local/state/rollcall', name, 'loop.json'), 'utf8'),
    );
    return lastCycleAt === null ? 0 : Number(pid);
  } catch {
    return 0;
  }
}

function activeState(manager: UserManager, unit: string): string {
  return manager.show(unit, 'ActiveState');
}

function diagnostics(manager: UserManager): readonly string[] {
  const { diagnostics: all }: { diagnostics: readonly { code: string }[] } = JSON.parse(
    manager.ok('rollcall -f fleet/desired-state.yaml status -o json'),
  );
  return all.map(({ code }) => code);
}

function proc(manager: UserManager, pid: number, file: string): string {
  return manager.ok(`cat /proc/${String(pid)}/${file}`);
}

function cgroupOf(manager: UserManager, pid: number): string {
  return (
    proc(manager, pid, 'cgroup')
      .split('\n')
      .find((line) => line.startsWith('0::')) ?? ''
  );
}
