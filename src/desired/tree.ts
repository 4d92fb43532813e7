import { pointerStep } from '../model/source.ts';

/** A written value at its place. Checks walk these, so they also work on a file whose shape is wrong elsewhere. */
export interface Written {
  /** JSON pointer. */
  readonly path: string;
  /** Plain value as written: null-prototype objects, arrays, scalars; undefined where nothing is written. */
  readonly value: unknown;
}

/** What is written under `keys`; its value is undefined where there is nothing. */
export function at(node: Written, ...keys: readonly string[]): Written {
  let { path, value } = node;
  for (const key of keys) {
    path = `${path}/${pointerStep(key)}`;
    value = isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return { path, value };
}

/** Keys and values of a map in written order; nothing where it is no map. */
export function entries(node: Written): [string, Written][] {
  if (!isMap(node.value)) return [];
  return Object.entries(node.value).map(([key, value]) => [
    key,
    { path: `${node.path}/${pointerStep(key)}`, value },
  ]);
}

/** Items of a list; nothing where it is no list. */
export function items(node: Written): Written[] {
  if (!Array.isArray(node.value)) return [];
  return node.value.map((value: unknown, index) => ({ path: `${node.path}/${String(index)}`, value }));
}

/** The text, or null where it is none. */
export function text(node: Written): string | null {
  return typeof node.value === 'string' ? node.value : null;
}

/** The whole number, or null where it is none. */
export function whole(node: Written): number | null {
  return Number.isSafeInteger(node.value) ? Number(node.value) : null;
}

/** Every scalar text in and under the node. */
export function allTexts(node: Written): (Written & { readonly value: string })[] {
  if (typeof node.value === 'string') return [{ path: node.path, value: node.value }];
  const inside = Array.isArray(node.value) ? items(node) : entries(node).map(([, child]) => child);
  return inside.flatMap(allTexts);
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
