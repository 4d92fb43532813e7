import { matching } from './row-pattern.ts';
import type { RecordCondition } from './record-schema.ts';

/** One JSON document of an agent's: foreign, so nothing about it is known. */
export type AgentRecord = Readonly<Record<string, unknown>>;

/** The text as a JSON object; null where it is none. */
export function recordOf(text: string): AgentRecord | null {
  if (text.length > LONGEST || !isWhole(text.trim())) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** What stands at a field (`message.stop_reason`); undefined where nothing does. */
export function valueAt(record: AgentRecord, field: string): unknown {
  let value: unknown = record;
  for (const key of field.split('.')) {
    if (Array.isArray(value)) value = /^\d+$/.test(key) ? (value[Number(key)] as unknown) : undefined;
    else value = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

/** The text at the first of these fields that has one: a text, or a list of parts with a `text` each. */
export function textAt(record: AgentRecord, fields: readonly string[]): string | null {
  for (const field of fields) {
    const text = textOf(valueAt(record, field));
    if (text !== null) return text;
  }
  return null;
}

/**
 * Epoch milliseconds at a field, written as such, in seconds or as ISO 8601; null where no time of this century stands
 * there.
 */
export function timeAt(record: AgentRecord, field: string): number | null {
  const found = valueAt(record, field);
  const value = typeof found === 'string' && ISO.test(found) ? Date.parse(found) : found;
  if (typeof value !== 'number' || Number.isNaN(value)) return null;
  const at = value < SECONDS ? Math.round(value * 1000) : Math.round(value);
  return at >= EARLIEST && at < LATEST ? at : null;
}

/**
 * Whether the record is of a kind, and the end of a limit that it tells by the way; null: it is not. `also`: where a
 * field may stand besides.
 */
export function kindHit(
  { when, has, says }: RecordCondition,
  record: AgentRecord,
  text: string | null,
  also: Readonly<Record<string, readonly string[]>> = {},
): { readonly reset: string | null } | null {
  const isSo = Object.entries(when).every(([field, values]) => {
    const found = wordAt(record, [field, ...(Object.hasOwn(also, field) ? (also[field] ?? []) : [])]);
    return values.some((value) => value === found);
  });
  if (!isSo || !(has ?? []).every((field) => isSomething(valueAt(record, field)))) return null;
  if (says === undefined) return { reset: null };
  const row = (text ?? '').slice(0, LONGEST_NOTICE).replaceAll(/\s+/g, ' ').trim();
  const found = matching(says.except ?? [], row) === null ? matching(says.match, row) : null;
  return found === null ? null : { reset: found.groups?.['reset'] ?? null };
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const LONGEST = 1024 * 1024;
const LONGEST_NOTICE = 500;
/** A larger number is milliseconds. */
const SECONDS = 1e11;
const EARLIEST = 946_684_800_000;
const LATEST = 4_102_444_800_000;

/** Quick to tell: a line that was cut off. */
function isWhole(text: string): boolean {
  return text.startsWith('{') && text.endsWith('}');
}

/** What stands at the first of these fields that is neither a map, a list nor nothing; null where none is. */
function wordAt(record: AgentRecord, fields: readonly string[]): unknown {
  for (const field of fields) {
    const value = valueAt(record, field);
    if (value !== null && value !== undefined && typeof value !== 'object') return value;
  }
  return null;
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return null;
  const parts = value.slice(0, 200).flatMap((part: unknown) => {
    const text = isRecord(part) ? part['text'] : undefined;
    return typeof text === 'string' ? [text] : [];
  });
  return parts.length === 0 ? null : parts.join('\n');
}

function isSomething(value: unknown): boolean {
  return (
    value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0)
  );
}

function isRecord(value: unknown): value is AgentRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
