import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BIN, type FleetMachine, fleetMachine } from '../real/fleet-machine.ts';
import { until } from '../support/tmux.ts';

const YAML = `
apiVersion: rollcall/v1
kind: Fleet
name: real
reconcile: { every: 1h }
tmux: { socket: SOCKET }
pools: { auto: { prefix: a-, max: 1, cwd: ~/work } }
`;

let fleet: FleetMachine;
let loop: ChildProcess | null;
let log: string;
beforeEach(() => {
  fleet = fleetMachine(YAML);
  log = join(fleet.machine.folder, 'log');
  loop = null;
});
afterEach(async () => {
  loop?.kill('SIGKILL');
  await fleet.cleanup();
});

/** A loop as systemd would start it: its log in a file that is said to be the journal, and a notify socket. */
function startLoop(notifyScript: string): ChildProcess {
  const { folder, env } = fleet.machine;
  const notify = `#!/bin/sh\necho "$*" >>'${folder}/told'\n${notifyScript}\n`;
  writeFileSync(join(folder, 'systemd-notify'), notify, { mode: 0o755 });
  const out = openSync(log, 'a');
  const { dev, ino } = fstatSync(out, { bigint: true });
  loop = spawn(process.execPath, [BIN, '-f', fleet.file, 'run'], {
    cwd: fleet.home,
    env: {
      ...env,
      PATH: `${folder}:${env['PATH'] ?? ''}`,
      NOTIFY_SOCKET: '/nobody/listens',
      WATCHDOG_USEC: '2000000',
      JOURNAL_STREAM: `${String(dev)}:${String(ino)}`,
    },
    stdio: ['ignore', out, out],
  });
  closeSync(out);
  return loop;
}

function told(): readonly string[] {
  const file = join(fleet.machine.folder, 'told');
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
}

/** How much was told once what was under way is over, and after as long again and more. */
async function toldWhile(ms: number): Promise<{ readonly before: number; readonly after: number }> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  const before = told().length;
  await new Promise((resolve) => setTimeout(resolve, ms + 500));
  return { before, after: told().length };
}

function logged(): readonly string[] {
  return readFileSync(log, 'utf8').trimEnd().split('\n');
}

describe('a loop that systemd has started', () => {
  test('says that it is ready, then each cycle, the reload and the end', async () => {
    const child = startLoop('');
    await until(() => told().includes('WATCHDOG=1 STATUS=Converged'), 10_000);
    expect(told()[0]).toMatch(/^READY=1/);
    const fed = told().length;
    // Though the file wants a look each hour only.
    await until(() => told().length >= fed + 2, 10_000);
    expect(told().slice(fed)).toEqual(
      told()
        .slice(fed)
        .map(() => 'WATCHDOG=1 STATUS=Converged'),
    );
    child.kill('SIGHUP');
    await until(() => told().some((line) => line.includes('RELOADING=1')), 5000);
    const at = told().findIndex((line) => line.includes('RELOADING=1'));
    await until(
      () =>
        told()
          .slice(at)
          .some((line) => line.includes('READY=1')),
      5000,
    );
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(child.exitCode).toBe(0);
    expect(told().at(-1)).toMatch(/STOPPING=1/);
  });

  test('feeds no watchdog while a cycle hangs', async () => {
    startLoop('');
    await until(() => told().includes('WATCHDOG=1 STATUS=Converged'), 10_000);
    // A server that does not answer: each look waits its five seconds for it.
    const server = fleet.machine.serverPid() ?? -1;
    process.kill(server, 'SIGSTOP');
    const fed = await toldWhile(1500).finally(() => process.kill(server, 'SIGCONT'));
    expect(fed.after).toBe(fed.before);
    await until(() => told().length > fed.after, 10_000);
  });

  test('goes on, and says it once, where telling fails', async () => {
    startLoop('exit 1');
    await until(() => told().filter((line) => line.includes('WATCHDOG')).length >= 3, 15_000);
    expect(logged().filter((line) => line.includes('systemd was not told'))).toHaveLength(1);
  });

  test('logs to the journal with a priority, and without the time and process that it knows', async () => {
    startLoop('exit 1');
    await until(() => existsSync(log) && logged().some((line) => line.includes('"Converged"')), 10_000);
    for (const line of logged()) {
      expect(line).toMatch(/^<[3-7]>\{"level":\d+,"fleet":"real",/);
      const { time } = JSON.parse(line.slice(3));
      expect(time).toBeUndefined();
    }
    expect(logged().find((line) => line.includes('loop started'))).toMatch(/^<6>(?!.*"pid")/);
    await until(() => logged().some((line) => /^<4>.*systemd was not told/.test(line)), 5000);
  });

  test('says a bad file as an error, and ends with 78', async () => {
    fleet.write('kind: Fleet\n');
    const child = startLoop('');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(child.exitCode).toBe(78);
    const lines = logged().filter((line) => line !== '');
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => !line.startsWith('<3>'))).toEqual([]);
    expect(told()).toEqual([]);
  });
});
