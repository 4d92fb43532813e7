import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Answer, Failure, Protocol } from './protocol.ts';
import { beginStream, inPieces, send } from './sse.ts';

/** Messages, as Claude Code asks for them: `POST /v1/messages?beta=true`, answered as a stream. */
export const anthropic: Protocol = {
  read: ({ method, path, headers, body }) => {
    if (method !== 'POST' || !/^\/v1\/messages(?:\?|$)/.test(path)) return null;
    const read = requestSchema.safeParse(body);
    if (!read.success) return null;
    const { messages, tools, model, metadata } = read.data;
    const users = messages.filter(({ role }) => role === 'user').map(({ content }) => partsOf(content));
    const last = users.at(-1) ?? [];
    return {
      key: (headers.authorization ?? String(headers['x-api-key'] ?? '')).replace(/^Bearer /, ''),
      // What it asks for itself, such as a title, comes without tools.
      kind: tools.length > 0 ? 'turn' : 'side',
      conversation: conversationOf(headers['x-claude-code-session-id'], metadata?.user_id),
      model,
      prompts: users.flatMap(promptsIn),
      toolOutput: promptsIn(last).length > 0 ? null : toolOutputIn(last),
    };
  },
  answer: async (answer, asked, { headers, body }, response) => {
    if (answer.type === 'fails') return refuse(answer, headers.authorization !== undefined, response);
    if (answer.type === 'limit') return limit(answer, response);
    const isStream = requestSchema.parse(body).stream;
    if (isStream) await stream(answer, asked.model, response);
    else whole(answer, asked.model, response);
  },
  aside: ({ model }, { body }, response) => {
    const text = '{"title": "A task of the fleet"}';
    if (requestSchema.parse(body).stream) void stream({ type: 'text', text }, model, response);
    else whole({ type: 'text', text }, model, response);
  },
};

const part = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  content: z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]).optional(),
});
const requestSchema = z.looseObject({
  model: z.string(),
  stream: z.boolean().default(false),
  tools: z.array(z.looseObject({ name: z.string() })).default([]),
  metadata: z.looseObject({ user_id: z.string() }).optional(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.union([z.string(), z.array(part)]) })),
});
type Part = z.infer<typeof part>;

