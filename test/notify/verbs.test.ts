import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRig, type Rig } from '../cli/rig.ts';
import { HANGS, json, openServer, type RealServer, TAKEN } from './servers.ts';

let rig: Rig;
let server: RealServer;

beforeEach(async () => {
  rig = openRig();
  server = await openServer(TAKEN);
});
afterEach(async () => {
  await server.close();
  rig.close();
});

/** A fleet of one account whose link is missing. */
function declare(channels: string, rules: string): void {
  for (const name of ['a', 'shared']) mkdirSync(join(rig.home, name), { recursive: true });
  rig.declare(
    [
      `accounts: { a: { home: ${rig.home}/a } }`,
      `sharedState: { root: ${rig.home}/shared, entries: [projects] }`,
      `notify: { channels: { ${channels} }, rules: [${rules}] }`,
      '',
    ].join('\n'),
  );
}

const hook = (): string => `hook: { webhook: { url: "${server.url}/x" } }`;
const bot = (): string =>
  `bot: { telegram: { chat: "1", token: { fromEnv: BOT }, baseUrl: "${server.url}" } }`;

describe('apply', () => {
  test('tells what it did before it ends, once', { timeout: 60_000 }, async () => {
    declare(hook(), '{ events: [action.applied], to: [hook] }');
    expect((await rig.run(['apply', '--yes'])).exit).toBe(0);
    expect(server.got.map(({ json: body }) => body['subject'])).toEqual([
      'test: link/a/projects was changed: link.create',
    ]);
    expect((await rig.run(['apply', '--yes'])).exit).toBe(0);
    expect(server.got).toHaveLength(1);
    expect(readdirSync(join(rig.state, 'outbox', 'sent'))).toHaveLength(1);
  });

  test('waits some seconds for a channel that hangs, and loses nothing by it', {
    timeout: 60_000,
  }, async () => {
    declare(hook(), '{ events: [action.applied], to: [hook] }');
    server.answer = HANGS;
    const begun = Date.now();
    expect((await rig.run(['apply', '--yes'])).exit).toBe(0);
    expect(Date.now() - begun).toBeGreaterThan(4500);
    expect(Date.now() - begun).toBeLessThan(12_000);
    server.answer = TAKEN;
    expect((await rig.run(['apply', '--yes'])).exit).toBe(0);
    expect(new Set(server.got.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(server.got).toHaveLength(2);
    expect(readdirSync(join(rig.state, 'outbox', 'sent'))).toHaveLength(1);
  });

  test('of a fleet without rules makes no outbox', async () => {
    declare(hook(), '');
    expect((await rig.run(['apply', '--yes'])).exit).toBe(0);
    expect(readdirSync(rig.state)).not.toContain('outbox');
  });
});

describe('plan', () => {
  test('shows what is to be told, writes nothing, and sends nothing', async () => {
    declare(hook(), '{ events: [session.adopted], to: [hook] }');
    await rig.run(['apply', '--yes']);
    const at = new Date().toISOString();
    const event = {
      at,
      type: 'session.adopted',
      severity: 'info',
      target: 'session/x',
      message: '',
      fields: {},
    };
    writeFileSync(join(rig.state, 'events.jsonl'), `${JSON.stringify(event)}\n`, { flag: 'a' });
    const before = readFileSync(join(rig.state, 'state.json'), 'utf8');
    const { out } = await rig.run(['plan', '-o', 'json']);
    expect(JSON.parse(out)).toMatchObject({
      converged: false,
      actions: [{ type: 'notify.send', reason: 'told', source: { file: rig.file } }],
    });
    const shown = await rig.run(['plan']);
    expect(shown.out).toContain('a message to hook');
    expect(shown.out).toContain('1 to tell');
    expect(readFileSync(join(rig.state, 'state.json'), 'utf8')).toBe(before);
    expect(server.got).toEqual([]);
  });
});

describe('doctor --send-test', () => {
  test('sends one message and says that it was taken', async () => {
    declare(`${hook()}, ${bot()}`, '');
    const { exit, out } = await rig.run(['doctor', '--send-test', 'hook']);
    expect(exit).toBe(0);
    expect(out).toContain('channel/hook: it took a message');
    expect(server.got).toHaveLength(1);
    expect(server.got[0]?.json).toMatchObject({ kind: 'Notice', severity: 'info' });
  });

  test('says what came back where it was not, without the secret, and ends with 1', async () => {
    declare(bot(), '');
    server.answer = json(401, { ok: false, error_code: 401, description: 'Unauthorized' });
    const { exit, out, err } = await rig.run(['doctor', '--send-test', 'bot', '-o', 'json'], {
      env: { ...rig.env, BOT: '123456:AAbbCC' },
    });
    expect(exit).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      kind: 'Doctor',
      checks: [{ id: 'channel-test', status: 'fail', summary: 'the bot token is not valid' }],
    });
    expect(server.got[0]?.path).toBe('/bot123456:AAbbCC/sendMessage');
    expect(out + err).not.toContain('AAbbCC');
  });

  test('sends nothing where a secret is absent, and ends with 4 where there is no such channel', async () => {
    declare(bot(), '');
    expect(await rig.run(['doctor', '--send-test', 'bot'])).toMatchObject({
      exit: 1,
      out: expect.stringContaining('the variable BOT is absent'),
    });
    expect(await rig.run(['doctor', '--send-test', 'phone'])).toMatchObject({
      exit: 4,
      err: expect.stringContaining('there are bot'),
    });
    expect(server.got).toEqual([]);
  });
});

test('a secret that is absent turns its channel off with a warning, and nothing more', {
  timeout: 60_000,
}, async () => {
  declare(`${hook()}, ${bot()}`, '{ events: [action.applied], to: [hook, bot] }');
  expect((await rig.run(['apply', '--yes'])).exit).toBe(0);
  expect(server.got.map(({ path }) => path)).toEqual(['/x']);
  const status = JSON.parse((await rig.run(['status', '-o', 'json'])).out);
  expect(status.diagnostics).toContainEqual(
    expect.objectContaining({ severity: 'warning', code: 'channel-off', target: 'channel/bot' }),
  );
  const doctor = JSON.parse((await rig.run(['doctor', '-o', 'json'])).out);
  expect(doctor.checks).toContainEqual(
    expect.objectContaining({ id: 'channel', target: 'channel/bot', status: 'warn' }),
  );
});
