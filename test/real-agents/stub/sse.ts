import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Begins a stream of server-sent events. */
export function beginStream(response: ServerResponse, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', ...headers });
}

/** One event; `name` null: data only. */
export function send(response: ServerResponse, name: string | null, data: object | string): void {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  response.write(`${name === null ? '' : `event: ${name}\n`}data: ${text}\n\n`);
}

/** A text in pieces, with a pause before each, so that all of them take about `overMs`. */
export async function inPieces(text: string, overMs: number, each: (piece: string) => void): Promise<void> {
  const count = overMs === 0 ? 1 : Math.max(1, Math.min(text.length, Math.round(overMs / 200)));
  const size = Math.max(1, Math.ceil(text.length / count));
  for (let at = 0; at < text.length; at += size) {
    if (overMs > 0) await sleep(overMs / count);
    each(text.slice(at, at + size));
  }
}
