import { TOKENS, URL_LOGIN } from '../model/secret-shapes.ts';
import type { Range } from './walk.ts';

/** The text with every character of these ranges but line breaks replaced by `*`; columns stay as they are. */
export function masked(text: string, ranges: readonly Range[]): string {
  let result = '';
  let done = 0;
  for (const [from, to] of ranges.toSorted(([a], [b]) => a - b)) {
    if (to <= done) continue;
    const start = Math.max(from, done);
    result += text.slice(done, start) + stars(text.slice(start, to));
    done = to;
  }
  return result + text.slice(done);
}

/**
 * A line with what looks like a secret in it replaced by `*`: known token formats, and what stands behind a key
 * that speaks of one. For lines that are shown although they could not be read, and for comments.
 */
export function maskedLine(line: string): string {
  return line
    .replaceAll(TOKENS, stars)
    .replaceAll(URL_LOGIN, (_, scheme: string, login: string) => `${scheme}${stars(login)}@`)
    .replaceAll(SECRET_KEY, (_, key: string, value: string) => key + stars(value));
}

/** As `maskedLine`, hiding all that follows a key that speaks of a secret: for text that could not be read as YAML. */
export function maskedRest(line: string): string {
  return maskedLine(line).replace(SECRET_REST, (_, key: string, value: string) => key + stars(value));
}

const SECRET_KEY =
  /((?:token|secret|passw(?:or)?d|passphrase|api[_-]?key|credentials?|authorization|\bkey)["']?[ \t]{0,9}[:=][ \t]{0,9})(?![ \t{]|\||>|from(?:Env|File))("[^"]*"?|'[^']*'?|[^,}#\s]+(?:[ \t]+[^,}#\s]+)*)/gi;
const SECRET_REST =
  /((?:token|secret|passw(?:or)?d|passphrase|api[_-]?key|credentials?|authorization|\bkey)["']?[ \t]{0,9}:[ \t]{0,9})(?![ \t]|\{[ \t]{0,9}from)(.+)$/i;

function stars(text: string): string {
  return text.replaceAll(/[^\n]/g, '*');
}
