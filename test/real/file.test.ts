import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../support/tmux.ts';
import { often } from '../support/heavy.ts';
import { type FleetMachine, fleetMachine, HEAVY, type Running } from './fleet-machine.ts';
import { rawServer } from './world.ts';

const TEN = declared('', 10);

function declared(extra: string, min: number): string {
  return `# The fleet, with a comment – and a dash of UTF-8.
apiVersion: rollcall/v1
kind: Fleet
name: real
reconcile: { every: 10m, maxDisruptions: 100% }
tmux: { socket: SOCKET }
${extra}
pools:
  auto: { prefix: ccl-auto-, min: ${String(min)}, max: 10, cwd: ~/work, cooldown: 1ms }
`;
}

/** Without an alias or a limit that stops it, this is gigabytes. */
function bomb(): string {
  const levels = Array.from(
    { length: 12 },
    (_, i) =>
      `x${String(i)}: &a${String(i)} [${Array.from({ length: 10 }, () => (i === 0 ? 'lol' : `*a${String(i - 1)}`)).join(', ')}]`,
  );
  return `${TEN}\n${levels.join('\n')}\n`;
}

const THIRTY = Array.from({ length: 30 }, (_, i) => `wrong${String(i)}: { nothing: of the kind }`).join('\n');

describe('a running loop whose file is spoiled', { timeout: HEAVY ? 600_000 : 60_000 }, () => {
  let fleet: FleetMachine;
  let loop: Running;
  let ids: readonly string[];
  const good = (): string => TEN.replaceAll('SOCKET', fleet.machine.socket);

  beforeAll(async () => {
    fleet = fleetMachine(TEN);
    loop = fleet.start('run');
    await until(() => loop.out().includes('"phase":"Converged"'), 20_000);
    ids = idsOf(fleet);
  });
  afterAll(() => fleet.cleanup());

  // A bad file is bad in whichever way: the reader's own tests have them all.
  const spoiled: readonly [string, () => void][] = [
    ['emptied', () => truncateSync(fleet.file, 0)],
    ['deleted', () => rmSync(fleet.file)],
    ['half a file', () => writeFileSync(fleet.file, good().slice(0, good().length / 2))],
    ['a file with 30 errors', () => fleet.write(`${TEN}${THIRTY}\n`)],
    [
      '5 MB of YAML',
      () =>
        fleet.write(
          `${TEN}${`# ${'y'.repeat(120)}
`.repeat(42_000)}`,
        ),
    ],
    ['a YAML bomb', () => fleet.write(bomb())],
    ['only a comment', () => fleet.write('# nothing\n')],
    ['a list', () => fleet.write('- one\n')],
    ['not UTF-8', () => writeFileSync(fleet.file, Buffer.from([0xff, 0xfe, 0x00, 0x41]))],
    ['a folder in its place', () => fleet.machine.sh(`rm -f '${fleet.file}'; mkdir '${fleet.file}'`)],
    ['a FIFO in its place', () => fleet.machine.sh(`rm -f '${fleet.file}'; mkfifo '${fleet.file}'`)],
  ];
  it.each(spoiled.filter((_, at) => at % often(2, 1) === 0))(
    'stops nothing, says Degraded, and goes on with the good file: %s',
    async (_, spoil) => {
      const said = loop.out().length;
      spoil();
      await until(() => loop.out().slice(said).includes('"phase":"Degraded"'), 10_000);
      expect(loop.out().slice(said)).toContain('file rejected, the last good one stays in force');
      expect(idsOf(fleet)).toEqual(ids);
      const status = await fleet.cli('status', '-o', 'json');
      expect(status.code).toBe(78);
      expect(JSON.parse(status.out)).toMatchObject({ phase: 'Degraded' });
      expect(status.err).not.toBe('');
      fleet.machine.sh(`rm -rf '${fleet.file}'`);
      fleet.write(TEN);
      await until(() => loop.out().slice(said).includes('"phase":"Converged"'), 10_000);
      expect(idsOf(fleet)).toEqual(ids);
      expect((await fleet.cli('status', '--exit-code')).code).toBe(0);
    },
  );

  it('keeps to its own fleet where the file now names another one', async () => {
    const said = loop.out().length;
    fleet.write(TEN.replace('name: real', 'name: other').replace('min: 10', 'min: 0'));
    await until(() => loop.out().slice(said).includes('"phase":"Degraded"'), 10_000);
    expect(loop.out().slice(said)).toContain('the file now declares fleet other');
    expect(idsOf(fleet)).toEqual(ids);
    fleet.write(TEN);
    await until(() => loop.out().slice(said).includes('"phase":"Converged"'), 10_000);
  });

  it('is still the last good one after a restart with the bad file', async () => {
    const said = loop.out().length;
    fleet.write(`${TEN}oops: [\n`);
    await until(() => loop.out().slice(said).includes('"phase":"Degraded"'), 10_000);
    loop.kill('SIGKILL');
    await loop.ended;
    fleet.machine.tmux('kill-session', '-t', '=ccl-auto-4');
    loop = fleet.start('run');
    await until(() => idsOf(fleet).length === 10, 20_000);
    await until(() => loop.out().includes('"phase":"Degraded"'), 10_000);
    expect(loop.err()).toContain('the last good one stays in force');
    ids = idsOf(fleet);
    fleet.write(TEN);
    await until(() => loop.out().includes('"phase":"Converged"'), 10_000);
    expect(idsOf(fleet)).toEqual(ids);
  });

  it('is cut off at any byte, and nothing is stopped', async () => {
    const bytes = Buffer.from(good());
    const step = HEAVY ? 1 : 61;
    for (let length = 0; length < bytes.length; length += step) {
      writeFileSync(fleet.file, bytes.subarray(0, length));
      await new Promise((resolve) => setTimeout(resolve, HEAVY ? 400 : 120));
      expect([length, idsOf(fleet)]).toEqual([length, ids]);
    }
    const said = loop.out().length;
    fleet.write(`${TEN}oops: [\n`);
    await until(() => loop.out().slice(said).includes('file rejected'), 10_000);
    fleet.write(TEN);
    await until(() => loop.out().slice(said).includes('"phase":"Converged"'), 10_000);
    expect(idsOf(fleet)).toEqual(ids);
  });
});

