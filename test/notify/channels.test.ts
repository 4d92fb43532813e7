import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ChannelSpec } from '../../src/model/desired.ts';
import type { Delivery } from '../../src/notify/delivery.ts';
import { openChannel } from '../../src/notify/open-channel.ts';
import { retryAfterMs } from '../../src/notify/retry-after.ts';
import { outputSchema } from '../../src/report/schemas.ts';
import { noticeDocument } from '../../src/notify/notice-document.ts';
import { notice } from './notice.ts';
import { type Answers, DRIPS, FLOODS, json, openServer, type RealServer, RESETS, TAKEN } from './servers.ts';

const SECRET = '123456:AAbbCCddEE';
const ENV = { type: 'env', name: 'TOKEN' } as const;

let server: RealServer;
beforeEach(async () => {
  server = await openServer(TAKEN);
});
afterEach(async () => {
  await server.close();
});

const SPECS = {
  telegram: () => ({ type: 'telegram', chat: '-1001', token: ENV, baseUrl: server.url }) as const,
  resend: () =>
    ({
      type: 'resend',
      from: 'f@example.org',
      to: ['me@example.org'],
      key: ENV,
      baseUrl: server.url,
    }) as const,
  webhook: () =>
    ({ type: 'webhook', url: `${server.url}/hook/s3cret-path`, headers: { 'x-key': ENV } }) as const,
};
type Name = keyof typeof SPECS;
const ALL: readonly Name[] = ['telegram', 'resend', 'webhook'];

function deliver(spec: ChannelSpec, signal = new AbortController().signal): Promise<Delivery> {
  const place = { secretOf: () => SECRET, command: { env: {}, cwd: '/' } };
  const answer = openChannel(spec, place);
  if (answer.type === 'off') throw new Error(answer.why);
  return answer.channel.deliver(notice(), signal);
}

describe('a message is', () => {
  test('to Telegram plain text without markup and previews; only commands are set as code, by place', async () => {
    expect(await deliver(SPECS.telegram())).toEqual({ type: 'delivered' });
    const [got] = server.got;
    expect(got?.path).toBe(`/bot${SECRET}/sendMessage`);
    const text = 'home: link/main/fix.\u2060md is not right\nSince 12:00 UTC.\nrollcall why link/main/fix.md';
    expect(got?.json).toEqual({
      chat_id: '-1001',
      text,
      entities: [
        { type: 'code', offset: text.indexOf('rollcall'), length: 'rollcall why link/main/fix.md'.length },
      ],
      link_preview_options: { is_disabled: true },
      disable_notification: false,
    });
  });

  test('to Resend a mail of text, with its id as Idempotency-Key', async () => {
    expect(await deliver(SPECS.resend())).toEqual({ type: 'delivered' });
    const [got] = server.got;
    expect(got).toMatchObject({
      path: '/emails',
      headers: { authorization: `Bearer ${SECRET}`, 'idempotency-key': notice().id },
      json: { from: 'f@example.org', to: ['me@example.org'], subject: 'home: link 0' },
    });
    expect(Object.keys(got?.json ?? {})).toEqual(['from', 'to', 'subject', 'text']);
  });

  test('to a webhook the published document, with its id as Idempotency-Key', async () => {
    expect(await deliver(SPECS.webhook())).toEqual({ type: 'delivered' });
    const [got] = server.got;
    expect(got?.headers).toMatchObject({ 'x-key': SECRET, 'idempotency-key': notice().id });
    expect(got?.json).toEqual(JSON.parse(JSON.stringify(noticeDocument(notice()))));
    expect(Object.keys(got?.json ?? {})).toEqual(outputSchema('Notice')['required']);
  });
});

interface Case {
  readonly name: string;
  readonly answer: Answers;
  readonly wanted: Readonly<Record<Name, Delivery['type']>>;
}

const every = (type: Delivery['type']) => ({ telegram: type, resend: type, webhook: type });

