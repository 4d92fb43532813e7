import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What a server got. */
export interface Got {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly json: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** How it answers; what is not ended hangs. */
export type Answers = (got: Got, response: ServerResponse, socket: Socket, count: number) => void;

export interface RealServer {
  readonly url: string;
  readonly got: readonly Got[];
  answer: Answers;
  close: () => Promise<void>;
}

/** A real HTTP server on loopback, on a port of the system's choice. */
export async function openServer(answer: Answers): Promise<RealServer> {
  const got: Got[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const one = {
        path: request.url ?? '',
        headers: request.headers,
        json: JSON.parse(text),
        at: Date.now(),
      };
      got.push(one);
      opened.answer(one, response, request.socket, got.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const opened: RealServer = {
    url: `http://127.0.0.1:${String(port)}`,
    got,
    answer,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return opened;
}

/** An answer with a JSON body. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answers {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

/** Telegram's and Resend's way to say that it is done; a webhook does not care. */
export const TAKEN = json(200, { ok: true, result: { message_id: 1 }, id: 'a' });

export const HANGS: Answers = () => undefined;
export const RESETS: Answers = (_, __, socket) => socket.resetAndDestroy();

/** A header and then a byte each 200 ms, for ever. */
export const DRIPS: Answers = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 200);
  response.on('close', () => clearInterval(timer));
};

/** 200 and megabytes of nothing. */
export const FLOODS: Answers = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const chunk = 'x'.repeat(64 * 1024);
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
};
