/**
 * A document as JSON text with a newline at its end. Characters that JSON allows raw and a terminal may act on
 * (DEL, C1, direction overrides, separators) are written as escapes: the same document, harmless to print.
 */
export function jsonText(document: unknown): string {
  return `${escaped(JSON.stringify(document, null, 2))}\n`;
}

/** The same on one line, for streams of documents. */
export function jsonLine(document: unknown): string {
  return `${escaped(JSON.stringify(document))}\n`;
}

export const API_VERSION = 'rollcall/v1';

// Newline and space are the document's own layout; JSON.stringify has escaped every other C0 character.
const RAW = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

function escaped(json: string): string {
  return json.replace(RAW, (char) =>
    char
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