describe('an edit that would take too much', () => {
  it('is withheld by the loop, said by status, and done by apply --yes', async () => {
    const fleet = fleetMachine(TEN);
    onTestFinished(() => fleet.cleanup());
    const loop = fleet.start('run');
    await until(() => loop.out().includes('"phase":"Converged"'), 20_000);
    const ids = idsOf(fleet);
    const said = loop.out().length;
    fleet.write(TEN.slice(0, TEN.indexOf('pools:')));
    await until(() => loop.out().slice(said).includes('"phase":"Degraded"'), 10_000);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(idsOf(fleet)).toEqual(ids);
    const status = JSON.parse((await fleet.cli('status', '-o', 'json')).out);
    expect(status).toMatchObject({ phase: 'Degraded' });
    expect(status.diagnostics.map(({ code }: { code: string }) => code)).toContain('mass-removal');
    expect(fleet.events().map(({ type }) => type)).toContain('mass.removal');
    loop.kill('SIGTERM');
    await loop.ended;
    // Another loop remembers that nobody has said yes.
    const again = fleet.start('run');
    await until(() => again.out().includes('"phase":"Degraded"'), 20_000);
    expect(idsOf(fleet)).toEqual(ids);
    again.kill('SIGTERM');
    await again.ended;
    const refused = await fleet.cli('apply');
    expect(refused.code).toBe(5);
    expect(idsOf(fleet)).toEqual(ids);
    // A yes to one of them is no yes to the others.
    expect((await fleet.cli('apply', '--yes', '--target', 'session/ccl-auto-9')).code).toBe(0);
    expect(idsOf(fleet)).toHaveLength(9);
    const third = fleet.start('run');
    await until(() => third.out().includes('"phase":"Degraded"'), 20_000);
    third.kill('SIGTERM');
    await third.ended;
    expect(idsOf(fleet)).toHaveLength(9);
    const applied = await fleet.cli('apply', '--yes');
    expect(applied.code).toBe(0);
    expect(applied.err).toContain('mass removal');
    expect(rawServer(fleet.machine)).toBeNull();
  });
});

describe('a loop that is started with a bad file', () => {
  it('ends with 78 where there never was a good one, and says where and what', async () => {
    const fleet = fleetMachine(TEN.replace('min: 10', 'min: ten'));
    onTestFinished(() => fleet.cleanup());
    const { code, err } = await fleet.cli('run');
    expect(code).toBe(78);
    expect(err).toMatch(/desired-state\.yaml:\d+:\d+/);
    expect(rawServer(fleet.machine)).toBeNull();
  });
});

function idsOf({ machine }: FleetMachine): readonly string[] {
  return (rawServer(machine)?.sessions ?? []).map(({ id }) => id);
}