function partsOf(content: string | readonly Part[]): readonly Part[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

/** What the program adds itself is marked, and told apart from the user's words by that. */
function promptsIn(parts: readonly Part[]): readonly string[] {
  return parts.flatMap(({ type, text }) =>
    type === 'text' && text !== undefined && !text.startsWith('<system-reminder>') ? [text] : [],
  );
}

function toolOutputIn(parts: readonly Part[]): string | null {
  const result = parts.findLast(({ type }) => type === 'tool_result');
  if (result === undefined) return null;
  const { content = '' } = result;
  return typeof content === 'string' ? content : content.map(({ text = '' }) => text).join('\n');
}

/** 2.1.197 says it in the user's id only, and there in one of two forms. */
function conversationOf(header: string | string[] | undefined, userId: string | undefined): string | null {
  if (typeof header === 'string') return header;
  return /session(?:_id":"|_)(?<id>[0-9a-f-]{36})/.exec(userId ?? '')?.groups?.['id'] ?? null;
}

type Said = Exclude<Answer, { type: 'fails' | 'limit' }>;

function blockOf(answer: Said): {
  readonly start: object;
  readonly whole: object;
  readonly json: string | null;
} {
  if (answer.type === 'text') {
    return { start: { type: 'text', text: '' }, whole: { type: 'text', text: answer.text }, json: null };
  }
  const tool = { type: 'tool_use', id: `toolu_${randomUUID().replaceAll('-', '').slice(0, 24)}` };
  const [name, input] = callOf(answer);
  const json = JSON.stringify(input);
  return { start: { ...tool, name, input: {} }, whole: { ...tool, name, input }, json };
}

function callOf(answer: Exclude<Said, { type: 'text' }>): readonly [string, object] {
  if (answer.type === 'shell') return ['Bash', { command: answer.command, description: 'Run a command' }];
  const options = answer.options.map((label) => ({ label, description: `It is ${label}` }));
  const questions = [{ question: answer.question, header: 'Choice', multiSelect: false, options }];
  return ['AskUserQuestion', { questions }];
}

function messageOf(model: string): object {
  return {
    id: `msg_${randomUUID().replaceAll('-', '').slice(0, 24)}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 12, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 1 },
  };
}

async function stream(answer: Said, model: string, response: ServerResponse): Promise<void> {
  const block = blockOf(answer);
  const stopReason = block.json === null ? 'end_turn' : 'tool_use';
  const event = (type: string, data: object): void => send(response, type, { type, ...data });
  beginStream(response, { 'request-id': `req_${randomUUID()}`, ...ALLOWED });
  event('message_start', { message: messageOf(model) });
  event('content_block_start', { index: 0, content_block: block.start });
  if (answer.type === 'text') {
    await inPieces(answer.text, answer.overMs ?? 0, (text) =>
      event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
    );
  } else {
    event('content_block_delta', {
      index: 0,
      delta: { type: 'input_json_delta', partial_json: block.json ?? '{}' },
    });
  }
  event('content_block_stop', { index: 0 });
  event('message_delta', {
    delta: { stop_reason: stopReason, stop_sequence: null },
    usage: { output_tokens: 20 },
  });
  event('message_stop', {});
  response.end();
}

function whole(answer: Said, model: string, response: ServerResponse): void {
  const block = blockOf(answer);
  response.writeHead(200, { 'content-type': 'application/json', ...ALLOWED });
  const stop_reason = block.json === null ? 'end_turn' : 'tool_use';
  response.end(JSON.stringify({ ...messageOf(model), content: [block.whole], stop_reason }));
}

/** What comes with every good answer to a subscription. */
const ALLOWED = {
  'anthropic-ratelimit-unified-status': 'allowed',
  'anthropic-ratelimit-unified-5h-status': 'allowed',
  'anthropic-ratelimit-unified-5h-utilization': '0.12',
  'anthropic-ratelimit-unified-7d-status': 'allowed',
  'anthropic-ratelimit-unified-7d-utilization': '0.03',
};

interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

const REFUSALS: Readonly<Record<Failure, Refusal>> = {
  'throttled-429': {
    status: 429,
    type: 'rate_limit_error',
    message: "This request would exceed your organization's rate limit of 50 requests per minute.",
  },
  'server-500': { status: 500, type: 'api_error', message: 'Internal server error' },
  'unavailable-503': { status: 503, type: 'api_error', message: 'Service Unavailable' },
  'overloaded-529': { status: 529, type: 'overloaded_error', message: 'Overloaded' },
  'auth-401': { status: 401, type: 'authentication_error', message: 'invalid x-api-key' },
};

const EXPIRED = 'OAuth token has expired. Please obtain a new token or refresh your existing token.';

function refuse(
  { kind, retryAfterS }: Extract<Answer, { type: 'fails' }>,
  isSubscription: boolean,
  response: ServerResponse,
): void {
  const { status, type, message } = REFUSALS[kind];
  const text = kind === 'auth-401' && isSubscription ? EXPIRED : message;
  const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
  fail(response, status, { type, message: text }, headers);
}

const CLAIMS = {
  'five-hour': { claim: 'five_hour', short: '5h' },
  'seven-day': { claim: 'seven_day', short: '7d' },
} as const;

/** As a subscription is told that its allowance is used up: by the headers, with a body like any other 429's. */
function limit({ window, resetsAt }: Extract<Answer, { type: 'limit' }>, response: ServerResponse): void {
  const { claim, short } = CLAIMS[window];
  const reset = String(Math.ceil(resetsAt / 1000));
  fail(
    response,
    429,
    {
      type: 'rate_limit_error',
      message: "This request would exceed your account's rate limit. Please try again later.",
    },
    {
      'anthropic-ratelimit-unified-status': 'rejected',
      'anthropic-ratelimit-unified-reset': reset,
      'anthropic-ratelimit-unified-representative-claim': claim,
      [`anthropic-ratelimit-unified-${short}-status`]: 'rejected',
      [`anthropic-ratelimit-unified-${short}-reset`]: reset,
      [`anthropic-ratelimit-unified-${short}-utilization`]: '1.0',
      'anthropic-ratelimit-unified-overage-status': 'rejected',
      'anthropic-ratelimit-unified-overage-disabled-reason': 'org_level_disabled',
      'retry-after': String(Math.max(1, Math.ceil((resetsAt - Date.now()) / 1000))),
    },
  );
}

function fail(
  response: ServerResponse,
  status: number,
  error: { readonly type: string; readonly message: string },
  headers: Readonly<Record<string, string>>,
): void {
  const id = `req_${randomUUID()}`;
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': id, ...headers });
  response.end(JSON.stringify({ type: 'error', error, request_id: id }));
}
