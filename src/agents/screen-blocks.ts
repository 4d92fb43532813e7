import type { Row } from './ansi.ts';
import { matching } from './row-pattern.ts';
import type { Layout } from './screen-schema.ts';

/** A paragraph of one kind, and what else belongs to it. */
export interface Block {
  readonly kind: string;
  /** Its first paragraph. */
  readonly lead: readonly Row[];
  /** Whether that is all of it. */
  readonly alone: boolean;
  readonly rows: readonly Row[];
}

export interface PlacedBlock extends Block {
  /** Index of its first row. */
  readonly at: number;
}

/** The blocks, and whether other rows stand before the first of them. */
export function blocksOf(
  layout: Layout,
  rows: readonly Row[],
  mayChoose: boolean,
): { readonly blocks: readonly PlacedBlock[]; readonly headed: boolean } {
  const starts: { readonly at: number; readonly kind: string }[] = [];
  let running: string | null = null;
  rows.forEach(({ text }, at) => {
    const kind = text === '' ? null : kindOf(layout, text, mayChoose);
    const goesOn = kind !== null && kind === running && layout.blocks[kind]?.gutter === true;
    if (kind !== null && !goesOn) starts.push({ at, kind });
    running = kind ?? (text === '' || layout.blocks[running ?? '']?.gutter === true ? null : running);
  });
  const blocks = starts.map(({ at, kind }, index) => {
    const own = rows.slice(at, starts[index + 1]?.at ?? rows.length);
    const blank = own.findIndex(({ text }) => text === '');
    const lead = blank === -1 ? own : own.slice(0, blank);
    return { at, kind, lead, rows: own, alone: own.slice(lead.length).every(({ text }) => text === '') };
  });
  return { blocks, headed: rows.slice(0, starts[0]?.at ?? 0).some(({ text }) => text !== '') };
}

/** The kind of block that begins with this row, or null. `mayChoose`: the row may be a choice of a dialog. */
export function kindOf({ blocks, dialog }: Layout, text: string, mayChoose: boolean): string | null {
  if (mayChoose && dialog?.cursor !== undefined && matching(dialog.cursor, text) !== null) return null;
  return Object.keys(blocks).find((kind) => matching(blocks[kind]?.match ?? [], text) !== null) ?? null;
}

/** What tells nothing of the turn, with its parts. */
export function withoutAsides({ blocks: kinds }: Layout, blocks: readonly Block[]): readonly Block[] {
  let inAside = false;
  return blocks.filter(({ kind }) => {
    inAside = kinds[kind]?.aside === true || (inAside && kinds[kind]?.part === true);
    return !inAside;
  });
}
