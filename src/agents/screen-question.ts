import type { Row } from './ansi.ts';
import { oneRow, saysSomething } from './foreign-text.ts';
import { asOne, matching, withoutRows } from './row-pattern.ts';
import type { Parts } from './screen-parts.ts';
import type { Layout } from './screen-schema.ts';

/** What a dialog asks, as one row: what stands above its first choice, paragraph by paragraph; null where none stands. */
export function readQuestion({ dialog }: Layout, { dialog: rows, width }: Parts): string | null {
  if (dialog === undefined || rows.length === 0) return null;
  const first = rows.findIndex(({ text }) => matching(dialog.choice ?? [], bare(text)) !== null);
  const asking = withoutRows(dialog.aside, first === -1 ? rows : rows.slice(0, first), width);
  const paragraphs = paragraphsOf(asking).map((paragraph) => bare(asOne(paragraph, width).at(-1) ?? ''));
  return oneRow(paragraphs.join(' · '));
}

function paragraphsOf(rows: readonly Row[]): readonly (readonly Row[])[] {
  const paragraphs: Row[][] = [[]];
  for (const row of rows) {
    if (!saysSomething(row.text)) paragraphs.push([]);
    else paragraphs.at(-1)?.push(row);
  }
  return paragraphs.filter((paragraph) => paragraph.length > 0);
}

/** Without the sides of frames and gutters. */
function bare(text: string): string {
  return text.replaceAll(/^[\s│┃]+|[\s│┃]+$/gu, '');
}
