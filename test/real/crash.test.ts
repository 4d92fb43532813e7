import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../support/tmux.ts';
import { type FleetMachine, fleetMachine, HEAVY } from './fleet-machine.ts';
import { ownProcesses, rawFiles, rawServer, seeded } from './world.ts';

const CHILD = fileURLToPath(new URL('crash-child.ts', import.meta.url));
const ACCOUNTS = ['main', 'backup'];

type When = 'before' | 'during' | 'after';

describe('an apply that is killed', { timeout: HEAVY ? 900_000 : 120_000 }, () => {
  it('in any effect of bringing up a fleet from nothing, the next one ends where an undisturbed one does', async () => {
    const { effects, end } = await undisturbed(fromNothing);
    expect(end).toMatchObject({ outcome: 'converged', left: [], strays: [], temporary: 0 });
    expect(effects).toBeGreaterThan(6);
    for (const [fatal, when] of boundaries(effects, HEAVY ? ['before', 'during', 'after'] : ['during'])) {
      // A third of them: those of a fleet in use, below, are all of the same kinds.
      if (!HEAVY && fatal % 3 !== 0) continue;
      const fleet = await fromNothing();
      crash(fleet, fatal, when);
      expect([fatal, when, await endOf(fleet)]).toEqual([fatal, when, end]);
      await fleet.cleanup();
    }
  });

  it('at any effect of a fleet in use, the next one ends where an undisturbed one does', async () => {
    const { effects, end } = await undisturbed(fromUse);
    expect(end).toMatchObject({ outcome: 'converged', left: [], strays: [], temporary: 0 });
    expect(effects).toBeGreaterThan(6);
    // What comes after one effect and before the next is nothing but our own memory and journal.
    const last = [[effects, 'after']] as const;
    for (const [fatal, when] of [
      // What is asked for and not waited for leaves most behind.
      ...boundaries(effects, HEAVY ? ['before', 'during', 'after'] : ['during']),
      ...last,
    ]) {
      if (!HEAVY && when === 'during' && fatal % 2 === 0) continue;
      const fleet = await fromUse();
      crash(fleet, fatal, when);
      expect([fatal, when, await endOf(fleet)]).toEqual([fatal, when, end]);
      await fleet.cleanup();
    }
  });

  it('twice in a row, the next one ends where an undisturbed one does', async () => {
    const { effects, end } = await undisturbed(fromUse);
    const random = seeded(7);
    for (let i = 0; i < (HEAVY ? 40 : 2); i += 1) {
      const fleet = await fromUse();
      const first = 1 + Math.floor(random() * effects);
      crash(fleet, first, random() < 0.5 ? 'before' : 'after');
      crash(fleet, 1 + Math.floor(random() * Math.max(1, effects - first)), 'after');
      expect(await endOf(fleet)).toEqual(end);
      await fleet.cleanup();
    }
  });

  it('at any moment, the next one ends where an undisturbed one does', async () => {
    const { end } = await undisturbed(fromUse);
    const random = seeded(11);
    for (let i = 0; i < (HEAVY ? 100 : 3); i += 1) {
      const fleet = await fromUse();
      // Between the start of the process, some 100 ms, and its end, some 350 ms.
      const running = fleet.start('apply', '--yes');
      await new Promise((resolve) => setTimeout(resolve, 80 + random() * 300));
      running.kill('SIGKILL');
      await running.ended;
      expect(await endOf(fleet)).toEqual(end);
      await fleet.cleanup();
    }
  });
});

/** Every effect from the first to the last, at each of the given moments. */
function boundaries(effects: number, moments: readonly When[]): readonly (readonly [number, When])[] {
  return Array.from({ length: effects }, (_, i) => i + 1).flatMap((fatal) =>
    moments.map((when) => [fatal, when] as const),
  );
}

async function undisturbed(begin: () => Promise<FleetMachine>): Promise<{ effects: number; end: unknown }> {
  const fleet = await begin();
  const out = execFileSync(process.execPath, [CHILD, fleet.file, '0', 'never'], childOptions(fleet));
  const { effects }: { effects: number } = JSON.parse(out.toString());
  const end = await endOf(fleet);
  await fleet.cleanup();
  return { effects, end };
}

function crash(fleet: FleetMachine, fatal: number, when: When): void {
  const { signal, status, stderr } = spawnSync(
    process.execPath,
    [CHILD, fleet.file, String(fatal), when],
    childOptions(fleet),
  );
  // One that was too late to be killed has done all there was to do.
  if (signal !== 'SIGKILL' && status !== 0) throw new Error(stderr.toString());
}

