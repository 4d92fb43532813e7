import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Answer, Failure, Protocol } from './protocol.ts';
import { beginStream, inPieces, send } from './sse.ts';

/** Responses, as Codex asks for them: `POST /v1/responses`, answered as a stream. */
export const responses: Protocol = {
  read: ({ method, path, headers, body }) => {
    if (method !== 'POST' || !/^\/v1\/responses(?:\?|$)/.test(path)) return null;
    const read = requestSchema.safeParse(body);
    if (!read.success) return null;
    const { input, tools, model } = read.data;
    const last = input.at(-1);
    return {
      key: (headers.authorization ?? '').replace(/^Bearer /, ''),
      // What it asks for itself, such as a title, comes without tools.
      kind: tools.length > 0 ? 'turn' : 'side',
      conversation: typeof headers['session-id'] === 'string' ? headers['session-id'] : null,
      model,
      prompts: input.flatMap(promptsIn),
      toolOutput: last?.type === 'function_call_output' ? outputOf(last) : null,
    };
  },
  answer: async (answer, _asked, _request, response) => {
    if (answer.type === 'fails') return refuse(answer, response);
    if (answer.type === 'limit') return limit(answer, response);
    await stream(answer, response);
  },
  aside: (_asked, _request, response) => {
    void stream({ type: 'text', text: 'A task of the fleet' }, response);
  },
};

const part = z.looseObject({ type: z.string(), text: z.string().optional() });
const item = z.looseObject({
  type: z.string(),
  role: z.string().optional(),
  content: z.union([z.string(), z.array(part), z.null()]).optional(),
  output: z.unknown().optional(),
});
type Item = z.infer<typeof item>;
const requestSchema = z.looseObject({
  model: z.string(),
  tools: z.array(z.looseObject({ type: z.string() })).default([]),
  input: z.array(item),
});

/** What the program adds itself stands in a tag, or is no user's at all. */
function promptsIn({ type, role, content }: Item): readonly string[] {
  if (type !== 'message' || role !== 'user' || content === undefined || content === null) return [];
  const parts = typeof content === 'string' ? [{ type: 'input_text', text: content }] : content;
  return parts.flatMap(({ type: kind, text }) =>
    kind === 'input_text' && text !== undefined && !/^<[a-z_]+>/.test(text) ? [text] : [],
  );
}

function outputOf({ output }: Item): string {
  return typeof output === 'string' ? output : JSON.stringify(output);
}

type Said = Exclude<Answer, { type: 'fails' | 'limit' }>;

async function stream(answer: Said, response: ServerResponse): Promise<void> {
  const id = `resp_${randomUUID().replaceAll('-', '')}`;
  const event = (type: string, data: object): void => send(response, type, { type, ...data });
  beginStream(response, ALLOWED);
  event('response.created', { response: { id } });
  if (answer.type === 'text') await say(answer, event);
  else event('response.output_item.done', { output_index: 0, item: callOf(answer) });
  const usage = { input_tokens: 12, output_tokens: 20, total_tokens: 32 };
  event('response.completed', { response: { id, usage } });
  response.end();
}

async function say(
  { text, overMs = 0 }: Extract<Said, { type: 'text' }>,
  event: (type: string, data: object) => void,
): Promise<void> {
  const id = `msg_${randomUUID().replaceAll('-', '')}`;
  const message = { type: 'message', id, role: 'assistant' };
  event('response.output_item.added', { output_index: 0, item: { ...message, content: [] } });
  await inPieces(text, overMs, (delta) =>
    event('response.output_text.delta', { item_id: id, output_index: 0, content_index: 0, delta }),
  );
  const content = [{ type: 'output_text', text }];
  event('response.output_item.done', { output_index: 0, item: { ...message, content } });
}

function callOf(answer: Exclude<Said, { type: 'text' }>): object {
  const [name, args] =
    answer.type === 'shell'
      ? (['exec_command', { cmd: answer.command, ...leaveOf(answer) }] as const)
      : (['request_user_input', { questions: [questionOf(answer)] }] as const);
  return {
    type: 'function_call',
    id: `fc_${randomUUID().replaceAll('-', '')}`,
    call_id: `call_${randomUUID().slice(0, 8)}`,
    name,
    arguments: JSON.stringify(args),
  };
}

function leaveOf({ needsLeave = false }: Extract<Said, { type: 'shell' }>): object {
  return needsLeave ? { sandbox_permissions: 'require_escalated', justification: 'May I?' } : {};
}

function questionOf({ question, options }: Extract<Said, { type: 'ask' }>): object {
  const choices = options.map((label) => ({ label, description: `It is ${label}` }));
  return { id: 'choice', header: 'Choice', question, options: choices };
}

/** What comes with every good answer to a subscription. */
const ALLOWED = windows({ primary: 12, secondary: 3 }, () => Date.now() + 3_600_000);

function windows(
  percents: Readonly<Record<'primary' | 'secondary', number>>,
  resetsAt: (window: 'primary' | 'secondary') => number,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (['primary', 'secondary'] as const).flatMap((window) => [
      [`x-codex-${window}-used-percent`, String(percents[window])],
      [`x-codex-${window}-window-minutes`, window === 'primary' ? '300' : '10080'],
      [`x-codex-${window}-reset-at`, String(Math.ceil(resetsAt(window) / 1000))],
    ]),
  );
}

interface Refusal {
  readonly status: number;
  readonly error: { readonly type: string; readonly message: string; readonly code: string | null };
}

const REFUSALS: Readonly<Record<Failure, Refusal>> = {
  'throttled-429': {
    status: 429,
    error: {
      type: 'requests',
      code: 'rate_limit_exceeded',
      message: 'Rate limit reached for gpt-5.2-codex on requests per min (RPM): Limit 50, Used 50.',
    },
  },
  'server-500': {
    status: 500,
    error: { type: 'server_error', code: null, message: 'The server had an error while processing' },
  },
  'unavailable-503': {
    status: 503,
    error: { type: 'server_error', code: 'server_is_overloaded', message: 'Our servers are overloaded' },
  },
  'overloaded-529': {
    status: 529,
    error: { type: 'overloaded_error', code: null, message: 'Overloaded' },
  },
  'auth-401': {
    status: 401,
    error: { type: 'invalid_request_error', code: 'invalid_api_key', message: 'Incorrect API key provided' },
  },
};

function refuse({ kind, retryAfterS }: Extract<Answer, { type: 'fails' }>, response: ServerResponse): void {
  const { status, error } = REFUSALS[kind];
  const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
  fail(response, status, error, headers);
}

/** As a subscription is told that its allowance is used up: in the body, and by the windows in the headers. */
function limit({ window, resetsAt }: Extract<Answer, { type: 'limit' }>, response: ServerResponse): void {
  const spent = window === 'five-hour' ? 'primary' : 'secondary';
  const later = Date.now() + 6 * 86_400_000;
  const headers = windows({ primary: 40, secondary: 40, [spent]: 100 }, (each) =>
    each === spent ? resetsAt : later,
  );
  const seconds = Math.max(1, Math.ceil((resetsAt - Date.now()) / 1000));
  fail(
    response,
    429,
    {
      type: 'usage_limit_reached',
      message: 'The usage limit has been reached',
      plan_type: 'plus',
      resets_at: Math.ceil(resetsAt / 1000),
      resets_in_seconds: seconds,
    },
    headers,
  );
}

function fail(
  response: ServerResponse,
  status: number,
  error: object,
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ error }));
}
