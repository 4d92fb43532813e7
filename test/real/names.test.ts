import { describe, expect, it, onTestFinished } from 'vitest';
import { countingTmux } from '../support/tmux.ts';
import { often } from '../support/heavy.ts';
import { type FleetMachine, fleetMachine } from './fleet-machine.ts';
import { product } from './product.ts';
import { rawServer } from './world.ts';

const HEAD = `
apiVersion: rollcall/v1
kind: Fleet
name: real
reconcile: { every: 10m, maxActions: 1000, maxDisruptions: 30% }
tmux: { socket: SOCKET }
`;

function pools(text: string, rest = ''): string {
  return `${HEAD}${rest}\npools:\n${text}\n`;
}

function pool(startIndex: number, max: number, over = ''): string {
  return `  auto: { prefix: auto-, startIndex: ${String(startIndex)}, min: ${String(max)}, max: ${String(max)}, cwd: ~/work, cooldown: 1ms ${over} }`;
}

function machine(yaml: string): FleetMachine {
  const fleet = fleetMachine(yaml);
  onTestFinished(() => fleet.cleanup());
  return fleet;
}

describe('names', () => {
  it('that begin alike are never taken for one another', async () => {
    const fleet = machine(pools(pool(11, 2)));
    const theirs = ['auto-1', 'auto-', 'auto-110', 'auto', 'Auto-11', 'auto-011'];
    for (const name of theirs) fleet.machine.tmux('new-session', '-d', '-s', name, 'sleep', '4000');
    const before = bytesOf(fleet, theirs);
    expect((await fleet.converge()).outcome).toBe('converged');
    expect(namesOf(fleet)).toEqual([...theirs, 'auto-11', 'auto-12'].toSorted());
    // Now those of ours have gone, and a prefix of their names is still there to be hit.
    fleet.machine.tmux('kill-session', '-t', '=auto-11');
    fleet.write(pools(pool(12, 1)));
    expect((await fleet.converge()).outcome).toBe('converged');
    fleet.write(pools(pool(11, 1)));
    expect((await fleet.converge()).outcome).toBe('converged');
    expect(namesOf(fleet)).toEqual([...theirs, 'auto-11'].toSorted());
    expect(bytesOf(fleet, theirs)).toEqual(before);
  });

  it('that somebody else holds are reported, not taken, and others are used', async () => {
    const fleet = machine(pools(`  auto: { prefix: auto-, startIndex: 11, min: 2, max: 3, cwd: ~/work }`));
    fleet.machine.tmux('new-session', '-d', '-s', 'auto-11', 'sleep', '4000');
    const before = bytesOf(fleet, ['auto-11']);
    const report = await fleet.converge();
    expect(report.outcome).toBe('converged');
    expect(report.diagnostics.map(({ code, target }) => [code, target])).toContainEqual([
      'name-taken',
      'session/auto-11',
    ]);
    expect(namesOf(fleet)).toEqual(['auto-11', 'auto-12', 'auto-13']);
    expect(bytesOf(fleet, ['auto-11'])).toEqual(before);
    fleet.write(pools(`  auto: { prefix: auto-, startIndex: 11, min: 3, max: 3, cwd: ~/work }`));
    expect((await fleet.converge()).withheld.map(({ reason, target }) => [reason, target])).toEqual([
      ['name-taken', 'session/auto-11'],
    ]);
    expect(bytesOf(fleet, ['auto-11'])).toEqual(before);
  });

  it('of a range that shrinks, moves and comes back leave nothing behind and take nothing else', async () => {
    const fleet = machine(pools(pool(11, 6)));
    await fleet.converge();
    const kept = bytesOf(fleet, ['auto-11', 'auto-12', 'auto-13', 'auto-14']);
    fleet.write(pools(pool(11, 4)));
    expect((await fleet.converge()).outcome).toBe('converged');
    expect(namesOf(fleet)).toEqual(['auto-11', 'auto-12', 'auto-13', 'auto-14']);
    expect(bytesOf(fleet, ['auto-11', 'auto-12', 'auto-13', 'auto-14'])).toEqual(kept);
    // Moved by two, it overlaps its old place: the two in both stay as they are.
    fleet.write(pools(pool(13, 4)));
    expect((await fleet.converge()).outcome).toBe('converged');
    expect(namesOf(fleet)).toEqual(['auto-13', 'auto-14', 'auto-15', 'auto-16']);
    expect(bytesOf(fleet, ['auto-13', 'auto-14'])).toEqual(kept.slice(2));
    // Moved away whole, it is a mass removal.
    fleet.write(pools(pool(40, 4)));
    const held = await fleet.converge();
    expect(held.outcome).toBe('withheld');
    expect(namesOf(fleet)).toHaveLength(8);
    expect((await fleet.converge({ massRemovalConfirmed: true })).outcome).toBe('converged');
    expect(namesOf(fleet)).toEqual(['auto-40', 'auto-41', 'auto-42', 'auto-43']);
  });

  it('of two pools stay apart, one a prefix of the other, also for --target', async () => {
    const two = `  a: { prefix: auto-, min: 2, max: 2, cwd: ~/work }\n  b: { prefix: auto-1-, min: 2, max: 2, cwd: ~/work }`;
    const fleet = machine(pools(two));
    await fleet.converge({ targets: ['pool/a'] });
    expect(namesOf(fleet)).toEqual(['auto-0', 'auto-1']);
    await fleet.converge();
    expect(namesOf(fleet)).toEqual(['auto-0', 'auto-1', 'auto-1-0', 'auto-1-1']);
  });

  it('of a dedicated session that is no longer declared make it foreign: it is left, whatever it is', async () => {
    const fleet = machine(pools(pool(11, 1), 'dedicated:\n  auto-7: { cwd: ~/work }'));
    await fleet.converge();
    const before = bytesOf(fleet, ['auto-7']);
    fleet.write(pools(pool(11, 1)));
    expect((await fleet.converge()).outcome).toBe('converged');
    // Not even where a pool now covers its name.
    fleet.write(pools(pool(7, 1)));
    await fleet.converge();
    expect(bytesOf(fleet, ['auto-7'])).toEqual(before);
    expect((await fleet.look()).plan.withheld.map(({ reason }) => reason)).toEqual(['name-taken']);
  });

  it('are adopted and released by exactly that name', async () => {
    const fleet = machine(pools(pool(11, 1)));
    for (const name of ['auto-11', 'auto-1'])
      fleet.machine.tmux('new-session', '-d', '-s', name, 'sleep', '4000');
    const other = bytesOf(fleet, ['auto-1']);
    expect((await fleet.cli('adopt', 'auto-1')).code).toBe(5);
    expect((await fleet.cli('adopt', 'auto')).code).toBe(4);
    const stranger = rawServer(fleet.machine)?.sessions.find(({ name }) => name === 'auto-11');
    expect((await fleet.cli('adopt', 'auto-11')).code).toBe(0);
    const adopted = rawServer(fleet.machine)?.sessions.find(({ name }) => name === 'auto-11');
    expect(adopted?.stamp).toEqual({ owner: 'real', kind: 'pool' });
    expect(adopted?.panes.map(({ pid }) => pid)).toEqual(stranger?.panes.map(({ pid }) => pid));
    // It counts, and what runs in it is spared, even when nothing declares it any more.
    expect((await fleet.converge()).results).toEqual([]);
    fleet.write(HEAD);
    await fleet.converge({ massRemovalConfirmed: true });
    expect(namesOf(fleet)).toEqual(['auto-1', 'auto-11']);
    expect((await fleet.cli('release', 'auto-11')).code).toBe(0);
    const released = rawServer(fleet.machine)?.sessions.find(({ name }) => name === 'auto-11');
    expect(released?.all).toBe(stranger?.all);
    expect(bytesOf(fleet, ['auto-1'])).toEqual(other);
  });
});

