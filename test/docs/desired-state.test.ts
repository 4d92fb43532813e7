import { expect, test } from 'vitest';
import schema from '../../desired-state.schema.json' with { type: 'json' };
import { readDesiredBytes } from '../../src/desired/read.ts';
import { pages, rows, textOf } from './pages.ts';

interface Key {
  readonly path: string;
  /** As the page writes it; null: a matter of words. */
  readonly value: string | null;
}

/** The keys that hold a value, in the order of the schema; `NAME` for any name, `[]` for any item. */
function keys(node: unknown, path: string, value: string | null): readonly Key[] {
  const shape = objectAt(node, 'properties');
  const named = objectAt(node, 'additionalProperties');
  const item = objectAt(node, 'items');
  if (shape !== null && !Object.hasOwn(shape, 'fromEnv')) {
    return Object.entries(shape).flatMap(([key, child]) =>
      keys(child, path === '' ? key : `${path}.${key}`, defaultOf(child, node, key)),
    );
  }
  if (isSection(named)) return keys(named, `${path}.NAME`, null);
  return isSection(item) ? keys(item, `${path}[]`, null) : [{ path, value }];
}

function defaultOf(child: unknown, parent: unknown, key: string): string | null {
  if (isObject(child) && 'default' in child) {
    const value = child['default'];
    return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
  }
  const required = isObject(parent) ? parent['required'] : [];
  return Array.isArray(required) && required.includes(key) ? 'required' : null;
}

function isSection(node: unknown): boolean {
  const shape = objectAt(node, 'properties');
  return shape !== null && !Object.hasOwn(shape, 'fromEnv');
}

function objectAt(node: unknown, key: string): Readonly<Record<string, unknown>> | null {
  const value = isObject(node) ? node[key] : null;
  return isObject(value) ? value : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const table = rows(textOf('docs/desired-state.md')).map(([key = '', value = '']) => ({
  path: key.replaceAll('`', ''),
  value,
}));

test('docs/desired-state.md has a row for every key of the schema, and no other', () => {
  expect(keys(schema, '', null).length).toBeGreaterThan(70);
  expect(table.map(({ path }) => path)).toEqual(keys(schema, '', null).map(({ path }) => path));
});

test('docs/desired-state.md has the defaults of the schema, and words where it has none', () => {
  const wanted = keys(schema, '', null);
  const wrong = table.filter(({ value }, i) => {
    const known = wanted[i]?.value ?? null;
    return known === null ? value === '' || value === 'required' || /^`\d/.test(value) : value !== known;
  });
  expect(wrong).toEqual([]);
});

test('every whole file that a page shows is valid', () => {
  const files = pages().flatMap((page) =>
    [...textOf(page).matchAll(/^```yaml\n([\s\S]*?)^```/gm)].flatMap(([, text = '']) =>
      text.includes('apiVersion:') ? [text] : [],
    ),
  );
  const read = files.map((text) =>
    readDesiredBytes(new TextEncoder().encode(text), { file: '/f/desired-state.yaml', home: '/home/ada' }),
  );
  expect(files.length).toBeGreaterThan(0);
  expect(read.filter(({ ok }) => !ok)).toEqual([]);
});
