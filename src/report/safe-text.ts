/**
 * Foreign text (names, folders, programs, messages of others) made fit for a terminal: one line, in which every
 * control, escape, direction-changing or invisible character is shown as an escape (`\x1b`, `\u202e`) and
 * cannot act. What is harmless stays as it is.
 */
export function safeText(text: string): string {
  return text.replace(ACTING, shownAs);
}

/** The same for text of several lines: newlines stay, a tab is one space, all else that acts one `?` each (so carets still point right). */
export function safeBlock(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replaceAll('\t', ' ').replace(ACTING, '?'))
    .join('\n');
}

/**
 * Controls (C0, DEL, C1), format characters (bidi overrides, zero-width, tags), line and paragraph separators,
 * private use and lone surrogates. U+200D joins emoji, and is let through nowhere: a name is not worth the risk.
 */
const ACTING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function shownAs(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const short = SHORT[char];
  if (short !== undefined) return short;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}
