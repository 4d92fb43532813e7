import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type { MetricsAddress } from '../model/metrics-address.ts';

export interface MetricsServer {
  /** As it is listened on; another one than asked for where port 0 was. */
  readonly port: number;
  close(): Promise<void>;
}

/** Slower than this nobody reads a page of text. */
const PATIENCE_MS = 10_000;

/** A scraper needs one or two. */
const MOST_CONNECTIONS = 16;
/** The text is made at most once in so long, however many ask. */
const FRESH_MS = 1000;

/**
 * Serves `text()` at `/metrics`, and nothing else. Throws the errno error where it cannot listen. Nobody can keep the
 * loop busy with it: few connections, none for long, and one text for all who ask within a second.
 */
export async function serveMetrics(
  { host, port }: MetricsAddress,
  text: () => string,
  patienceMs = PATIENCE_MS,
): Promise<MetricsServer> {
  const page = rarely(text);
  const server = createServer(
    {
      maxHeaderSize: 8 * 1024,
      headersTimeout: patienceMs / 2,
      requestTimeout: patienceMs / 2,
      connectionsCheckingInterval: patienceMs / 10,
      keepAlive: false,
    },
    (request, response) => answer(request, response, host, page),
  );
  server.maxConnections = MOST_CONNECTIONS;
  // Not `timeout`, which each byte begins anew: a connection has so long in all.
  server.on('connection', (socket) => {
    const end = setTimeout(() => socket.destroy(), patienceMs).unref();
    socket.once('close', () => clearTimeout(end));
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  // It must not keep the process alive that it tells of, nor end it.
  server.unref();
  server.on('error', () => undefined);
  const found = server.address();
  return {
    port: typeof found === 'object' && found !== null ? found.port : port,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

const TYPE = 'text/plain; version=0.0.4; charset=utf-8';

function answer(request: IncomingMessage, response: ServerResponse, host: string, page: () => Buffer): void {
  response.setHeader('Connection', 'close');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  const path = (request.url ?? '').split('?', 1)[0];
  if (!isOwnName(request.headers.host, host)) return refuse(response, 403, 'not a name of this server');
  if (path !== '/metrics') return refuse(response, 404, 'there is nothing here but /metrics');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return refuse(response, 405, 'read it by GET');
  }
  const body = page();
  response.writeHead(200, {
    'Content-Type': TYPE,
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${why}\n`);
}

/**
 * Whether a browser that was led here by a name of somebody else's (DNS rebinding) is kept out: such a request bears that
 * name. An address cannot be made to lead elsewhere, so it is as good as our own.
 */
function isOwnName(header: string | undefined, host: string): boolean {
  const name = /^(?<name>\[[0-9A-Fa-f:.]+\]|[^:[\]]+)(?::\d{1,5})?$/.exec(header ?? '')?.groups?.['name'];
  if (name === undefined) return false;
  const plain = name.startsWith('[') ? name.slice(1, -1) : name;
  return (
    isIP(plain) !== 0 || plain.toLowerCase() === 'localhost' || plain.toLowerCase() === host.toLowerCase()
  );
}

function rarely(make: () => string): () => Buffer {
  let at = -Infinity;
  let made = Buffer.alloc(0);
  return () => {
    const now = performance.now();
    if (now - at >= FRESH_MS) {
      made = Buffer.from(make());
      at = now;
    }
    return made;
  };
}
