import type { IncomingHttpHeaders, ServerResponse } from 'node:http';

/** What a service says to one request; each protocol has its own form for it. */
export type Answer =
  /** The turn ends with these words, told bit by bit over `overMs` (0). */
  | { readonly type: 'text'; readonly text: string; readonly overMs?: number }
  /** A call of the agent's own shell tool; what it printed comes with the next request. */
  | {
      readonly type: 'shell';
      readonly command: string;
      /** It needs the user's leave: for an agent whose tool can say so. */
      readonly needsLeave?: boolean;
    }
  /** The model asks its user: by the agent's tool for questions, where it has one. */
  | { readonly type: 'ask'; readonly question: string; readonly options: readonly string[] }
  | { readonly type: 'fails'; readonly kind: Failure; readonly retryAfterS?: number }
  /** The limit of a subscription is reached; `resetsAt` in epoch milliseconds. */
  | { readonly type: 'limit'; readonly window: 'five-hour' | 'seven-day'; readonly resetsAt: number };

export const FAILURES = [
  'throttled-429',
  'server-500',
  'unavailable-503',
  'overloaded-529',
  'auth-401',
] as const;
/** How a service refuses what has nothing to do with a quota. */
export type Failure = (typeof FAILURES)[number];

/** One request, as far as all services are alike. */
export interface Asked {
  /** The credential that came with it: every account of a test has one of its own. */
  readonly key: string;
  /** A turn of a conversation, or something the agent asks for itself (a title, a probe). */
  readonly kind: 'turn' | 'side';
  /** Its id, where the request names it. */
  readonly conversation: string | null;
  readonly model: string;
  /** Every text of the user's, oldest first, without what the agent adds itself. */
  readonly prompts: readonly string[];
  /** What the last tool printed, where the request brings just that; null: it brings a prompt. */
  readonly toolOutput: string | null;
}

export interface StubRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON; null where there is none. */
  readonly body: unknown;
}

/** What an agent's service speaks. One for each of them stands beside this file. */
export interface Protocol {
  /** What the request means; null: it is none of this protocol. */
  read(request: StubRequest): Asked | null;
  /** Says the answer to a turn, and ends the response. */
  answer(answer: Answer, asked: Asked, request: StubRequest, response: ServerResponse): Promise<void>;
  /** Says something harmless to what the agent asks for itself, and ends the response. */
  aside(asked: Asked, request: StubRequest, response: ServerResponse): void;
}