const CASES: readonly Case[] = [
  { name: '500', answer: json(500, {}), wanted: every('retry') },
  { name: '503 with HTML', answer: (_, r) => r.writeHead(503).end('<html>'), wanted: every('retry') },
  { name: '429', answer: json(429, {}), wanted: every('retry') },
  { name: '401', answer: json(401, { ok: false, error_code: 401 }), wanted: every('refused') },
  { name: '403', answer: json(403, {}), wanted: every('refused') },
  { name: '404', answer: json(404, {}), wanted: every('refused') },
  { name: '400', answer: json(400, {}), wanted: every('refused') },
  { name: 'a reset connection', answer: RESETS, wanted: every('retry') },
  { name: 'no HTTP at all', answer: (_, __, socket) => socket.end('SSH-2.0-x\r\n'), wanted: every('retry') },
  {
    name: 'a redirect, which is not followed',
    answer: (_, r) => r.writeHead(302, { location: `${server.url}/elsewhere` }).end(),
    wanted: every('refused'),
  },
  {
    name: '200 with an error in its body',
    answer: json(200, { ok: false, error_code: 401, description: 'Unauthorized' }),
    wanted: { telegram: 'refused', resend: 'retry', webhook: 'delivered' },
  },
  {
    name: '200 and a page of a hotel',
    answer: (_, r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>'),
    wanted: { telegram: 'retry', resend: 'retry', webhook: 'delivered' },
  },
  {
    name: '200 and no end of bytes',
    answer: FLOODS,
    wanted: { telegram: 'retry', resend: 'retry', webhook: 'delivered' },
  },
  {
    name: '200 with a list',
    answer: json(200, []),
    wanted: { telegram: 'retry', resend: 'retry', webhook: 'delivered' },
  },
];

describe.each(CASES)('$name', ({ answer, wanted }) => {
  test.each(ALL)('from %s', async (name) => {
    server.answer = answer;
    const begun = Date.now();
    const delivery = await deliver(SPECS[name]());
    expect(delivery.type).toBe(wanted[name]);
    // Not by giving up after ten seconds.
    expect(Date.now() - begun).toBeLessThan(5000);
    expect(server.got).toHaveLength(1);
    // Nothing of the address or its secrets is in what people read.
    expect(JSON.stringify(delivery)).not.toMatch(/123456|AAbb|s3cret|127\.0\.0\.1/);
  });
});

test.each(ALL)(
  'a slow drip of an answer is given up after ten seconds, and then tried again: %s',
  async (name) => {
    server.answer = DRIPS;
    const begun = Date.now();
    const delivery = await deliver(SPECS[name](), AbortSignal.timeout(1500));
    // Here the test breaks it off earlier; that it ends by itself is shown below, once.
    expect(delivery.type).toBe(name === 'webhook' ? 'delivered' : 'retry');
    expect(Date.now() - begun).toBeLessThan(4000);
  },
);

test('who never answers is given up after ten seconds', { timeout: 20_000 }, async () => {
  server.answer = () => undefined;
  const begun = Date.now();
  expect(await deliver(SPECS.webhook())).toEqual({
    type: 'retry',
    why: 'no answer within 10 s',
    afterMs: null,
  });
  expect(Date.now() - begun).toBeGreaterThan(9500);
  expect(Date.now() - begun).toBeLessThan(12_000);
});

test('an address where nobody listens is tried again, and not named', async () => {
  const spec = SPECS.telegram();
  await server.close();
  expect(await deliver(spec)).toEqual({ type: 'retry', why: 'nobody listens there', afterMs: null });
});

test('a mail under whose key another one was taken before is not sent again', async () => {
  server.answer = json(409, { name: 'invalid_idempotent_request' });
  expect((await deliver(SPECS.resend())).type).toBe('delivered');
  server.answer = json(409, { name: 'concurrent_idempotent_requests' });
  expect((await deliver(SPECS.resend())).type).toBe('retry');
});

describe('how long to wait', () => {
  test.each([
    ['7', 7000],
    ['0', 0],
    ['86400', 3_600_000],
    ['-1', null],
    ['1.5', null],
    ['soon', null],
    ['', null],
    [null, null],
    ['Mon, 23 Nov 2026 12:00:30 GMT', 30_000],
    ['Mon, 23 Nov 2026 11:00:00 GMT', 0],
    ['Tue, 23 Nov 2027 12:00:00 GMT', 3_600_000],
    ['2026-11-23', null],
  ])('Retry-After: %s', (header, ms) => {
    expect(retryAfterMs(header, Date.UTC(2026, 10, 23, 12))).toBe(ms);
  });

  test.each(ALL)('is as %s asked', async (name) => {
    server.answer = json(429, { parameters: { retry_after: 9 } }, { 'retry-after': '9' });
    expect(await deliver(SPECS[name]())).toMatchObject({ type: 'retry', afterMs: 9000 });
  });
});

describe('a secret', () => {
  test.each([[null], [''], ['two words'], ['line\nbreak'], ['ünicode']])(
    '%j turns its channel off',
    (value) => {
      for (const name of ALL) {
        const answer = openChannel(SPECS[name](), { secretOf: () => value, command: { env: {}, cwd: '/' } });
        // A header may hold a space.
        if (name === 'webhook' && value === 'two words') continue;
        expect(answer).toMatchObject({ type: 'off' });
        expect(JSON.stringify(answer)).not.toContain(value === null || value === '' ? '\0' : value);
      }
    },
  );

  test('that is another one makes it another channel', () => {
    const print = (value: string) => {
      const answer = openChannel(SPECS.telegram(), { secretOf: () => value, command: { env: {}, cwd: '/' } });
      return answer.type === 'open' ? answer.channel.fingerprint : null;
    };
    expect(print('a')).toBe(print('a'));
    expect(print('a')).not.toBe(print('b'));
  });
});

describe('a command', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'rollcall-command-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  function run(argv: readonly string[], signal = new AbortController().signal): Promise<Delivery> {
    const env = { PATH: process.env['PATH'] ?? '' };
    const answer = openChannel(
      { type: 'command', command: argv },
      { secretOf: () => null, command: { env, cwd: dir } },
    );
    if (answer.type === 'off') throw new Error(answer.why);
    return answer.channel.deliver(notice(), signal);
  }

  test('gets the message on its stdin and what it is in its environment, and no shell', async () => {
    writeFileSync(
      join(dir, 'say.sh'),
      '#!/bin/sh\n{ cat; echo "$ROLLCALL_NOTICE_SEVERITY $1"; env; } > out\n',
      { mode: 0o700 },
    );
    expect(await run(['./say.sh', '$(touch pwned)'])).toEqual({ type: 'delivered' });
    const out = readFileSync(join(dir, 'out'), 'utf8');
    expect(out).toContain(`${notice().subject}\n\n${notice().text}\nerror $(touch pwned)\n`);
    expect(out).not.toContain('VITEST');
  });

  test('that fails is tried again; one that is not there is refused', async () => {
    expect(await run(['sh', '-c', 'exit 3'])).toEqual({
      type: 'retry',
      why: 'it ended with 3',
      afterMs: null,
    });
    expect(await run(['./nothing'])).toEqual({ type: 'refused', why: 'it could not be started (ENOENT)' });
  });

  test('that reads nothing is no problem', async () => {
    expect(await run(['true'])).toEqual({ type: 'delivered' });
  });

  test('that hangs is ended with all that it started', async () => {
    const line = 'sleep 300 & echo $! > child; wait';
    expect((await run(['sh', '-c', line], AbortSignal.timeout(700))).type).toBe('retry');
    const child = Number(readFileSync(join(dir, 'child'), 'utf8'));
    await expect.poll(() => isRunning(child), { timeout: 3000 }).toBe(false);
  });
});

/** A corpse that nobody reaped has ended, too. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
