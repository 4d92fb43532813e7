/** The few words of JSON Schema draft-07 that our documents need, as plain data. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** A key that need not be there. */
export interface OptionalSchema {
  readonly optional: JsonSchema;
}

export const STRING: JsonSchema = { type: 'string' };
export const BOOLEAN: JsonSchema = { type: 'boolean' };
export const NUMBER: JsonSchema = { type: 'number' };
export const INTEGER: JsonSchema = { type: 'integer' };
export const COUNT: JsonSchema = { type: 'integer', minimum: 0 };
/** ISO 8601, UTC, with milliseconds. */
export const TIME: JsonSchema = {
  type: 'string',
  format: 'date-time',
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
};

/** ISO 8601, UTC, to the second. */
export const TIME_TO_SECOND: JsonSchema = {
  type: 'string',
  format: 'date-time',
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z$',
};

export function constant(value: string): JsonSchema {
  return { type: 'string', const: value };
}

export function oneOf(words: readonly string[]): JsonSchema {
  return { type: 'string', enum: [...words] };
}

export function orNull(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'null' }] };
}

export function array(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

/** An object with one kind of value under any key. */
export function mapOf(values: JsonSchema): JsonSchema {
  return { type: 'object', additionalProperties: values };
}

export function optional(schema: JsonSchema): OptionalSchema {
  return { optional: schema };
}

/** An object with these keys, all required but the optional ones. */
export function object(keys: Readonly<Record<string, JsonSchema | OptionalSchema>>): JsonSchema {
  const entries = Object.entries(keys);
  return {
    type: 'object',
    properties: Object.fromEntries(
      entries.map(([key, schema]) => [key, isOptional(schema) ? schema.optional : schema]),
    ),
    required: entries.filter(([, schema]) => !isOptional(schema)).map(([key]) => key),
  };
}

function isOptional(schema: JsonSchema | OptionalSchema): schema is OptionalSchema {
  return 'optional' in schema;
}
