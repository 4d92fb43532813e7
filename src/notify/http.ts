import { isObject } from './json.ts';
import { TRY_MS } from './delivery.ts';
import { retryAfterMs } from './retry-after.ts';

export interface Request {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body: unknown;
  readonly signal: AbortSignal;
  /** False: the status says it all, and the answer's body is not waited for. */
  readonly wantsBody: boolean;
}

export type Answer =
  | {
      readonly type: 'answer';
      readonly status: number;
      /** The body's JSON object; null: it is none, or was too long. */
      readonly json: Readonly<Record<string, unknown>> | null;
      readonly retryAfterMs: number | null;
    }
  /** No answer, in our words: nothing of the address is in it, for a token may be. */
  | { readonly type: 'none'; readonly why: string };

/** An answer of ours is short; what is longer is not one. */
const MOST_BYTES = 64 * 1024;

/**
 * One POST, within the time of a try, its answer's body included. Redirects are not followed: who we send a token to
 * stands in the file. Never throws.
 */
export async function post(request: Request): Promise<Answer> {
  const late = AbortSignal.timeout(TRY_MS);
  const signal = AbortSignal.any([late, request.signal]);
  try {
    const response = await fetch(request.url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/json', ...request.headers },
      body: JSON.stringify(request.body),
      signal,
    });
    const { status, headers } = response;
    const retryAfter = retryAfterMs(headers.get('retry-after'), Date.now());
    const json = request.wantsBody ? await jsonOf(response) : await unread(response);
    return { type: 'answer', status, json, retryAfterMs: retryAfter };
  } catch (error) {
    return {
      type: 'none',
      why: late.aborted ? `no answer within ${String(TRY_MS / 1000)} s` : wordsOf(error),
    };
  }
}

async function unread(response: Response): Promise<null> {
  await response.body?.cancel();
  return null;
}

async function jsonOf(response: Response): Promise<Readonly<Record<string, unknown>> | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    // Leaving the loop cancels the rest.
    if (length > MOST_BYTES) return null;
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'its name was not found',
  EAI_AGAIN: 'its name could not be looked up',
  ENETUNREACH: 'the network is not there',
  EHOSTUNREACH: 'it cannot be reached',
  ETIMEDOUT: 'no answer',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_CONNECT_TIMEOUT: 'no answer',
};

/** By the error's code alone: its text may hold address and headers. */
function wordsOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = isObject(cause) && typeof cause['code'] === 'string' ? cause['code'] : null;
  if (code === null) return isBadPort(cause) ? 'no HTTP is spoken at such a port' : 'it could not be asked';
  return (
    WORDS[code] ?? (/^[A-Z_]{1,40}$/.test(code) ? `it could not be asked (${code})` : 'it could not be asked')
  );
}

/** As the standard of fetch lists them. */
function isBadPort(cause: unknown): boolean {
  return cause instanceof Error && cause.message === 'bad port';
}
