import { isAlias, isMap, isPair, isScalar, isSeq, type Scalar } from 'yaml';
import { pointerStep } from '../model/source.ts';
import { type Finding, wrongText } from './finding.ts';

/** Offsets of a key (null: it has none) and of its value. */
export interface Place {
  readonly key: Range | null;
  readonly value: Range;
}

export type Range = readonly [from: number, to: number];

/** Keyed by JSON pointer. */
export type Places = ReadonlyMap<string, Place>;

export interface Walked {
  /** Null-prototype objects, arrays and scalars: `__proto__` is only a word in them. */
  readonly value: unknown;
  readonly places: Places;
  readonly findings: readonly Finding[];
}

/** Plain data and positions of a parsed document, and what in it is YAML but not for us. */
export function walkDocument(contents: unknown): Walked {
  const walk: Walk = { places: new Map(), findings: [] };
  const value = walkNode(contents, '', null, 0, walk);
  return { value, places: walk.places, findings: walk.findings };
}

interface Walk {
  readonly places: Map<string, Place>;
  readonly findings: Finding[];
}

// The schema's own depth is 6.
const DEEPEST = 32;

function walkNode(node: unknown, path: string, key: Range | null, depth: number, walk: Walk): unknown {
  const range = rangeOf(node) ?? key ?? [0, 0];
  walk.places.set(path, { key, value: range });
  if (depth > DEEPEST) return refuse(walk, range, 'too-deep', 'nested too deeply', 'is it the right file?');
  if (isAlias(node))
    return refuse(walk, range, 'alias', 'an alias (*name) is not read here', 'write the value out');
  if (isMap(node)) return walkMap(node.items, path, depth, walk);
  if (isSeq(node)) {
    return node.items.map((item, index) => walkNode(item, `${path}/${String(index)}`, null, depth + 1, walk));
  }
  return isScalar(node) ? node.value : null;
}

function walkMap(pairs: readonly unknown[], path: string, depth: number, walk: Walk): unknown {
  const map = emptyMap();
  for (const pair of pairs) {
    if (!isPair(pair)) continue;
    const range = rangeOf(pair.key) ?? rangeOf(pair.value) ?? [0, 0];
    const key = keyText(pair.key);
    if (key === null) {
      refuse(walk, range, 'bad-key', 'a key must be a plain word', 'write "key: value"');
    } else if (key in Object.prototype) {
      refuse(
        walk,
        range,
        'bad-key',
        `"${key}" cannot be a key here`,
        'it is a word of JavaScript; choose another',
      );
    } else if (Object.hasOwn(map, key)) {
      refuse(walk, range, 'duplicate-key', `"${shown(key)}" is there twice`, 'keep one of the two');
    } else {
      map[key] = walkNode(pair.value, `${path}/${pointerStep(key)}`, range, depth + 1, walk);
    }
  }
  return map;
}

function refuse(walk: Walk, range: Range, code: string, message: string, help: string): undefined {
  walk.findings.push(wrongText(code, range, message, help));
}

/** `11` as a key is the name "11", as written. */
/** Null where it has a tag, too: other readers take `!!binary name` for another word than the one written. */
function keyText(key: unknown): string | null {
  if (!isScalar(key) || key.value === null || key.tag !== undefined) return null;
  return typeof key.value === 'string' ? key.value : sourceText(key);
}

function sourceText(key: Scalar): string {
  return key.source ?? String(key.value);
}

function rangeOf(node: unknown): Range | null {
  if (!isScalar(node) && !isMap(node) && !isSeq(node) && !isAlias(node)) return null;
  return node.range ? [node.range[0], Math.max(node.range[0], node.range[1])] : null;
}

function shown(key: string): string {
  return key.length > 60 ? `${key.slice(0, 60)}…` : key;
}

function emptyMap(): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  Object.setPrototypeOf(map, null);
  return map;
}
