import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Answer, Failure, Protocol } from './protocol.ts';
import { beginStream, inPieces, send } from './sse.ts';

/** The Gemini API, as Gemini CLI asks it with an API key: `POST /v1beta/models/MODEL:streamGenerateContent?alt=sse`. */
export const gemini: Protocol = {
  read: ({ method, path, headers, body }) => {
    const model = /^\/v1beta\/models\/([\w.-]+):(?:streamG|g)enerateContent(?:\?|$)/.exec(path)?.[1];
    const read = requestSchema.safeParse(body);
    if (method !== 'POST' || model === undefined || !read.success) return null;
    const { contents, tools } = read.data;
    const users = contents.filter(({ role }) => role === 'user').map(({ parts }) => parts);
    const last = contents.at(-1)?.parts ?? [];
    return {
      key: String(headers['x-goog-api-key'] ?? ''),
      // Which model a prompt needs and what a conversation is called it asks without tools.
      kind: tools.length > 0 ? 'turn' : 'side',
      conversation: null,
      model,
      prompts: users.flatMap(promptsIn),
      toolOutput: promptsIn(last).length > 0 ? null : toolOutputIn(last),
    };
  },
  answer: async (answer, asked, _request, response) => {
    if (answer.type === 'fails') return refuse(answer.kind, response);
    if (answer.type === 'limit') return limit(asked.model, answer.resetsAt, response);
    await stream(answer, asked.model, response);
  },
  aside: ({ model }, { body }, response) => {
    const wanted = requestSchema.parse(body).generationConfig?.responseJsonSchema?.properties ?? {};
    const text =
      'complexity_score' in wanted ? '{"complexity_reasoning":"short","complexity_score":20}' : '{}';
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(chunk(model, [{ text }], 'STOP')));
  },
};

const part = z.looseObject({
  text: z.string().optional(),
  functionResponse: z.looseObject({ response: z.record(z.string(), z.unknown()) }).optional(),
});
const requestSchema = z.looseObject({
  contents: z.array(z.looseObject({ role: z.string(), parts: z.array(part) })),
  tools: z.array(z.unknown()).default([]),
  generationConfig: z
    .looseObject({
      responseJsonSchema: z.looseObject({ properties: z.record(z.string(), z.unknown()) }).optional(),
    })
    .optional(),
});
type Part = z.infer<typeof part>;

/** What the program says of itself goes ahead of the first prompt, in a mark of its own. */
function promptsIn(parts: readonly Part[]): readonly string[] {
  return parts.flatMap(({ text }) =>
    text === undefined || text.startsWith('<session_context>') ? [] : [text],
  );
}

function toolOutputIn(parts: readonly Part[]): string | null {
  const told = parts.findLast(({ functionResponse }) => functionResponse !== undefined);
  return told?.functionResponse === undefined ? null : JSON.stringify(told.functionResponse.response);
}

type Said = Exclude<Answer, { type: 'fails' | 'limit' }>;

async function stream(answer: Said, model: string, response: ServerResponse): Promise<void> {
  beginStream(response);
  if (answer.type === 'text') {
    await inPieces(answer.text, answer.overMs ?? 0, (text) =>
      send(response, null, chunk(model, [{ text }], null)),
    );
    send(response, null, chunk(model, [{ text: '' }], 'STOP'));
  } else {
    send(response, null, chunk(model, [{ functionCall: callOf(answer) }], 'STOP'));
  }
  response.end();
}

function callOf(answer: Exclude<Said, { type: 'text' }>): object {
  const id = randomUUID();
  if (answer.type === 'shell') {
    return { id, name: 'run_shell_command', args: { command: answer.command, description: 'Run a command' } };
  }
  const options = answer.options.map((label) => ({ label, description: `It is ${label}` }));
  const question = { question: answer.question, header: 'Choice', type: 'choice', options };
  return { id, name: 'ask_user', args: { questions: [question] } };
}

function chunk(model: string, parts: readonly object[], finishReason: 'STOP' | null): object {
  return {
    candidates: [
      { content: { role: 'model', parts }, index: 0, ...(finishReason === null ? {} : { finishReason }) },
    ],
    usageMetadata: { promptTokenCount: 12, candidatesTokenCount: 20, totalTokenCount: 32 },
    modelVersion: model,
    responseId: randomUUID(),
  };
}

interface Refusal {
  readonly code: number;
  readonly status: string;
  readonly message: string;
}

const REFUSALS: Readonly<Record<Failure, Refusal>> = {
  'throttled-429': {
    code: 429,
    status: 'RESOURCE_EXHAUSTED',
    message: 'Resource has been exhausted (e.g. check quota).',
  },
  'server-500': {
    code: 500,
    status: 'INTERNAL',
    message: 'An internal error has occurred. Please retry or report.',
  },
  'unavailable-503': {
    code: 503,
    status: 'UNAVAILABLE',
    message: 'The model is overloaded. Please try again later.',
  },
  // It has none: a gateway between may say so.
  'overloaded-529': { code: 529, status: 'UNAVAILABLE', message: 'Overloaded' },
  'auth-401': {
    code: 401,
    status: 'UNAUTHENTICATED',
    message: 'Request had invalid authentication credentials.',
  },
};

function refuse(kind: Failure, response: ServerResponse): void {
  fail(REFUSALS[kind], [], response);
}

/** As an allowance is told to be used up until a time: with the reason, and how long it takes. */
function limit(model: string, resetsAt: number, response: ServerResponse): void {
  const seconds = Math.max(1, Math.ceil((resetsAt - Date.now()) / 1000));
  const delay = `${String(Math.floor(seconds / 3600))}h${String(Math.floor(seconds / 60) % 60)}m${String(seconds % 60)}s`;
  const metadata = { model, quotaResetDelay: delay, quotaResetTimeStamp: new Date(resetsAt).toISOString() };
  // One that speaks of capacity would be waited for without a word, however long.
  const message = `Quota exceeded for quota metric 'Requests' and limit 'Requests per day per user'.`;
  fail(
    { code: 429, status: 'RESOURCE_EXHAUSTED', message },
    [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'QUOTA_EXHAUSTED',
        domain: 'cloudcode-pa.googleapis.com',
        metadata,
      },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${String(seconds)}s` },
    ],
    response,
  );
}

function fail(error: Refusal, details: readonly object[], response: ServerResponse): void {
  response.writeHead(error.code, { 'content-type': 'application/json; charset=UTF-8' });
  response.end(JSON.stringify({ error: details.length === 0 ? error : { ...error, details } }));
}
