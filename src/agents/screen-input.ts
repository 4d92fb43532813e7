import type { BoxFact } from '../model/run.ts';
import type { Row } from './ansi.ts';
import { oneRow } from './foreign-text.ts';
import { asOne, matching } from './row-pattern.ts';
import type { Parts } from './screen-parts.ts';
import type { BoxLayout, Layout } from './screen-schema.ts';

/**
 * What stands in the input box, without what the agent itself suggests there; null where none is drawn. Rows that were
 * wrapped are one; whether they were wrapped at a space or within a word cannot always be told: compare without spaces.
 */
export function readBox({ box }: Layout, parts: Parts): BoxFact | null {
  if (box === undefined || !parts.box) return null;
  const rows = withoutSuggestion(withoutFoot(box, typedRows(box, parts.boxRows)));
  const texts = asOne(rows, parts.width - SIGN).map((text) => text.trim());
  const isGhost = texts.some((text) => matching(box.ghost ?? [], text) !== null);
  return {
    text: isGhost ? '' : (oneRow(texts[0] ?? '') ?? ''),
    pasted: texts.some((text) => matching(box.pasted ?? [], text) !== null),
  };
}

/** What is left of a row for its sign and the cursor. */
const SIGN = 3;

/** The rows inside the box, without what frames each of them. */
function typedRows({ text }: BoxLayout, rows: readonly Row[]): readonly Row[] {
  if (text === undefined) return [];
  return rows.flatMap((row) => {
    const found = matching(text, row.text);
    if (found === null) return [];
    const typed = found.groups?.['text'] ?? '';
    const from = row.text.lastIndexOf(typed);
    return [{ text: typed, inks: row.inks.slice(from, from + typed.length) }];
  });
}

function withoutFoot({ foot }: BoxLayout, rows: readonly Row[]): readonly Row[] {
  if (!foot) return rows;
  const blank = rows.findLastIndex(({ text }) => text.trim() === '');
  return blank === -1 ? [] : rows.slice(0, blank);
}

/** Without an end that is dim, with the character under the cursor before it. */
function withoutSuggestion(rows: readonly Row[]): readonly Row[] {
  const kept = rows.map(({ text, inks }) => {
    const end = inks.findLastIndex(({ dim }, at) => !dim && text.charAt(at).trim() !== '') + 1;
    return { text, inks, end };
  });
  const last = kept.findLastIndex(({ end, inks }) => end > 0 || inks.length === 0);
  return kept.flatMap(({ text, inks, end }, index): Row[] => {
    if (index > last) return [];
    if (index < last || inks.length === 0 || end === text.length) return [{ text, inks }];
    const to = inks[end - 1]?.inverse === true ? end - 1 : end;
    return [{ text: text.slice(0, to), inks: inks.slice(0, to) }];
  });
}
