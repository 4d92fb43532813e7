import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/tmux.ts';
import { type FleetMachine, fleetMachine, type Running } from './fleet-machine.ts';
import { rawServer } from './world.ts';

const declared = (socket: string): string => `
apiVersion: rollcall/v1
kind: Fleet
name: real
reconcile: { every: 10m }
tmux: { socket: ${socket} }
pools:
  auto: { prefix: auto-, max: 2, cwd: ~/work }
`;

describe('a running loop whose file is edited', () => {
  let fleet: FleetMachine;
  let loop: Running;
  let other: string;

  beforeAll(async () => {
    fleet = fleetMachine(declared('SOCKET'));
    other = join(fleet.home, 'other.sock');
    loop = fleet.start('run');
    await until(() => loop.out().includes('"phase":"Converged"'), 20_000);
  });
  afterAll(async () => {
    execFileSync('tmux', ['-S', other, 'kill-server'], { env: fleet.machine.env });
    await fleet.cleanup();
  });

  it('goes to the tmux server that the file names now, and leaves the other as it is', async () => {
    const before = rawServer(fleet.machine);
    fleet.write(declared(other));
    await until(() => sessionsOn(other, fleet).length === 2, 10_000);
    expect(rawServer(fleet.machine)).toEqual(before);
    execFileSync('tmux', ['-S', other, 'kill-session', '-t', '=auto-0'], { env: fleet.machine.env });
    await until(() => sessionsOn(other, fleet).includes('auto-0'), 3_000);
    expect(loop.err()).toBe('');
  });
});

function sessionsOn(socket: string, fleet: FleetMachine): readonly string[] {
  try {
    const options = { env: fleet.machine.env, encoding: 'utf8' } as const;
    return execFileSync('tmux', ['-N', '-S', socket, 'list-sessions', '-F', '#{session_name}'], {
      ...options,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .trim()
      .split('\n');
  } catch {
    return [];
  }
}
