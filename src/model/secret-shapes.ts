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

/** Known kinds of tokens. For `replaceAll` and `matchAll`. */
export const TOKENS = new RegExp(
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
    String.raw`\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]+)?`,
  ].join('|'),
  'g',
);
/** The scheme, and the login in an address: `https://ann:secret@…`. */
export const URL_LOGIN = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/)([^\s/:@]{1,200}:[^\s/@]{1,200})@/g;
