import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { apply } from '../../src/apply/apply.ts';
import { until } from '../support/tmux.ts';
import { BIN, type FleetMachine, fleetMachine } from './fleet-machine.ts';
import { rawServer } from './world.ts';
import { NO_LAUNCHES } from '../support/launches.ts';

const DECLARED = `
apiVersion: rollcall/v1
kind: Fleet
name: real
reconcile: { every: 1s }
tmux: { socket: SOCKET }
pools:
  auto: { prefix: ccl-auto-, min: 2, max: 2, cwd: ~/work }
`;

function machine(): FleetMachine {
  const fleet = fleetMachine(DECLARED);
  onTestFinished(() => fleet.cleanup());
  return fleet;
}

describe('a tmux server that is not there', () => {
  it('is none, and is started by apply and nothing else', async () => {
    const fleet = machine();
    for (const verb of ['plan', 'status', 'validate']) expect((await fleet.cli(verb)).code).toBe(0);
    expect(existsSync(fleet.machine.socket)).toBe(false);
    expect((await fleet.cli('apply', '--yes')).code).toBe(0);
    expect(namesOf(fleet)).toEqual(['ccl-auto-0', 'ccl-auto-1']);
  });

  it('is none where only its socket is left', async () => {
    const fleet = machine();
    await fleet.converge();
    const pid = fleet.machine.serverPid();
    const holders = panesOf(fleet);
    for (const each of [pid ?? -1, ...holders]) process.kill(each, 'SIGKILL');
    await until(() => fleet.machine.serverPid() === null);
    expect(lstatSync(fleet.machine.socket).isSocket()).toBe(true);
    expect((await fleet.converge()).outcome).toBe('converged');
    expect(namesOf(fleet)).toEqual(['ccl-auto-0', 'ccl-auto-1']);
    expect(fleet.machine.serverPid()).not.toBe(pid);
  });
});

describe('a tmux server that was replaced between look and act', () => {
  it('is not acted for: the plan creates nothing on the server that took its place, and stops nothing', async () => {
    const fleet = machine();
    fleet.machine.tmux('new-session', '-d', '-s', 'theirs', 'sleep', '4000');
    const { plan } = await fleet.look();
    expect(plan.actions.map(({ type }) => type)).toEqual(['session.create', 'session.create']);
    for (const pane of panesOf(fleet)) process.kill(pane, 'SIGKILL');
    await until(() => fleet.machine.serverPid() === null);
    // Its start time is in whole seconds, its pid another one.
    fleet.machine.tmux('new-session', '-d', '-s', 'others', 'sleep', '4000');
    const results = await apply(fleet.machine.host, NO_LAUNCHES, plan.actions);
    expect(results.map(({ outcome }) => outcome)).toEqual(['stale']);
    expect(namesOf(fleet)).toEqual(['others']);
  });
});

