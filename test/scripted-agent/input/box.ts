import { randomBytes } from 'node:crypto';

/** What stands in the input box, edited at its end only. */
export interface Box {
  readonly parts: readonly Part[];
}

type Part =
  | { readonly type: 'typed'; readonly text: string }
  /** `shown`: its marker, or null where it is short enough to be shown and sent as it is. */
  | { readonly type: 'pasted'; readonly text: string; readonly shown: string | null };

export const EMPTY_BOX: Box = { parts: [] };

/** A paste of more lines or characters than these is not the user's own words. */
const MOST_LINES = 3;
const MOST_CHARACTERS = 800;

export function withTyped(box: Box, text: string): Box {
  const last = box.parts.at(-1);
  if (last?.type !== 'typed') return { parts: [...box.parts, { type: 'typed', text }] };
  return { parts: [...box.parts.slice(0, -1), { type: 'typed', text: last.text + text }] };
}

/** `number`: how many-th paste of the process it is. */
export function withPasted(box: Box, text: string, number: number): Box {
  const lines = text.split('\n').length;
  const long = lines > MOST_LINES || text.length > MOST_CHARACTERS;
  const more = lines > 1 ? ` +${String(lines - 1)} lines` : '';
  const shown = long ? `[Pasted text #${String(number)}${more}]` : null;
  return { parts: [...box.parts, { type: 'pasted', text, shown }] };
}

/** Takes the last character away, or a whole marker. */
export function withoutLast(box: Box): Box {
  const last = box.parts.at(-1);
  if (last === undefined) return box;
  const before = box.parts.slice(0, -1);
  if (last.type === 'pasted' && last.shown !== null) return { parts: before };
  const kept = Array.from(last.text).slice(0, -1).join('');
  return { parts: kept === '' ? before : [...before, { ...last, text: kept }] };
}

export function isEmpty(box: Box): boolean {
  return box.parts.every(({ text }) => text === '');
}

/** Whether a marker stands in it. */
export function holdsMarker(box: Box): boolean {
  return box.parts.some((part) => part.type === 'pasted' && part.shown !== null);
}

/** As it is drawn: markers for what is not shown. */
export function shownText(box: Box): string {
  return box.parts.map((part) => (part.type === 'pasted' ? (part.shown ?? part.text) : part.text)).join('');
}

/** As it is sent: long pastes wrapped, so that the model can tell them from the user's words. */
export function sentText(box: Box): string {
  return box.parts.reduce((sent, part) => {
    if (part.type === 'typed' || part.shown === null) return sent + part.text;
    const id = randomBytes(2).toString('hex');
    const space = sent === '' || /\s$/.test(sent) ? '' : ' ';
    return `${sent}${space}<pasted_content id="${id}">\n${part.text}\n</pasted_content id="${id}">`;
  }, '');
}

/** Each paste in it, as it was pasted. */
export function pastesIn(box: Box): readonly string[] {
  return box.parts.filter(({ type }) => type === 'pasted').map(({ text }) => text);
}
