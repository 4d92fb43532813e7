import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer, Asked, Protocol, StubRequest } from './protocol.ts';

/** One request that came, and what was said to it. */
export interface Logged extends Asked {
  /** When it had come whole, epoch milliseconds. */
  readonly at: number;
  /** Null: it was no turn. */
  readonly answer: Answer | null;
}

/** Says what a turn is answered with, by the request and all turns before it. */
export type Script = (asked: Asked, before: readonly Logged[]) => Answer;

/** A service on loopback that says what a test wants it to. */
export interface Stub {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** The turns so far, oldest first. */
  turns(): readonly Logged[];
  /** Everything that came, also what no protocol knows: method and path. */
  readonly heard: readonly string[];
  /** From now on it answers like this. */
  follow(script: Script): void;
  close(): Promise<void>;
}

/** Starts a service; requests are read by the first protocol that knows them. What none knows is a 404, as it would be. */
export async function startStub(protocols: readonly Protocol[], script: Script): Promise<Stub> {
  const log: Logged[] = [];
  const heard: string[] = [];
  let current = script;
  const turns = (): readonly Logged[] => log.filter(({ kind }) => kind === 'turn');
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await read(incoming);
    heard.push(`${request.method} ${request.path}`);
    for (const protocol of protocols) {
      const asked = protocol.read(request);
      if (asked === null) continue;
      const answer = asked.kind === 'turn' ? current(asked, turns()) : null;
      log.push({ ...asked, at: Date.now(), answer });
      if (answer === null) protocol.aside(asked, request, response);
      else await protocol.answer(answer, asked, request, response);
      return;
    }
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end('{"error":{"type":"not_found_error","message":"Not found"}}');
  };
  const server = createServer((incoming, response) => {
    // An agent that is ended in the middle of an answer takes its connection along.
    serve(incoming, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${String(portOf(server.address()))}`,
    turns,
    heard,
    follow: (next) => (current = next),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the stub has no port');
  return address.port;
}

async function read(incoming: IncomingMessage): Promise<StubRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString('utf8');
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers,
    body: jsonOf(text),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
