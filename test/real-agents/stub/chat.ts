import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Answer, Failure, Protocol } from './protocol.ts';
import { beginStream, inPieces, send } from './sse.ts';

/** OpenAI's chat completions, as OpenCode asks for them of any compatible service: `POST /v1/chat/completions`. */
export const chat: Protocol = {
  read: ({ method, path, headers, body }) => {
    const read = requestSchema.safeParse(body);
    if (method !== 'POST' || path !== '/v1/chat/completions' || !read.success) return null;
    const { messages, tools, model } = read.data;
    const last = messages.at(-1);
    const session = headers['x-session-id'];
    return {
      key: (headers.authorization ?? '').replace(/^Bearer /, ''),
      // What it asks for itself, such as a title, comes without tools.
      kind: tools.length > 0 ? 'turn' : 'side',
      conversation: typeof session === 'string' ? session : null,
      model,
      prompts: messages.flatMap(({ role, content }) => (role === 'user' ? textsOf(content) : [])),
      toolOutput: last?.role === 'tool' ? textsOf(last.content).join('\n') : null,
    };
  },
  answer: async (answer, asked, _request, response) => {
    if (answer.type === 'fails') return refuse(answer, response);
    if (answer.type === 'limit') return limit(answer.resetsAt, response);
    await stream(answer, asked.model, response);
  },
  aside: ({ model }, _request, response) => {
    void stream({ type: 'text', text: 'A task of the fleet' }, model, response);
  },
};

const content = z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]).nullish();
const requestSchema = z.looseObject({
  model: z.string(),
  tools: z.array(z.unknown()).default([]),
  messages: z.array(z.looseObject({ role: z.string(), content })),
});

function textsOf(value: z.infer<typeof content>): readonly string[] {
  if (typeof value === 'string') return [value];
  return (value ?? []).flatMap(({ text }) => (text === undefined ? [] : [text]));
}

type Said = Exclude<Answer, { type: 'fails' | 'limit' }>;

async function stream(answer: Said, model: string, response: ServerResponse): Promise<void> {
  const about = {
    id: `chatcmpl-${randomUUID()}`,
    object: 'chat.completion.chunk',
    created: Math.floor(Date.now() / 1000),
    model,
  };
  const delta = (part: object, finish: string | null = null): void =>
    send(response, null, { ...about, choices: [{ index: 0, delta: part, finish_reason: finish }] });
  beginStream(response);
  delta({ role: 'assistant' });
  if (answer.type === 'text') {
    await inPieces(answer.text, answer.overMs ?? 0, (text) => delta({ content: text }));
    delta({}, 'stop');
  } else {
    delta({
      tool_calls: [{ index: 0, id: `call_${randomUUID()}`, type: 'function', function: callOf(answer) }],
    });
    delta({}, 'tool_calls');
  }
  const usage = { prompt_tokens: 12, completion_tokens: 20, total_tokens: 32 };
  send(response, null, { ...about, choices: [], usage });
  send(response, null, '[DONE]');
  response.end();
}

function callOf(answer: Exclude<Said, { type: 'text' }>): object {
  if (answer.type === 'shell') {
    const input = { command: answer.command, description: 'Run a command' };
    return { name: 'bash', arguments: JSON.stringify(input) };
  }
  const options = answer.options.map((label) => ({ label, description: `It is ${label}` }));
  const questions = [{ question: answer.question, header: 'Choice', options }];
  return { name: 'question', arguments: JSON.stringify({ questions }) };
}

interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly code: string;
  readonly message: string;
}

const REFUSALS: Readonly<Record<Failure, Refusal>> = {
  'throttled-429': {
    status: 429,
    type: 'requests',
    code: 'rate_limit_exceeded',
    message: 'Rate limit reached for requests per min. Limit: 3 / min. Please try again in 20s.',
  },
  'server-500': {
    status: 500,
    type: 'server_error',
    code: 'internal_error',
    message: 'Internal server error',
  },
  'unavailable-503': {
    status: 503,
    type: 'server_error',
    code: 'unavailable',
    message: 'Service Unavailable',
  },
  'overloaded-529': { status: 529, type: 'server_error', code: 'overloaded', message: 'Overloaded' },
  'auth-401': {
    status: 401,
    type: 'invalid_request_error',
    code: 'invalid_api_key',
    message: 'Incorrect API key provided: sk-****. You can find your API key at https://example.org.',
  },
};

function refuse({ kind, retryAfterS }: Extract<Answer, { type: 'fails' }>, response: ServerResponse): void {
  const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
  fail(REFUSALS[kind], headers, response);
}

/** As an allowance is told to be used up: for so long, in a header that it waits for. */
function limit(resetsAt: number, response: ServerResponse): void {
  const seconds = Math.max(1, Math.ceil((resetsAt - Date.now()) / 1000));
  const refusal = {
    status: 429,
    type: 'usage_limit_reached',
    code: 'usage_limit_reached',
    message: 'The usage limit has been reached',
  };
  fail(refusal, { 'retry-after': String(seconds) }, response);
}

function fail(
  { status, type, code, message }: Refusal,
  headers: Readonly<Record<string, string>>,
  response: ServerResponse,
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ error: { message, type, param: null, code } }));
}
