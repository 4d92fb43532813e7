import { mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/tmux.ts';
import { type FleetMachine, fleetMachine, type Running } from './fleet-machine.ts';
import { rawServer } from './world.ts';

function declared(min: number): string {
  return `
apiVersion: rollcall/v1
kind: Fleet
name: real
reconcile: { every: 10m }
tmux: { socket: SOCKET }
accounts:
  main: { home: ~/.claude-main }
activeAccount: { link: ~/.claude }
sharedState: { root: ~/.claude-shared, entries: [projects] }
pools:
  auto: { prefix: ccl-auto-, startIndex: 11, min: ${String(min)}, max: 5, cwd: ~/work }
`;
}

describe('a running loop that looks by itself every ten minutes', () => {
  let fleet: FleetMachine;
  let loop: Running;

  beforeAll(async () => {
    fleet = fleetMachine(declared(2));
    mkdirSync(join(fleet.home, '.claude-main'), { mode: 0o700 });
    loop = fleet.start('run');
    await until(() => loop.out().includes('"phase":"Converged"'), 20_000);
    // Its watches and its first listing are in place.
    await new Promise((resolve) => setTimeout(resolve, 800));
  });
  afterAll(() => fleet.cleanup());

  it('has a killed session back within 1.5 seconds', async () => {
    const [before] = idsOf(fleet, 'ccl-auto-12');
    const took = await timed(
      () => fleet.machine.tmux('kill-session', '-t', '=ccl-auto-12'),
      () => idsOf(fleet, 'ccl-auto-12').some((id) => id !== before),
    );
    expect(took).toBeLessThan(onThisMachine(1500));
  });

  it('has a session whose process was killed alive again within 1.5 seconds', async () => {
    const pane = rawServer(fleet.machine)?.sessions.find(({ name }) => name === 'ccl-auto-11')?.panes[0];
    const took = await timed(
      () => process.kill(pane?.pid ?? -1, 'SIGKILL'),
      () =>
        rawServer(fleet.machine)?.sessions.some(
          ({ name, panes }) =>
            name === 'ccl-auto-11' && panes.some(({ pid, dead }) => pid !== pane?.pid && !dead),
        ) === true,
    );
    expect(took).toBeLessThan(onThisMachine(1500));
  });

  it('has the fleet back within 3 seconds of the end of its server', async () => {
    const took = await timed(
      () => fleet.machine.tmux('kill-server'),
      () => idsOf(fleet, 'ccl-auto-11').length === 1 && idsOf(fleet, 'ccl-auto-12').length === 1,
    );
    expect(took).toBeLessThan(onThisMachine(3000));
  });

  it('has a removed link back within 1.5 seconds', async () => {
    const link = join(fleet.home, '.claude-main/projects');
    const took = await timed(
      () => rmSync(link),
      () => targetOf(link) === join(fleet.home, '.claude-shared/projects'),
    );
    expect(took).toBeLessThan(onThisMachine(1500));
  });

  it('has a removed active link back within 1.5 seconds', async () => {
    const link = join(fleet.home, '.claude');
    const took = await timed(
      () => rmSync(link),
      () => targetOf(link) === join(fleet.home, '.claude-main'),
    );
    expect(took).toBeLessThan(onThisMachine(1500));
  });

  it('follows an edit that was saved in place within 1.5 seconds', async () => {
    const text = declared(3).replaceAll('SOCKET', fleet.machine.socket);
    const took = await timed(
      () => writeFileSync(fleet.file, text),
      () => idsOf(fleet, 'ccl-auto-13').length === 1,
    );
    expect(took).toBeLessThan(onThisMachine(1500));
  });

  it('follows edit after edit that was saved by rename within 1.5 seconds', async () => {
    for (const min of [4, 5]) {
      const took = await timed(
        () => fleet.write(declared(min)),
        () => idsOf(fleet, `ccl-auto-${String(10 + min)}`).length === 1,
      );
      expect(took).toBeLessThan(onThisMachine(1500));
    }
  });

  it('looks on SIGHUP', async () => {
    const cycleAt = async (): Promise<unknown> =>
      JSON.parse((await fleet.cli('status', '-o', 'json')).out)['loop']['lastCycleAt'];
    const before = await cycleAt();
    loop.kill('SIGHUP');
    await expect(until(async () => (await cycleAt()) !== before)).resolves.toBe(true);
  });

  it('rests when there is nothing to do', async () => {
    await new Promise((resolve) => setTimeout(resolve, 700));
    const before = cpuTicks(loop.pid);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    // Three seconds of polling, in hundredths of a second of this process.
    expect(cpuTicks(loop.pid) - before).toBeLessThan(60);
  });

  it('ends with 0 on SIGTERM, and the sessions stay', async () => {
    const before = rawServer(fleet.machine)?.sessions.map(({ all }) => all);
    loop.kill('SIGTERM');
    expect((await loop.ended).code).toBe(0);
    expect(rawServer(fleet.machine)?.sessions.map(({ all }) => all)).toEqual(before);
    expect(before).toHaveLength(5);
  });

  it('ends with 130 on SIGINT', async () => {
    const again = fleet.start('run');
    await until(() => again.out().includes('"phase":"Converged"'), 20_000);
    again.kill('SIGINT');
    expect((await again.ended).code).toBe(130);
  });
});

function idsOf({ machine }: FleetMachine, name: string): readonly string[] {
  return (rawServer(machine)?.sessions ?? []).filter((each) => each.name === name).map(({ id }) => id);
}

function targetOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/** Milliseconds from the deed until it is so. */
async function timed(deed: () => unknown, isSo: () => boolean): Promise<number> {
  deed();
  const begun = performance.now();
  await until(isSo, 10_000);
  return performance.now() - begun;
}

/** The time a machine has of which more is asked than it has cores: its programs wait for each other. */
function onThisMachine(ms: number): number {
  return ms * Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());
}

/** utime and stime of a process. */
function cpuTicks(pid: number): number {
  const fields =
    readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
      .split(') ')[1]
      ?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}
