import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { type MetricsServer, serveMetrics } from '../../src/host/metrics-server.ts';
import { isLoopback, metricsAddress } from '../../src/model/metrics-address.ts';

let server: MetricsServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

const LOOPBACK = { host: '127.0.0.1', port: 0 };

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

function ask(port: number, path = '/metrics', method = 'GET', host?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = host === undefined ? {} : { host };
    request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('error', reject);
      response.on('data', (more: string) => (body += more));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
      );
    })
      .on('error', reject)
      .end();
  });
}

/** Only whether it is answered, and how; 0: it is not. */
function statusOf(port: number): Promise<number> {
  return new Promise((resolve) => {
    request({ host: '127.0.0.1', port, path: '/metrics', agent: false }, (response) => {
      resolve(response.statusCode ?? 0);
      response.on('error', () => undefined).destroy();
    })
      .on('error', () => resolve(0))
      .end();
  });
}

it('gives its text at /metrics, to GET and HEAD alone', async () => {
  server = await serveMetrics(LOOPBACK, () => 'rollcall_up 1\n');
  const { port } = server;
  const got = await ask(port);
  expect([got.status, got.body]).toEqual([200, 'rollcall_up 1\n']);
  expect(got.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await ask(port, '/metrics?a=b')).toMatchObject({ status: 200 });
  expect(await ask(port, '/metrics', 'HEAD')).toMatchObject({ status: 200, body: '' });
  for (const path of ['/', '/metrics/', '/metrics/../', '//metrics', '/status'])
    expect([path, (await ask(port, path)).status]).toEqual([path, 404]);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])
    expect(await ask(port, '/metrics', method)).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD' },
    });
});

it('answers nobody who was led here by the name of another', async () => {
  server = await serveMetrics(LOOPBACK, () => 'rollcall_up 1\n');
  const { port } = server;
  for (const host of [
    '127.0.0.1',
    `127.0.0.1:${String(port)}`,
    'localhost:9464',
    'LOCALHOST',
    '[::1]:1',
    '10.0.0.7',
  ])
    expect([host, (await ask(port, '/metrics', 'GET', host)).status]).toEqual([host, 200]);
  for (const host of [
    'evil.example',
    'evil.example:80',
    '127.0.0.1.evil.example',
    'localhost.evil',
    ' ',
    '[evil]',
    'a@b',
  ])
    expect([host, (await ask(port, '/metrics', 'GET', host)).status]).toEqual([host, 403]);
});

it('makes its text at most once a second', async () => {
  let made = 0;
  server = await serveMetrics(LOOPBACK, () => `rollcall_made ${String((made += 1))}\n`);
  for (let turn = 0; turn < 20; turn += 1) await ask(server.port);
  expect(made).toBeLessThan(4);
});

it('lets go of whoever says or reads nothing, and answers the next one', async () => {
  const big = 'x'.repeat(16_000_000);
  server = await serveMetrics(LOOPBACK, () => big, 600);
  const { port } = server;
  const sockets = Array.from({ length: 40 }, (_, index) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    // Some say nothing, some half of it, some never read the answer.
    if (index >= 20 && index % 2 === 1) socket.write('GET /metrics HTTP/1.1\r\nHost: local');
    if (index < 20) socket.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n');
    return socket.pause();
  });
  try {
    const lags: number[] = [];
    let answered = 0;
    for (let turn = 0; turn < 500 && answered === 0; turn += 1) {
      const before = performance.now();
      await sleep(20);
      lags.push(performance.now() - before - 20);
      answered = await statusOf(port);
    }
    expect(answered).toBe(200);
    expect(lags.toSorted((a, b) => a - b)[Math.floor(lags.length / 2)]).toBeLessThan(100);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});

it('cannot listen where another does, and says which error it was', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const found = other.address();
  const port = typeof found === 'object' && found !== null ? found.port : 0;
  await expect(serveMetrics({ host: '127.0.0.1', port }, () => '')).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
  await new Promise((resolve) => other.close(resolve));
});

it('takes an address as people write it, and knows which are seen from elsewhere', () => {
  expect(metricsAddress('9464')).toEqual({ host: '127.0.0.1', port: 9464 });
  expect(metricsAddress('localhost:0')).toEqual({ host: 'localhost', port: 0 });
  expect(metricsAddress('[::1]:9464')).toEqual({ host: '::1', port: 9464 });
  for (const bad of [
    '',
    ':9464',
    '127.0.0.1',
    '127.0.0.1:65536',
    '127.0.0.1:x',
    'http://a:1',
    '::1:9464',
    'a b:1',
    '-1',
  ])
    expect([bad, metricsAddress(bad)]).toEqual([bad, null]);
  const near = ['127.0.0.1', '127.9.9.9', '::1', 'localhost'];
  const far = ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.evil', 'host', '1127.0.0.1'];
  expect([...near, ...far].filter((host) => isLoopback({ host, port: 1 }))).toEqual(near);
});
