import type { Answer, Asked, Failure } from './stub/protocol.ts';
import type { Logged, Script } from './stub/server.ts';

/** A text of a task in which everything stands that a shell, a terminal or a prompt could take for its own. */
export const HOSTILE_BODY = [
  '/help is no command here, and !ls is none, either.',
  '\tA tab, `ticks`, $HOME, $(id), "quotes", \'more\', %s, {prompt}, #{pane_id}, <tag>, a;b|c&d',
  'Größe 日本語 🙂 e\u0301 — and no end of line after a backslash \\',
  '---',
  '- a list, and a blank line below',
  '',
  'the end\\',
  '',
].join('\n');

/** Does what the task asks for and reports it, by the command that its prompt names; then ends its turn. */
export function reporting(word = 'done'): Script {
  return ({ toolOutput }) =>
    toolOutput === null ? { type: 'shell', command: `rollcall task ${word}` } : says('It is reported.');
}

export function says(text: string, overMs = 0): Answer {
  return { type: 'text', text, overMs };
}

/** Refuses as often as said, then goes on. */
export function failing(kind: Failure, times: number, then: Script, retryAfterS?: number): Script {
  const answer: Answer = { type: 'fails', kind, ...(retryAfterS === undefined ? {} : { retryAfterS }) };
  return (asked, before) => (before.length < times ? answer : then(asked, before));
}

export interface LimitOptions {
  readonly window?: 'five-hour' | 'seven-day';
  readonly from?: number;
  readonly toThe?: number;
}

/**
 * An account whose credential is here has no allowance for so many milliseconds, from its first turn on that asks for
 * some. The first `from` turns of all are answered. A reset is a multiple of `toThe` milliseconds.
 */
export function limited(
  forMs: Readonly<Record<string, number>>,
  then: Script,
  { window = 'five-hour', from = 0, toThe = 1000 }: LimitOptions = {},
): Script {
  return (asked, before) => {
    const ms = forMs[asked.key] ?? 0;
    if (before.length < from || ms === 0) return then(asked, before);
    const first = before.find(({ key, answer }) => key === asked.key && answer?.type === 'limit');
    const resetsAt = Math.ceil(((first?.at ?? Date.now()) + ms) / toThe) * toThe;
    return Date.now() < resetsAt ? { type: 'limit', window, resetsAt } : then(asked, before);
  };
}

/** The body of the task in a prompt of ours, byte for byte; null: it is none that has it in full. */
export function bodyOf(prompt: string | undefined): string | null {
  const found = /^Rollcall task [^\n]*\n\n(?<body>[\s\S]*)\nThis is the end of the task\. Report once/.exec(
    prompt ?? '',
  );
  return found?.groups?.['body'] ?? null;
}

/** Credential and kind of answer of each turn: what a test mostly wants to know of them. */
export function course(turns: readonly Logged[]): readonly (readonly [string, string])[] {
  return turns.map(({ key, answer }) => [key, answer?.type ?? 'none']);
}

/** The conversations of these turns, each once. */
export function conversations(turns: readonly Asked[]): readonly (string | null)[] {
  return [...new Set(turns.map(({ conversation }) => conversation))];
}
