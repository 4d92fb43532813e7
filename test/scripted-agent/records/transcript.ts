import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Failure } from '../turn/failures.ts';
import { isObject } from '../scenario/shape.ts';
import type { PromptSource } from '../ledger.ts';

/** The JSONL file of a conversation, in the shapes of corpus/records; appended to, never rewritten. */
export interface Transcript {
  readonly path: string;
  user(prompt: string, source: PromptSource, promptId: string, turn: number): void;
  answer(text: string): void;
  toolUse(tool: string, input: Readonly<Record<string, unknown>>): string;
  toolResult(id: string, text: string, isError: boolean): void;
  failure(failure: Failure): void;
  informational(text: string): void;
  interrupted(): void;
  turnEnd(durationMs: number, prompt: string): void;
  close(totalMs: number): void;
}

export interface TranscriptFacts {
  readonly sessionId: string;
  readonly cwd: string;
  readonly model: string;
  readonly mode: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** What was said before, for a resumed conversation; null where the file cannot be read. */
export function readTranscript(path: string): readonly Record<string, unknown>[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return isObject(value) ? [value] : [];
    } catch {
      return [];
    }
  });
}

/** Opens the conversation's file for appending; it comes into being with the first record. */
export function openTranscript(path: string, facts: TranscriptFacts, parent: string | null): Transcript {
  let leaf = parent;
  const { sessionId, cwd } = facts;
  const append = (record: Fields): void => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    appendFileSync(path, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  };
  const linked = (type: string, fields: Fields): string => {
    const uuid = randomUUID();
    append({
      parentUuid: leaf,
      isSidechain: false,
      type,
      ...fields,
      uuid,
      timestamp: new Date().toISOString(),
      userType: 'external',
      entrypoint: 'cli',
      cwd,
      sessionId,
      version: '2.1.330',
      gitBranch: 'HEAD',
    });
    leaf = uuid;
    return uuid;
  };
  const modes = (): void => {
    append({ type: 'mode', mode: 'normal', sessionId });
    append({ type: 'permission-mode', permissionMode: facts.mode, sessionId });
    append({ type: 'atis-latch', atis: '', sessionId });
  };
  const assistant = (content: readonly Fields[], stop: string): string =>
    linked('assistant', {
      message: message(facts.model, content, stop),
      apiBlockIndex: 0,
      requestId: requestId(),
      requestedModel: facts.model,
      effort: 'medium',
      perTurnEffort: 'medium',
      madeBy: 'model',
      session_id: sessionId,
    });
  const lastPrompt = (prompt: string): void =>
    append({ type: 'last-prompt', lastPrompt: prompt.slice(0, 200), leafUuid: leaf, sessionId });
  return {
    path,
    user: (prompt, source, promptId, turn) => {
      modes();
      linked('user', {
        promptId,
        message: { role: 'user', content: prompt },
        permissionMode: facts.mode,
        origin: { kind: ORIGINS[source] },
        promptSource: source === 'argv' ? 'typed' : source,
        turnOrigin: ORIGINS[source],
        turnPosition: { promptIndex: turn, turnIndex: turn },
      });
    },
    answer: (text) => void assistant([{ type: 'text', text }], 'end_turn'),
    toolUse: (tool, input) => {
      const id = `toolu_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
      assistant([{ type: 'tool_use', id, name: tool, input }], 'tool_use');
      return id;
    },
    toolResult: (id, text, isError) =>
      void linked('user', {
        message: {
          role: 'user',
          content: [{ tool_use_id: id, type: 'tool_result', content: text, is_error: isError }],
        },
        toolUseResult: text,
      }),
    failure: (failure) =>
      void linked('assistant', {
        message: message('<synthetic>', [{ type: 'text', text: failure.recorded }], 'stop_sequence'),
        requestId: requestId(),
        ...failure.extra,
        error: failure.error,
        isApiErrorMessage: true,
        apiErrorStatus: failure.status,
        apiErrorType: failure.errorType,
        perTurnEffort: 'medium',
        failedResponseHadNoToolCall: true,
        madeBy: 'model',
        session_id: sessionId,
      }),
    informational: (text) =>
      void linked('system', { subtype: 'informational', content: text, isMeta: false, level: 'notice' }),
    interrupted: () => {
      const interruptedMessageId = leaf;
      linked('user', {
        message: { role: 'user', content: [{ type: 'text', text: '[Request interrupted by user]' }] },
        interruptedMessageId,
      });
    },
    turnEnd: (durationMs, prompt) => {
      lastPrompt(prompt);
      modes();
      linked('system', { subtype: 'turn_duration', durationMs, isMeta: false });
    },
    close: (totalMs) => append({ type: 'cost-state', sessionId, totalCostUSD: 0, totalDuration: totalMs }),
  };
}

const ORIGINS: Readonly<Record<PromptSource, string>> = {
  argv: 'human',
  typed: 'human',
  continue: 'auto-continuation',
  notification: 'task-notification',
};

function message(model: string, content: readonly Fields[], stop: string): Fields {
  return {
    id: `msg_${randomUUID().replaceAll('-', '').slice(0, 24)}`,
    type: 'message',
    role: 'assistant',
    model,
    content,
    stop_reason: stop,
    stop_sequence: stop === 'stop_sequence' ? '' : null,
    usage: {
      input_tokens: 1200,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 800,
      output_tokens: 12,
    },
  };
}

function requestId(): string {
  return `req_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
}
