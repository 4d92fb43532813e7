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

/** Whether the text has the form of a known kind of token or holds a login in an address. */
export function looksSecret(text: string): boolean {
  return text.search(TOKENS) >= 0 || text.search(URL_LOGIN) >= 0;
}

/** Whether a variable or header of this name holds a secret. */
export function namesSecret(name: string): boolean {
  return /(^|[_-])(token|secret|passw(or)?d|passphrase|credentials?|authorization|api[_-]?key|(access|private|secret|auth)[_-]key)$/i.test(
    name,
  );
}

const TOKENS = new RegExp(
  [
    String.raw`\b(?:sk|rk|pk)[-_](?:live|test|ant|proj|or)?[-_]?[A-Za-z0-9_-]{16,}`,
    String.raw`\bgh[pousr]_[A-Za-z0-9]{16,}`,
    String.raw`\bgithub_pat_[A-Za-z0-9_]{16,}`,
    String.raw`\bglpat-[A-Za-z0-9_-]{16,}`,
    String.raw`\bxox[abeoprs]-[A-Za-z0-9-]{10,}`,
    String.raw`\bAKIA[A-Z0-9]{12,}`,
    String.raw`\bAIza[A-Za-z0-9_-]{30,}`,
    String.raw`\bre_[A-Za-z0-9]{6,}_?[A-Za-z0-9]{12,}`,
    String.raw`\b\d{6,12}:[A-Za-z0-9_-]{30,}`,
    String.raw`\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}`,
  ].join('|'),
  'g',
);
const URL_LOGIN = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/)([^\s/:@]{1,200}:[^\s/@]{1,200})@/g;
const SECRET_KEY =
  /((?:token|secret|passw(?:or)?d|passphrase|api[_-]?key|credentials?|authorization|\bkey)["']?[ \t]{0,9}[:=][ \t]{0,9})(?![ \t{]|\||>|from(?:Env|File))("[^"]*"?|'[^']*'?|[^,}#\s]+(?:[ \t]+[^,}#\s]+)*)/gi;
const SECRET_REST =
  /((?:token|secret|passw(?:or)?d|passphrase|api[_-]?key|credentials?|authorization|\bkey)["']?[ \t]{0,9}:[ \t]{0,9})(?![ \t]|\{[ \t]{0,9}from)(.+)$/i;

function stars(text: string): string {
  return text.replaceAll(/[^\n]/g, '*');
}
