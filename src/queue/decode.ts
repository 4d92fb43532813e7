import { forbiddenIn } from './plain.ts';
import { type Refusal, refused } from './refusal.ts';

export type Decoded = { readonly ok: true; readonly text: string } | Refusal;

/** A task file's bytes as text without a byte order mark: UTF-8, of at most `maxBytes`, nothing a terminal obeys. */
export function decodeTask(bytes: Uint8Array, maxBytes: number): Decoded {
  if (bytes.byteLength > maxBytes) return tooLarge(maxBytes);
  const text = utf8(bytes);
  if (text === null) return notUtf8(bytes);
  const forbidden = forbiddenIn(text);
  return forbidden === null ? { ok: true, text } : controlCharacter(text, forbidden);
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function tooLarge(maxBytes: number): Refusal {
  return refused(
    'too-large',
    `the file has more than ${String(maxBytes)} bytes (tasks.maxBytes); shorten it and point at a longer text by its path`,
  );
}

function notUtf8(bytes: Uint8Array): Refusal {
  const [first, second] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (isUtf16) return refused('not-utf8', 'the file is UTF-16; save it as UTF-8');
  const good = validBytes(bytes);
  const line = bytes.subarray(0, good).filter((byte) => byte === NEWLINE).length + 1;
  return refused(
    'not-utf8',
    `line ${String(line)}: what stands near byte ${String(good + 1)} of the file is not UTF-8; a task is text, saved as UTF-8`,
  );
}

const NEWLINE = 0x0a;

/** How many bytes at the start are UTF-8: decoding what is cut off is no error, so the edge can be searched for. */
function validBytes(bytes: Uint8Array): number {
  let [good, bad] = [0, bytes.byteLength];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (startsWell(bytes.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

function startsWell(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function controlCharacter(
  text: string,
  { index, code }: { readonly index: number; readonly code: number },
): Refusal {
  const before = text.slice(0, index);
  const line = before.split('\n').length;
  const column = index - before.lastIndexOf('\n');
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  const help = code === 0 ? 'is it a text file, saved whole?' : (HELP[code] ?? 'delete it');
  return refused(
    'control-characters',
    `line ${String(line)}, column ${String(column)}: control character ${name}; ${help}`,
  );
}

const HELP: Readonly<Record<number, string>> = {
  0x0d: 'a carriage return belongs before a newline; save the file with one kind of line end',
  0x1b: 'delete it: it begins a terminal sequence, such as a colour; paste the text without colours',
};
