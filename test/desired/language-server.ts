import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { isMap } from '../../src/desired/tree.ts';

/** The real yaml-language-server over stdio, spoken to in JSON-RPC. */
export interface LanguageServer {
  request(method: string, params: object): Promise<unknown>;
  notify(method: string, params: object): void;
  /** Resolves with the parameters of the next such notification that fits. */
  heard(method: string, fits: (params: Readonly<Record<string, unknown>>) => boolean): Promise<unknown>;
  stop(): Promise<void>;
}

const BIN = createRequire(import.meta.url).resolve('yaml-language-server/bin/yaml-language-server');

/** `home` keeps its settings and caches away from the real home. */
export function startLanguageServer(home: string): LanguageServer {
  const child = spawn(process.execPath, [BIN, '--stdio'], {
    env: { HOME: home, PATH: '' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const waiting: { fits: (message: Message) => boolean; done: (message: Message) => void }[] = [];
  readMessages(child, (message) => {
    // A question of the server's (a configuration, a registration): there is nothing to say.
    if (message['method'] !== undefined && message['id'] !== undefined) {
      send(child, { jsonrpc: '2.0', id: message['id'], result: null });
    }
    const index = waiting.findIndex(({ fits }) => fits(message));
    if (index >= 0) waiting.splice(index, 1)[0]?.done(message);
  });
  const next = (fits: (message: Message) => boolean): Promise<Message> =>
    new Promise((resolve) => void waiting.push({ fits, done: resolve }));
  let lastId = 0;
  return {
    async request(method, params) {
      lastId += 1;
      const id = lastId;
      const answer = next((message) => message['id'] === id && message['method'] === undefined);
      send(child, { jsonrpc: '2.0', id, method, params });
      return (await answer)['result'];
    },
    notify: (method, params) => send(child, { jsonrpc: '2.0', method, params }),
    heard: async (method, fits) => {
      const message = await next(
        ({ method: name, params }) => name === method && isMap(params) && fits(params),
      );
      return message['params'];
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
  };
}

type Message = Readonly<Record<string, unknown>>;

function send(child: ChildProcess, message: object): void {
  const body = JSON.stringify(message);
  child.stdin?.write(`Content-Length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`);
}

function readMessages(child: ChildProcess, take: (message: Message) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  child.stdout?.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const head = rest.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/.exec(rest.toString('latin1', 0, Math.max(head, 0)))?.[1]);
      if (head < 0 || rest.length < head + 4 + length) return;
      const message: unknown = JSON.parse(rest.toString('utf8', head + 4, head + 4 + length));
      rest = rest.subarray(head + 4 + length);
      if (isMap(message)) take(message);
    }
  });
}