const MANY = often(120, 500);

describe('a great many sessions', () => {
  it('come up, are looked at in two invocations, and go down by 30 % a cycle after a yes', async () => {
    const fleet = machine(pools(pool(1, MANY)));
    const { machine: own, file, home } = fleet;
    own.tmux('new-session', '-d', '-s', 'auto-0', 'sleep', '4000');
    const before = bytesOf(fleet, ['auto-0']);
    const report = await fleet.converge({ timeoutMs: 100_000 });
    expect(report.outcome).toBe('converged');
    expect(namesOf(fleet)).toHaveLength(MANY + 1);
    const counting = countingTmux(own);
    const { plan } = await product(file, home, counting.env).look();
    expect(plan.converged).toBe(true);
    expect(counting.calls()).toBe(2);
    fleet.write(pools(pool(1, 5)));
    expect((await fleet.converge()).outcome).toBe('withheld');
    expect(namesOf(fleet)).toHaveLength(MANY + 1);
    const cycle = await fleet.converge({ massRemovalConfirmed: true, once: true });
    expect(cycle.results.filter(({ outcome }) => outcome === 'applied')).toHaveLength(0.3 * MANY);
    expect(namesOf(fleet)).toHaveLength(0.7 * MANY + 1);
    await fleet.converge({ timeoutMs: 100_000 });
    expect(namesOf(fleet)).toEqual(['auto-0', 'auto-1', 'auto-2', 'auto-3', 'auto-4', 'auto-5']);
    expect(bytesOf(fleet, ['auto-0'])).toEqual(before);
  }, 150_000);
});

function namesOf({ machine: own }: FleetMachine): readonly string[] {
  return (rawServer(own)?.sessions ?? []).map(({ name }) => name).toSorted();
}

/** All there is to be noticed about these sessions, in the order of their names. */
function bytesOf({ machine: own }: FleetMachine, names: readonly string[]): readonly string[] {
  const sessions = rawServer(own)?.sessions ?? [];
  return names.map((name) => sessions.find((each) => each.name === name)?.all ?? `no ${name}`);
}
