import { type Finding, wrongText } from './finding.ts';

/** A file larger than this, in bytes, is refused before it is parsed. */
export const MAX_BYTES = 256 * 1024;

export type Decoded =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly finding: Finding };

/** Bytes as text: UTF-8 only, at most 256 KiB. A byte order mark stays in the text. */
export function decodeText(bytes: Uint8Array): Decoded {
  if (bytes.byteLength > MAX_BYTES) return { ok: false, finding: tooLarge(bytes.byteLength) };
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return {
      ok: false,
      finding: wrongText('not-utf-8', WHOLE, 'the file is not UTF-8 text', 'save it as UTF-8'),
    };
  }
}

/** The text as the YAML reader gets it: no byte order mark, `\n` at the end of each line. Columns stay as they are. */
export function plainText(text: string): string {
  return (text.startsWith('\uFEFF') ? text.slice(1) : text).replaceAll('\r\n', '\n');
}

/** What makes plain text unfit to be read at all; empty where it may be parsed. */
export function unfitText(text: string): Finding[] {
  if (text.length > MAX_BYTES) return [tooLarge(Buffer.byteLength(text))];
  if (/^(?:[ \t]*(?:#.*)?(?:\n|$))*$/.test(text)) return [empty()];
  const control = CONTROL.exec(text);
  return control === null ? [] : [controlCharacter(control)];
}

const WHOLE = [0, 0] as const;

// C0 but tab and newline, DEL, C1: YAML forbids them, and a terminal would obey them.
const CONTROL = /(?![\t\n])\p{Cc}/u;

function tooLarge(bytes: number): Finding {
  return wrongText(
    'too-large',
    WHOLE,
    `the file has ${String(Math.ceil(bytes / 1024))} KiB, more than the ${String(MAX_BYTES / 1024)} KiB that are read`,
    'is it the right file?',
  );
}

function empty(): Finding {
  return wrongText(
    'empty',
    WHOLE,
    'the file says nothing: it is empty or holds only comments',
    'a file with nothing in it never means "nothing is desired"; `rollcall init` writes one to start from',
  );
}

function controlCharacter(found: RegExpExecArray): Finding {
  const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return wrongText(
    'control-character',
    [found.index, found.index + 1],
    `control character U+${code}`,
    code === '0000' ? 'is this a text file, saved whole?' : 'delete it',
  );
}
