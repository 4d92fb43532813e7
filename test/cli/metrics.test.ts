import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { scraped } from '../support/exposition.ts';
import { openRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(() => {
  rig = openRig();
  rig.declare('pools: { auto: { prefix: auto-, max: 1 } }\n');
});
afterEach(() => rig.close());

/** Runs the loop, serving on that address, until `work` is done; gives what it said. */
async function whileRunning(host: string, work: (where: string) => Promise<void>): Promise<string> {
  const port = await freePort();
  const asked = new AbortController();
  const running = rig.run(['run', '--metrics', `${host}:${port}`], { interruption: () => asked.signal });
  const where = `http://127.0.0.1:${port}/metrics`;
  try {
    const isUp = () =>
      fetch(where).then(
        ({ status }) => status,
        () => 0,
      );
    await expect.poll(isUp, { timeout: 20_000, interval: 100 }).toBe(200);
    await work(where);
  } finally {
    asked.abort('SIGTERM');
  }
  const { exit, out } = await running;
  expect(exit).toBe(0);
  return out;
}

async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const found = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof found === 'object' && found !== null ? String(found.port) : '';
}

test('run --metrics serves the fleet as it is', async () => {
  const said = await whileRunning('127.0.0.1', async (where) => {
    const get = async () => scraped(await (await fetch(where)).text()).series;
    await expect
      .poll(
        async () =>
          (await get()).find(
            ({ name, labels }) => name === 'rollcall_phase' && labels['phase'] === 'Converged',
          )?.value,
        { timeout: 20_000, interval: 300 },
      )
      .toBe(1);
    const series = await get();
    const created = series.find(
      ({ name, labels }) =>
        name === 'rollcall_actions_total' &&
        labels['type'] === 'session.create' &&
        labels['outcome'] === 'applied',
    );
    expect(created?.value).toBe(1);
    checkWithPromtool(await (await fetch(where)).text());
  });
  expect(said).not.toContain('whoever reaches this address');
});

test('run --metrics says so where others can reach it', async () => {
  const said = await whileRunning('0.0.0.0', () => Promise.resolve());
  expect(said).toContain('whoever reaches this address can read the metrics');
});

test('run --metrics ends with 1 where the port is taken, and lets the fleet go', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const found = other.address();
  const port = typeof found === 'object' && found !== null ? String(found.port) : '';
  try {
    const { exit, err } = await rig.run(['run', '--metrics', port]);
    expect(exit).toBe(1);
    expect(err).toContain(`metrics cannot be served on 127.0.0.1:${port}: another program listens there`);
    expect((await rig.run(['apply', '--yes', '--once'])).exit).toBe(0);
  } finally {
    await new Promise((resolve) => other.close(resolve));
  }
});

test('run --metrics ends with 64 where it is no address', async () => {
  const { exit, err } = await rig.run(['run', '--metrics', 'http://localhost:1/metrics']);
  expect(exit).toBe(64);
  expect(err).toContain('such as 127.0.0.1:9464');
});

/** Where Prometheus' own checker is installed, it is asked, too. */
function checkWithPromtool(text: string): void {
  const promtool = process.env['PROMTOOL'] ?? 'promtool';
  try {
    execFileSync(promtool, ['--version'], { stdio: 'pipe' });
  } catch {
    return;
  }
  const said = execFileSync(promtool, ['check', 'metrics'], { input: text, encoding: 'utf8', stdio: 'pipe' });
  expect(said).toBe('');
}
