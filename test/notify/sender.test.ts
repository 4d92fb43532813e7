import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openHost } from '../../src/host/host.ts';
import {
  dropNotice,
  markSent,
  outboxFolder,
  readChannels,
  readNotice,
  readOutbox,
  writeChannels,
} from '../../src/host/state/outbox.ts';
import { queueNotice } from '../../src/apply/notice.ts';
import type { Notice } from '../../src/model/notice.ts';
import type { ChannelAnswer } from '../../src/notify/delivery.ts';
import { openChannel } from '../../src/notify/open-channel.ts';
import { openSender, type Outbox, type Sender } from '../../src/notify/sender.ts';
import { notice } from './notice.ts';
import { HANGS, json, openServer, type RealServer, TAKEN } from './servers.ts';

const host = openHost({ socket: { type: 'path', path: '/nowhere' }, env: {} });

let dir: string;
let server: RealServer;
let sender: Sender;
let events: { type: string; message: string; fields: object }[];
let problems: string[];
/** The bot's token as the machine has it. */
let token: string | null;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'rollcall-sender-'));
  server = await openServer(TAKEN);
  [events, problems, token] = [[], [], '123456:AAbb'];
  sender = sending();
});
afterEach(async () => {
  await sender.stop(0);
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

function sending(over: Partial<Outbox> = {}): Sender {
  return openSender({
    outbox: {
      waiting,
      read: (id) => readNotice(dir, id),
      sent: (id) => markSent(dir, id),
      drop: (id) => dropNotice(dir, id),
      channels: () => readChannels(dir),
      saveChannels: (channels) => writeChannels(dir, channels),
      ...over,
    },
    channelOf,
    note: (type, _, __, message, fields) => events.push({ type, message, fields }),
    onProblem: (why) => problems.push(why),
    now: () => Date.now(),
    // The shortest pauses there are: 1 s, 2 s, 4 s.
    random: () => 1,
  });
}

function channelOf(name: string): ChannelAnswer | null {
  if (name === 'gone') return null;
  const place = { secretOf: () => token, command: { env: {}, cwd: '/' } };
  const telegram = {
    type: 'telegram',
    chat: '1',
    token: { type: 'env', name: 'T' },
    baseUrl: server.url,
  } as const;
  const hook = { type: 'webhook', url: `${server.url}/${name}`, headers: {} } as const;
  return openChannel(name === 'phone' ? telegram : hook, place);
}

async function queue(...notices: readonly Notice[]): Promise<void> {
  for (const each of notices) {
    const effect = { type: 'notify.send', folder: outboxFolder(dir), notice: each, drops: [] } as const;
    expect((await queueNotice(host, effect)).outcome).toBe('applied');
  }
}

function waiting(): readonly string[] {
  const outbox = readOutbox(dir);
  return outbox.ok ? outbox.value.waiting : [];
}

function sent(): readonly string[] {
  const outbox = readOutbox(dir);
  return outbox.ok ? outbox.value.sent : [];
}

/** The keys in the order in which the server got them. */
function keys(): readonly unknown[] {
  return server.got.map(({ headers, json: body }) => headers['idempotency-key'] ?? body['text']);
}

const hook = (index: number, over: Partial<Notice> = {}) => notice(index, { channel: 'hook', ...over });

describe('the sender', () => {
  test('sends what waits, oldest first and one at a time, and remembers each as sent', async () => {
    let atOnce = 0;
    let most = 0;
    server.answer = (_, response) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      setTimeout(() => {
        atOnce -= 1;
        response.end('{}');
      }, 20);
    };
    const three = [hook(2), hook(0), hook(1)];
    await queue(...three);
    sender.wake();
    sender.wake();
    await expect.poll(sent).toHaveLength(3);
    expect(keys()).toEqual([hook(0), hook(1), hook(2)].map(({ id }) => id));
    expect(most).toBe(1);
    expect(waiting()).toEqual([]);
    expect(readChannels(dir)['hook']).toMatchObject({ state: 'working', sent: 3, failed: 0 });
    expect(events.map(({ type }) => type)).toEqual(['notice.sent', 'notice.sent', 'notice.sent']);
  });

  test('keeps a message through 500 and a reset, and delivers it once', async () => {
    server.answer = (got, response, socket, count) => {
      if (count === 1) json(500, {})(got, response, socket, count);
      else if (count === 2) socket.resetAndDestroy();
      else TAKEN(got, response, socket, count);
    };
    await queue(hook(0));
    sender.wake();
    await expect.poll(() => server.got.length, { timeout: 3000 }).toBe(2);
    expect(waiting()).toEqual([hook(0).id]);
    await expect.poll(sent, { timeout: 5000 }).toEqual([hook(0).id]);
    expect(new Set(keys())).toEqual(new Set([hook(0).id]));
    expect(server.got).toHaveLength(3);
    expect(events.map(({ type }) => type)).toEqual(['notice.failed', 'notice.sent']);
    const gaps = server.got.map(({ at }) => at);
    expect((gaps[1] ?? 0) - (gaps[0] ?? 0)).toBeGreaterThanOrEqual(990);
    expect((gaps[2] ?? 0) - (gaps[1] ?? 0)).toBeGreaterThanOrEqual(1990);
  });

  test('asks no earlier than Retry-After says', async () => {
    server.answer = (got, response, socket, count) =>
      (count === 1 ? json(429, {}, { 'retry-after': '3' }) : TAKEN)(got, response, socket, count);
    await queue(hook(0));
    sender.wake();
    await expect.poll(sent, { timeout: 6000 }).toHaveLength(1);
    expect((server.got[1]?.at ?? 0) - (server.got[0]?.at ?? 0)).toBeGreaterThanOrEqual(2990);
  });

  test('parks a channel that refuses, loses nothing, and goes on at once with another token', async () => {
    server.answer = json(401, { ok: false, error_code: 401 });
    await queue(notice(0), notice(1));
    sender.wake();
    await expect.poll(() => readChannels(dir)['phone']?.state).toBe('parked');
    for (let i = 0; i < 5; i += 1) sender.wake();
    await sleep(1500);
    expect(server.got).toHaveLength(1);
    expect(waiting()).toHaveLength(2);
    server.answer = TAKEN;
    token = '654321:BBcc';
    sender.wake();
    await expect.poll(sent).toHaveLength(2);
    expect(readChannels(dir)['phone']?.state).toBe('working');
    expect(JSON.stringify([events, readChannels(dir), problems])).not.toMatch(/123456|AAbb|654321/);
  });

  test('lets no channel wait for another that hangs', async () => {
    server.answer = (got, response, socket, count) =>
      (got.path === '/hook' ? TAKEN : HANGS)(got, response, socket, count);
    await queue(notice(0), hook(1), hook(2));
    sender.wake();
    await expect.poll(sent).toHaveLength(2);
    expect(waiting()).toEqual([notice(0).id]);
  });

  test('says that a channel is off while its secret is absent, and sends when it is there', async () => {
    token = null;
    await queue(notice(0));
    sender.wake();
    expect(readChannels(dir)['phone']).toMatchObject({ state: 'off', why: 'the variable T is absent' });
    expect(server.got).toEqual([]);
    token = '1:a';
    sender.wake();
    await expect.poll(sent).toHaveLength(1);
  });

  test('sends nothing twice where the disk will not say that it was sent', async () => {
    await sender.stop(0);
    let broken = true;
    sender = sending({
      sent: (id) => {
        if (broken) throw new Error('EROFS');
        markSent(dir, id);
      },
    });
    await queue(hook(0));
    for (let i = 0; i < 10; i += 1) {
      sender.wake();
      await sleep(30);
    }
    expect(server.got).toHaveLength(1);
    expect(problems).toContain('EROFS');
    broken = false;
    sender.wake();
    expect(sent()).toHaveLength(1);
    expect(server.got).toHaveLength(1);
  });

  test('drops what goes to nobody any more, and what is no message, and says so', async () => {
    await queue(notice(0, { channel: 'gone' }), hook(1));
    const bad = `${outboxFolder(dir)}/${hook(2).id}.json`;
    await host.files.write(bad, 'half a mess', { fresh: true });
    sender.wake();
    await expect.poll(sent).toEqual([hook(1).id]);
    expect(waiting()).toEqual([]);
    expect(events.filter(({ type }) => type === 'notice.dropped')).toHaveLength(2);
  });

  test('says once what a dead channel was to be told again and again', async () => {
    const again = (index: number) => {
      const [item] = notice(9).items;
      return hook(index, { items: item === undefined ? [] : [{ ...item, state: 'lasts' }] });
    };
    await queue(again(1), again(2), hook(3), again(4));
    sender.wake();
    await expect.poll(sent).toHaveLength(2);
    expect(keys()).toEqual([hook(3).id, hook(4).id]);
    expect(waiting()).toEqual([]);
  });

  test('leaves alone what is not its own', async () => {
    await queue(hook(0));
    await host.files.write(`${outboxFolder(dir)}/notes.json`, 'mine', { fresh: true });
    sender.wake();
    await expect.poll(sent).toHaveLength(1);
    expect(readdirSync(outboxFolder(dir))).toEqual(['channels.json', 'notes.json', 'sent']);
  });

  test('ends with what is under way, and breaks it off where that takes too long', async () => {
    server.answer = (_, response) => void setTimeout(() => response.end('{}'), 300);
    await queue(hook(0), hook(1));
    sender.wake();
    await expect.poll(() => server.got.length).toBe(1);
    await sender.stop(2000);
    expect(sent()).toEqual([hook(0).id]);
    expect(waiting()).toEqual([hook(1).id]);
    sender = sending();
    server.answer = HANGS;
    sender.wake();
    await expect.poll(() => server.got.length).toBe(2);
    const begun = Date.now();
    await sender.stop(200);
    expect(Date.now() - begun).toBeLessThan(1500);
    // We broke it off: that says nothing of the channel.
    expect(readChannels(dir)['hook']).toMatchObject({ state: 'working', failed: 0 });
  });
});

test('a message that is queued again, waiting or sent, is there once', async () => {
  await queue(hook(0), hook(0));
  expect(waiting()).toHaveLength(1);
  sender.wake();
  await expect.poll(sent).toHaveLength(1);
  await queue(hook(0));
  expect(waiting()).toEqual([]);
});