function childOptions({ machine, home }: FleetMachine) {
  return { env: { ...machine.env }, cwd: home };
}

/** A second apply, at once, and what is there then: names, stamps and lives, links, and nothing left behind. */
async function endOf(fleet: FleetMachine): Promise<unknown> {
  // The lock is the dead one's no more: this would throw.
  const report = await fleet.converge({ massRemovalConfirmed: true });
  const again = await fleet.look();
  return {
    outcome: report.outcome,
    left: again.plan.actions.map(({ type, target }) => [type, target]),
    sessions: sessionsOf(fleet),
    strays: await straysOf(fleet),
    files: Object.entries(rawFiles(fleet.home, [join(fleet.home, '.local')]))
      .map(([path, text]) => [
        path.slice(fleet.home.length),
        text.replace(/^.*? -> /, '-> ').replaceAll(fleet.home, '~'),
      ])
      .map(([path, text = '']) => [path, text.startsWith('-> ') ? text : text.split(' ')[0] === 'folder']),
    temporary: Object.keys(rawFiles(fleet.machine.folder)).filter((path) => path.includes('.rollcall-'))
      .length,
  };
}

function sessionsOf({ machine }: FleetMachine): unknown {
  return (rawServer(machine)?.sessions ?? [])
    .map(({ name, stamp, panes }) => ({
      name,
      owner: stamp['owner'] ?? null,
      kind: stamp['kind'] ?? null,
      panes: panes.map(({ id, pid, dead }) => [
        dead,
        stamp['kind'] === 'pool' ? stamp['pane'] === id && stamp['pid'] === String(pid) : null,
      ]),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Processes of this machine that are neither its server nor in a pane, once what is just ending has ended. */
async function straysOf({ machine }: FleetMachine): Promise<readonly string[]> {
  const look = (): readonly string[] => {
    const known = new Set(
      (rawServer(machine)?.sessions ?? []).flatMap(({ panes }) => panes.map(({ pid }) => pid)),
    );
    const server = machine.serverPid();
    return ownProcesses(machine)
      .filter(({ pid }) => pid !== server && !known.has(pid))
      .map(({ argv }) => argv);
  };
  await until(() => look().length === 0, 1000).catch(() => false);
  return look();
}

function declared(max: number, min: number): string {
  return `
apiVersion: rollcall/v1
kind: Fleet
name: real
reconcile: { maxActions: 100, maxDisruptions: 100% }
tmux: { socket: SOCKET }
accounts:
  main: { home: ~/.claude-main }
  backup: { home: ~/.claude-backup }
activeAccount: { link: ~/.claude, prefer: [main, backup], select: preferred }
sharedState: { root: ~/.claude-shared, entries: [projects, file-history] }
dedicated:
  ops-1: { cwd: ~/work }
pools:
  auto: { prefix: ccl-auto-, startIndex: 11, min: ${String(min)}, max: ${String(max)}, cwd: ~/work, cooldown: 1ms }
`;
}

async function fromNothing(): Promise<FleetMachine> {
  const fleet = fleetMachine(declared(4, 2));
  onTestFinished(() => fleet.cleanup());
  for (const account of ACCOUNTS) mkdirSync(join(fleet.home, `.claude-${account}`), { mode: 0o700 });
  return fleet;
}

/** Something of everything to do: a corpse, a surplus, an undeclared session, a missing one, links, the active link. */
async function fromUse(): Promise<FleetMachine> {
  const fleet = await fromNothing();
  fleet.write(declared(6, 6));
  await fleet.converge();
  const { machine, home } = fleet;
  machine.tmux('new-session', '-d', '-s', 'theirs', 'sleep', '4000');
  machine.tmux('kill-session', '-t', '=ops-1');
  machine.tmux('kill-session', '-t', '=ccl-auto-13');
  const holders = ['ccl-auto-11', 'ccl-auto-12', 'ccl-auto-14'].map((name) =>
    machine.tmux('list-panes', '-t', `=${name}:`, '-F', '#{pane_pid}'),
  );
  for (const pid of holders) process.kill(Number(pid), 'SIGKILL');
  await until(
    () =>
      machine
        .tmux('list-panes', '-a', '-F', '#{pane_dead}')
        .split('\n')
        .filter((dead) => dead === '1').length === 3,
  );
  rmSync(join(home, '.claude'));
  symlinkSync(join(home, '.claude-backup'), join(home, '.claude'));
  rmSync(join(home, '.claude-main/projects'));
  rmSync(join(home, '.claude-shared/file-history'), { recursive: true });
  fleet.write(declared(4, 3));
  return fleet;
}
