/**
 * The first character of `text` that no task may hold: C0 but tab, newline and the carriage return before one, DEL,
 * C1 (a terminal obeys them: `ESC[201~` ends a paste, and what follows are keys), and the marks that turn the
 * direction of writing round (U+202A..E, U+2066..9: what a person reviews is then not what the agent reads).
 */
export function forbiddenIn(text: string): { readonly index: number; readonly code: number } | null {
  const found = FORBIDDEN.exec(text);
  return found === null ? null : { index: found.index, code: found[0].codePointAt(0) ?? 0 };
}

/** Whether it is one row for every program: no control or direction character, no line end of any kind, well-formed. */
export function isPlain(text: string): boolean {
  return text.isWellFormed() && !/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(text);
}

/** Foreign text as it may stand in a message: printable, one row, at most `most` characters and a sign for the rest. */
export function shown(text: string, most = 64): string {
  const characters = Array.from(text.slice(0, 2 * most + 1));
  const printable = characters.slice(0, most).join('').replaceAll(UNPRINTABLE, '\ufffd');
  return characters.length > most ? `${printable}…` : printable;
}

// Format characters (Cf) too: zero-width ones and direction marks would let two words look alike.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const FORBIDDEN = /(?!\r\n)[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/u;
