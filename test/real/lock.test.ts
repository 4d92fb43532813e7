import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../support/tmux.ts';
import { type FleetMachine, fleetMachine } from './fleet-machine.ts';
import { rawServer } from './world.ts';

const DECLARED = `
apiVersion: rollcall/v1
kind: Fleet
name: real
reconcile: { every: 10m, maxActions: 1 }
tmux: { socket: SOCKET }
pools:
  auto: { prefix: ccl-auto-, min: 6, max: 6, cwd: ~/work }
`;

function machine(): FleetMachine {
  const fleet = fleetMachine(DECLARED);
  onTestFinished(() => fleet.cleanup());
  return fleet;
}

describe('one writer per fleet', () => {
  it('lets one of many applies at once act at a time, and does nothing twice', async () => {
    const fleet = machine();
    const ended = await Promise.all(Array.from({ length: 6 }, () => fleet.cli('apply', '--yes')));
    const codes = ended.map(({ code }) => code);
    expect(codes.filter((code) => code !== 0 && code !== 6)).toEqual([]);
    expect(codes).toContain(0);
    expect(codes).toContain(6);
    for (const { code, err } of ended) if (code === 6) expect(err).toMatch(/held by another/);
    expect(namesOf(fleet)).toEqual([0, 1, 2, 3, 4, 5].map((i) => `ccl-auto-${String(i)}`));
    const acts = fleet.events().filter(({ type }) => type.startsWith('action.'));
    expect(acts.map(({ type, target }) => `${type} ${target}`).toSorted()).toEqual(
      [0, 1, 2, 3, 4, 5].map((i) => `action.applied session/ccl-auto-${String(i)}`),
    );
  });

  it('tells an apply who holds it: pid and command', async () => {
    const fleet = machine();
    await fleet.withCrew({}, async () => {
      const { code, err, out } = await fleet.cli('apply', '--yes');
      expect(code).toBe(6);
      expect(err).toContain(`the test, pid ${String(process.pid)}`);
      expect(out).toBe('');
    });
    expect(rawServer(fleet.machine)).toBeNull();
    expect((await fleet.cli('apply', '--yes')).code).toBe(0);
  });

  it('keeps an apply and a second loop out beside a running one, and lets plan and status in', async () => {
    const fleet = machine();
    const loop = fleet.start('run');
    await until(() => loop.out().includes('"phase":"Converged"'), 20_000);
    const [apply, run, plan, status, why, events] = await Promise.all([
      fleet.cli('apply', '--yes'),
      fleet.cli('run'),
      fleet.cli('plan', '--detailed-exitcode'),
      fleet.cli('status', '-o', 'json', '--exit-code'),
      fleet.cli('why', 'session/ccl-auto-1'),
      fleet.cli('events'),
    ]);
    for (const refused of [apply, run]) {
      expect(refused.code).toBe(6);
      expect(refused.err).toContain(`rollcall run, pid ${String(loop.pid)}`);
    }
    for (const allowed of [plan, status, why, events]) expect([allowed.code, allowed.err]).toEqual([0, '']);
    expect(JSON.parse(status.out)).toMatchObject({
      phase: 'Converged',
      loop: { running: true, pid: loop.pid },
    });
    expect(loop.out()).not.toContain('"level":50');
    // A holder that is killed has let go of it at once, and nothing says that it still runs.
    loop.kill('SIGKILL');
    await loop.ended;
    const after = await fleet.cli('status', '-o', 'json');
    expect(JSON.parse(after.out)).toMatchObject({ loop: { running: false, pid: null } });
    expect((await fleet.cli('apply', '--yes')).code).toBe(0);
    expect(namesOf(fleet)).toHaveLength(6);
  });

  it('stops a loop from acting once its lock was taken away', async () => {
    const fleet = machine();
    const loop = fleet.start('run');
    await until(() => loop.out().includes('"phase":"Converged"'), 20_000);
    fleet.machine.sh(`rm '${fleet.stateDir}/lock.db'`);
    expect((await fleet.cli('apply', '--yes')).code).toBe(0);
    fleet.machine.tmux('kill-session', '-t', '=ccl-auto-3');
    expect((await loop.ended).code).toBe(6);
    expect(namesOf(fleet)).toHaveLength(5);
  });
});

function namesOf(fleet: FleetMachine): readonly string[] {
  return (rawServer(fleet.machine)?.sessions ?? []).map(({ name }) => name).toSorted();
}
