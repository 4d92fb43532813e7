import type { Row } from './ansi.ts';
import { inkOf } from './ink.ts';
import { asOne, type Joined, joinedRows, matching } from './row-pattern.ts';
import type { Block } from './screen-blocks.ts';
import type { Parts } from './screen-parts.ts';
import type { BlockCondition, Condition, Layout, RowCondition, Rule } from './screen-schema.ts';

/** A screen to hold rules against. */
export interface Sight {
  readonly parts: Parts;
  readonly layout: Layout;
  readonly coloured: boolean;
  /** The pane's title; empty: none, or not known. */
  readonly title: string;
}

/** What a rule found: the text that each of its conditions matched. Null: it does not hold. */
export function hitsOf(rule: Rule, sight: Sight): readonly Hit[] | null {
  const hits: Hit[] = [];
  for (const condition of rule.when) {
    const hit = hitOf(condition, sight);
    if (hit === null) return null;
    hits.push(hit);
  }
  return hits;
}

export interface Hit {
  readonly text: string;
  /** Where the text says when the limit ends. */
  readonly reset: string | null;
}

/** Joined rows of a region of the screen; worked out once for each screen. */
export function regionRows(at: Exclude<RowCondition['at'], 'title'>, parts: Parts): readonly Joined[] {
  const known = regions.get(parts)?.get(at);
  if (known !== undefined) return known;
  const rows = at === 'screen' ? parts.all : parts[at];
  const made = joinedRows(rows, parts.width);
  const all = regions.get(parts) ?? new Map<string, readonly Joined[]>();
  all.set(at, made);
  regions.set(parts, all);
  return made;
}

const regions = new WeakMap<Parts, Map<string, readonly Joined[]>>();

function hitOf(condition: Condition, sight: Sight): Hit | null {
  if (condition.at === 'box') return condition.drawn === sight.parts.box ? NOTHING : null;
  if (condition.at === 'last') return lastHit(condition, sight);
  if (condition.at === 'turn') {
    const kinds = new Set(sight.parts.turn.map(({ kind }) => kind));
    const has = (condition.has ?? []).every((kind) => kinds.has(kind));
    return has && !(condition.lacks ?? []).some((kind) => kinds.has(kind)) ? NOTHING : null;
  }
  return rowHit(condition, sight);
}

const NOTHING: Hit = { text: '', reset: null };

function rowHit({ at, match, ink }: RowCondition, { parts, coloured, title }: Sight): Hit | null {
  if (at === 'title') return found(match, title.trim());
  for (const { rows, texts } of regionRows(at, parts)) {
    const hit = firstHit(match, at === 'status' ? texts : texts.map((text) => text.trim()));
    if (hit !== null && inked(ink, rows, coloured)) return hit;
  }
  return null;
}

function lastHit(condition: BlockCondition, { parts, layout, coloured }: Sight): Hit | null {
  const { kind, match, except, ink } = condition;
  const { after, followed } = { ...condition, ...(coloured ? {} : condition.plain) };
  const at = parts.turn.findLastIndex((block) => !(followed ?? []).includes(block.kind));
  const block = parts.turn[at];
  if (block === undefined || block.kind !== kind) return null;
  if (after !== undefined && !after.includes(parts.turn[at - 1]?.kind ?? parts.opener ?? '')) return null;
  if (match === undefined) return NOTHING;
  if (!block.alone || !inked(ink, block.lead, coloured)) return null;
  const texts = saidIn(block, layout, parts.width);
  if (except !== undefined && texts.some((text) => matching(except, text) !== null)) return null;
  return firstHit(match, texts);
}

/** What a block says in its first paragraph, without its glyph. */
function saidIn({ kind, lead }: Block, layout: Layout, width: number): readonly string[] {
  const patterns = layout.blocks[kind]?.match ?? [];
  return asOne(lead, width).map((text) => (matching(patterns, text)?.groups?.['text'] ?? text).trim());
}

function inked(ink: RowCondition['ink'], rows: readonly Row[], coloured: boolean): boolean {
  if (ink === undefined || !coloured) return true;
  const family = inkOf(rows);
  return family !== null && ink.includes(family);
}

function firstHit(patterns: readonly string[], texts: readonly string[]): Hit | null {
  for (const text of texts) {
    const hit = found(patterns, text);
    if (hit !== null) return hit;
  }
  return null;
}

function found(patterns: readonly string[], text: string): Hit | null {
  const match = matching(patterns, text);
  return match === null ? null : { text, reset: match.groups?.['reset'] ?? null };
}
