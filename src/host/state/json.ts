import { readFileSync } from 'node:fs';

/** A JSON file's value; `absent` where there is no file; the reason where it cannot be read or parsed. */
export type JsonFile =
  | { readonly type: 'ok'; readonly value: unknown; readonly text: string }
  | { readonly type: 'absent' }
  | { readonly type: 'bad'; readonly text: string };

export function readJson(path: string): JsonFile {
  try {
    const text = readFileSync(path, 'utf8');
    const value: unknown = JSON.parse(text);
    return { type: 'ok', value, text };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { type: 'absent' };
    return { type: 'bad', text: error instanceof Error ? error.message : String(error) };
  }
}

/** A JSON object, as opposed to null and lists. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every value of the object is a `T`. */
export function isObjectOf<T>(
  value: unknown,
  one: (value: unknown) => value is T,
): value is Readonly<Record<string, T>> {
  return isObject(value) && Object.values(value).every((each) => one(each));
}

export function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** `null`, or what `one` accepts. */
export function orNull<T>(one: (value: unknown) => value is T): (value: unknown) => value is T | null {
  return (value): value is T | null => value === null || one(value);
}
