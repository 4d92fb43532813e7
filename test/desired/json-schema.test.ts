import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { desiredJsonSchema } from '../../src/desired/json-schema.ts';

const FILE = new URL('../../desired-state.schema.json', import.meta.url);

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** Keys without a description, and maps of known keys that take others. */
function gaps(schema: Schema, path: string): string[] {
  const keys = Object.entries(schema.properties ?? {});
  const open = keys.length > 0 && schema.additionalProperties !== false ? [`${path} is open`] : [];
  const silent = keys
    .filter(([, value]) => !value.description)
    .map(([key]) => `${path}/${key} is not explained`);
  const inside = [
    ...keys.map(([key, value]) => [value, `${path}/${key}`] as const),
    ...(typeof schema.additionalProperties === 'object'
      ? [[schema.additionalProperties, `${path}/*`] as const]
      : []),
    ...(schema.items === undefined ? [] : [[schema.items, `${path}[]`] as const]),
    ...(schema.anyOf ?? []).map((branch) => [branch, path] as const),
  ];
  return [...open, ...silent, ...inside.flatMap(([value, at]) => gaps(value, at))];
}

describe('the published schema', () => {
  test('is current (UPDATE_SCHEMA=1 writes it)', () => {
    const now = `${JSON.stringify(desiredJsonSchema(), null, 2)}\n`;
    if (process.env['UPDATE_SCHEMA'] === '1') writeFileSync(FILE, now);
    expect(readFileSync(FILE, 'utf8')).toBe(now);
  });

  test('explains every key and is closed everywhere', () => {
    expect(gaps(desiredJsonSchema(), '')).toEqual([]);
  });
});
