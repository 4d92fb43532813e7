import { type Refusal, refused } from './refusal.ts';

/** A task file's two parts. Both as in the file, line ends included. */
export interface Parts {
  readonly ok: true;
  /** What stands between the `---` lines, empty where there are none; its first line is line 2 of the file. */
  readonly frontmatter: string;
  /** Everything behind them. */
  readonly body: string;
}

/**
 * Takes a task's text apart. Frontmatter is what stands between a first line that is exactly `---` and the next
 * such line. Only YAML is meant by it: a language behind the dashes (`---js`) is refused, and never run.
 */
export function splitTask(text: string): Parts | Refusal {
  if (!text.startsWith('---')) return { ok: true, frontmatter: '', body: text };
  const opening = /^---(?:\r?\n|$)/.exec(text);
  if (opening === null)
    return refused('malformed', `line 1: only "---" may stand there, before YAML and nothing else; ${BODY}`);
  const closing = /(?<=^|\n)---(?:\r?\n|$)/.exec(text.slice(opening[0].length));
  if (closing === null) {
    return refused('malformed', `line 1: no line that is exactly "---" ends the frontmatter; ${BODY}`);
  }
  const start = opening[0].length;
  const end = start + closing.index;
  return { ok: true, frontmatter: text.slice(start, end), body: text.slice(end + closing[0].length) };
}

const BODY = 'a text of one\'s own that begins with "---" needs an empty line before it';
