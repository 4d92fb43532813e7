import { z } from 'zod';
import { writtenState } from './schema/written-state.ts';

/** The keys the schema knows in the map at `steps`; empty where it is no such map. */
export function keysAt(steps: readonly string[]): string[] {
  return schemasAt(steps).flatMap((schema) =>
    schema instanceof z.ZodObject ? Object.keys(schema.shape) : [],
  );
}

/** What the schema says of the key at `steps`, with an example, or null. */
export function descriptionAt(steps: readonly string[]): string | null {
  for (const schema of schemasAt(steps)) {
    const { description, examples } = schema.meta() ?? {};
    const example = Array.isArray(examples) ? examples[0] : undefined;
    if (description !== undefined)
      return example === undefined ? description : `${description} Such as ${shown(example)}`;
  }
  return null;
}

function shown(example: unknown): string {
  return typeof example === 'string' ? example : JSON.stringify(example);
}

/** The schema of the value at `steps`, the first where several may stand there. */
export function schemaAt(steps: readonly string[]): z.ZodType | null {
  return schemasAt(steps)[0] ?? null;
}

function schemasAt(steps: readonly string[]): z.ZodType[] {
  let schemas: z.ZodType[] = [writtenState];
  for (const step of steps) schemas = schemas.flatMap((schema) => inside(schema, step)).flatMap(branches);
  return schemas;
}

function inside(schema: z.core.$ZodType, step: string): z.core.$ZodType[] {
  if (schema instanceof z.ZodObject) {
    const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
    const found = Object.hasOwn(shape, step) ? shape[step] : undefined;
    return found === undefined ? [] : [found];
  }
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  return schema instanceof z.ZodArray ? [schema.element] : [];
}

/** A schema without its wrappings, each branch of a union for itself. */
function branches(schema: z.core.$ZodType): z.ZodType[] {
  if (schema instanceof z.ZodOptional) return branches(schema.unwrap());
  if (schema instanceof z.ZodUnion) return [schema, ...schema.options.flatMap(branches)];
  return schema instanceof z.ZodType ? [schema] : [];
}
