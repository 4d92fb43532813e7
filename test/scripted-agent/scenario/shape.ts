/**
 * Reads an unknown value as a `T`, and adds what is wrong with it to `problems` as `path: words`. With problems the
 * result is of no use.
 */
export type Shape<T> = (value: unknown, path: string, problems: string[]) => T;

export type Shaped<S> = S extends Shape<infer T> ? T : never;

/** A string. */
export const text: Shape<string> = (value, path, problems) =>
  typeof value === 'string' ? value : wrong(problems, path, 'must be a string', '');

/** `true` or `false`. */
export const flag: Shape<boolean> = (value, path, problems) =>
  typeof value === 'boolean' ? value : wrong(problems, path, 'must be true or false', false);

/** A finite number in `[min, max]`. */
export function number(min: number, max = Number.MAX_SAFE_INTEGER): Shape<number> {
  return (value, path, problems) =>
    typeof value === 'number' && value >= min && value <= max
      ? value
      : wrong(problems, path, `must be a number from ${String(min)} to ${String(max)}`, min);
}

/** A regular expression, as text. */
export const pattern: Shape<string> = (value, path, problems) => {
  const source = text(value, path, problems);
  try {
    void new RegExp(source, 'u');
  } catch (error) {
    problems.push(`${path}: ${error instanceof Error ? error.message : 'not a regular expression'}`);
  }
  return source;
};

/** One of a few words. */
export function word<const W extends readonly string[]>(words: W): Shape<W[number]> {
  return (value, path, problems) =>
    words.find((each) => each === value) ??
    wrong(problems, path, `must be one of ${words.join(', ')}`, String(words[0]));
}

/** A list, each element of one shape. */
export function list<T>(element: Shape<T>, least = 0): Shape<readonly T[]> {
  return (value, path, problems) => {
    if (!Array.isArray(value)) return wrong(problems, path, 'must be a list', []);
    if (value.length < least) problems.push(`${path}: must have at least ${String(least)} elements`);
    return value.map((each, index) => element(each, `${path}[${String(index)}]`, problems));
  };
}

/** The value, or `otherwise` where the key is left out or null. */
export function optional<T, D>(shape: Shape<T>, otherwise: D): Shape<T | D> {
  return (value, path, problems) =>
    value === undefined || value === null ? otherwise : shape(value, path, problems);
}

/** An object with these keys and no others. */
export function object<S extends Record<string, Shape<unknown>>>(
  shapes: S,
): Shape<{ readonly [K in keyof S]: Shaped<S[K]> }> {
  return (value, path, problems) => {
    const given = isObject(value)
      ? value
      : wrong<Record<string, unknown>>(problems, path, 'must be an object', {});
    for (const key of Object.keys(given)) {
      if (!Object.hasOwn(shapes, key)) problems.push(`${at(path, key)}: unknown key`);
    }
    const entries = Object.entries(shapes).map(([key, shape]) => [
      key,
      shape(given[key], at(path, key), problems),
    ]);
    // The one place where keys and shapes, checked pair by pair, become the type that says so.
    return Object.fromEntries(entries) as { readonly [K in keyof S]: Shaped<S[K]> };
  };
}

/** An object whose `type` says which of several shapes it has. */
export function choice<S extends Record<string, Shape<unknown>>>(shapes: S): Shape<Shaped<S[keyof S]>> {
  return (value, path, problems) => {
    const type = isObject(value) ? value['type'] : undefined;
    const known = typeof type === 'string' && Object.hasOwn(shapes, type) ? shapes[type] : undefined;
    if (known === undefined) {
      problems.push(`${at(path, 'type')}: must be one of ${Object.keys(shapes).join(', ')}`);
    }
    return known?.(value, path, problems) as Shaped<S[keyof S]>;
  };
}

/** Whether it is a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function at(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function wrong<T>(problems: string[], path: string, words: string, instead: T): T {
  problems.push(`${path === '' ? 'the scenario' : path}: ${words}`);
  return instead;
}