describe('a tmux server that cannot be reached', () => {
  it('is not replaced by a second one while it lives without its socket', async () => {
    const fleet = machine();
    await fleet.converge();
    const before = rawServer(fleet.machine);
    const aside = `${fleet.machine.socket}.aside`;
    renameSync(fleet.machine.socket, aside);
    try {
      const report = await fleet.converge();
      expect(report.outcome).toBe('withheld');
      expect(report.results).toEqual([]);
      expect(report.diagnostics.map(({ code }) => code)).toContain('tmux-unreachable');
      expect(existsSync(fleet.machine.socket)).toBe(false);
      const status = await fleet.cli('status', '-o', 'json', '--exit-code');
      expect(status.code).toBe(3);
      expect(JSON.parse(status.out)).toMatchObject({
        phase: 'Degraded',
        sessions: { 'ccl-auto-0': { state: 'unknown' } },
      });
    } finally {
      renameSync(aside, fleet.machine.socket);
    }
    expect((await fleet.converge()).results).toEqual([]);
    expect(rawServer(fleet.machine)).toEqual(before);
  });

  it('is waited for by the loop while it is stopped, and nothing is done meanwhile or late', async () => {
    const fleet = machine();
    const loop = fleet.start('run');
    await until(() => loop.out().includes('"phase":"Converged"'), 20_000);
    const pid = fleet.machine.serverPid() ?? -1;
    fleet.machine.tmux('new-session', '-d', '-s', 'theirs', 'sleep', '4000');
    const before = rawServer(fleet.machine);
    process.kill(pid, 'SIGSTOP');
    try {
      await until(() => loop.out().includes('"phase":"Degraded"'), 15_000);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    const said = loop.out().length;
    await until(() => loop.out().slice(said).includes('"phase":"Converged"'), 15_000);
    expect(rawServer(fleet.machine)).toEqual(before);
    expect(fleet.events().filter(({ type }) => type.startsWith('action.'))).toHaveLength(2);
    loop.kill('SIGTERM');
    expect((await loop.ended).code).toBe(0);
  });
});

const MOUNTS = canMount();

describe('a full disk under the state folder', () => {
  it.skipIf(!MOUNTS)('(needs to mount a tmpfs of its own) stops no session, and is said', async () => {
    const fleet = machine();
    await fleet.converge();
    fleet.machine.tmux('kill-session', '-t', '=ccl-auto-1');
    const before = rawServer(fleet.machine);
    // A mount of this process's only; the server outside does not see it.
    const filled = `cat /dev/zero > '${fleet.stateDir}/filler' 2>/dev/null || true`;
    const line = [
      `mount -t tmpfs -o size=64k tmpfs '${fleet.stateDir}'`,
      `chmod 700 '${fleet.stateDir}'`,
      filled,
      `exec '${process.execPath}' '${BIN}' -f '${fleet.file}' apply --yes`,
    ].join('; ');
    const ended = await fleet.run('unshare', '-m', 'sh', '-c', line).ended;
    expect([ended.code, ended.err]).toEqual([
      1,
      expect.stringMatching(/^rollcall: the lock in .* cannot be taken.* full/),
    ]);
    expect(ended.out).toBe('');
    expect(rawServer(fleet.machine)).toEqual(before);
    expect((await fleet.converge()).outcome).toBe('converged');
    expect(namesOf(fleet)).toEqual(['ccl-auto-0', 'ccl-auto-1']);
    expect(statSync(join(fleet.stateDir, 'state.json')).isFile()).toBe(true);
  });

  it.skipIf(!MOUNTS)(
    '(needs to mount a tmpfs of its own) fills up under a loop that goes on keeping the fleet',
    async () => {
      const fleet = machine();
      await fleet.converge();
      const line = [
        `mount -t tmpfs -o size=256k tmpfs '${fleet.stateDir}'`,
        `chmod 700 '${fleet.stateDir}'`,
        `(sleep 2; cat /dev/zero > '${fleet.stateDir}/filler' 2>/dev/null; echo full >&2) &`,
        `exec '${process.execPath}' '${BIN}' -f '${fleet.file}' run`,
      ].join('\n');
      const loop = fleet.run('unshare', '-m', 'sh', '-c', line);
      await until(() => loop.err().includes('full'), 20_000);
      fleet.machine.tmux('kill-session', '-t', '=ccl-auto-1');
      await until(() => namesOf(fleet).length === 2, 10_000);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect(loop.out() + loop.err()).toMatch(/no space left|ENOSPC/i);
      loop.kill('SIGTERM');
      expect((await loop.ended).code).toBe(0);
      expect(namesOf(fleet)).toEqual(['ccl-auto-0', 'ccl-auto-1']);
    },
  );
});

function canMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs -o size=64k tmpfs /mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function namesOf(fleet: FleetMachine): readonly string[] {
  return (rawServer(fleet.machine)?.sessions ?? []).map(({ name }) => name).toSorted();
}

function panesOf(fleet: FleetMachine): readonly number[] {
  return (rawServer(fleet.machine)?.sessions ?? []).flatMap(({ panes }) => panes.map(({ pid }) => pid));
}
