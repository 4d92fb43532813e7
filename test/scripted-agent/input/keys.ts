import { StringDecoder } from 'node:string_decoder';

export type Key =
  | { readonly type: 'text'; readonly text: string }
  /** Line ends are `\n`, tabs four spaces. */
  | { readonly type: 'paste'; readonly text: string }
  | { readonly type: 'key'; readonly name: KeyName };

export type KeyName =
  | 'enter'
  | 'newline'
  | 'escape'
  | 'backspace'
  | 'up'
  | 'down'
  | 'shift-tab'
  | 'c-c'
  | 'c-d'
  | 'c-u'
  | 'other';

/** A chunk of plain characters longer than this counts as a paste, brackets or not. */
const LONGEST_TYPED = 800;
/** An escape with nothing behind it for so long is the Escape key. Real time. */
const ESCAPE_MS = 30;
const ESCAPE = '\x1b';
const PASTE_BEGIN = '\x1b[200~';
const PASTE_END = '\x1b[201~';

/** Turns the bytes of a raw terminal into keys and pastes, whatever the pieces they come in. */
export function keyReader(onKey: (key: Key) => void): (chunk: Buffer) => void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let timer: NodeJS.Timeout | null = null;
  return (chunk) => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    rest = read(rest + decoder.write(chunk), onKey);
    // The rest begins with an escape. Of a paste there is more to come, however slowly.
    if (rest === '' || rest.startsWith(PASTE_BEGIN)) return;
    timer = setTimeout(() => {
      const behind = rest.slice(1);
      onKey({ type: 'key', name: 'escape' });
      rest = read(behind, onKey);
    }, ESCAPE_MS);
  };
}

/** Reads what is whole, and gives back the beginning of what is not. */
function read(input: string, onKey: (key: Key) => void): string {
  let rest = input;
  while (rest !== '') {
    if (rest.startsWith(PASTE_BEGIN)) {
      const end = rest.indexOf(PASTE_END);
      if (end === -1) return rest;
      onKey({ type: 'paste', text: pasted(rest.slice(PASTE_BEGIN.length, end)) });
      rest = rest.slice(end + PASTE_END.length);
    } else if (rest.startsWith(ESCAPE)) {
      const sequence = sequenceIn(rest);
      if (sequence === null) return rest;
      onKey({ type: 'key', name: NAMED[sequence] ?? 'other' });
      rest = rest.slice(sequence.length);
    } else {
      const [plain = rest] = rest.split(ESCAPE, 1);
      readPlain(plain, onKey);
      rest = rest.slice(plain.length);
    }
  }
  return '';
}

/** The escape sequence at the beginning: CSI, SS3, or Alt with a key; null: its end has not come yet. */
function sequenceIn(input: string): string | null {
  const behind = input.slice(1);
  if (behind.startsWith(ESCAPE)) return ESCAPE;
  const tail = /^(?:\[[0-9;<=>?]*[ -/]*[@-~]|O.|[^[O])/u.exec(behind)?.[0];
  return tail === undefined ? null : ESCAPE + tail;
}

const NAMED: Readonly<Record<string, KeyName>> = {
  '\x1b[A': 'up',
  '\x1b[B': 'down',
  '\x1bOA': 'up',
  '\x1bOB': 'down',
  '\x1b[Z': 'shift-tab',
  '\x1b\r': 'newline',
  '\x1b': 'escape',
  '\r': 'enter',
  '\n': 'newline',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\x03': 'c-c',
  '\x04': 'c-d',
  '\x15': 'c-u',
};

function readPlain(plain: string, onKey: (key: Key) => void): void {
  const body = plain.replace(/\r$/, '');
  if (body.length > LONGEST_TYPED) {
    onKey({ type: 'paste', text: pasted(body) });
    if (body !== plain) onKey({ type: 'key', name: 'enter' });
    return;
  }
  for (const piece of plain.match(/\p{Cc}|\P{Cc}+/gu) ?? []) {
    if (!/^\p{Cc}$/u.test(piece)) onKey({ type: 'text', text: piece });
    // A typed tab is dropped.
    else if (piece !== '\t') onKey({ type: 'key', name: NAMED[piece] ?? 'other' });
  }
}

function pasted(raw: string): string {
  return raw.replaceAll(/\r\n?/g, '\n').replaceAll('\t', '    ');
}
