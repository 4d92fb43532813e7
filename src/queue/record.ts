import { z } from 'zod';
import { type AttemptRecord, PRIORITIES, TASK_REASONS } from '../model/task.ts';

/** The text of an attempt's record: JSON, one key to a line. */
export function recordText(record: AttemptRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** The record a text is; null where one value is missing, unknown or of another kind: then none of it is believed. */
export function parseRecord(text: string): AttemptRecord | null {
  if (text.length > MOST_CHARACTERS) return null;
  const { success, data } = RECORD.safeParse(json(text));
  return success ? data : null;
}

// Ours have some kilobytes.
const MOST_CHARACTERS = 256 * 1024;

const TIME = z.int().min(0);
const NAME = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,79}$/);

const END = z.strictObject({
  result: z.enum(['done', 'failed', 'returned']),
  reason: z.enum(TASK_REASONS),
  detail: z.string(),
  at: TIME,
  lastLines: z.array(z.string()),
});

const RECORD: z.ZodType<AttemptRecord> = z.strictObject({
  version: z.literal(1),
  attempt: z.string().regex(/^[a-z0-9]{4,32}$/),
  fleet: NAME,
  inbox: NAME,
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
  title: z.string().nullable(),
  // A record says where a file goes back to: never out of its folder.
  file: z.string().regex(/^(?!\.)[^/\0]{1,255}$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().min(0),
  number: z.int().min(1),
  session: NAME,
  pool: NAME,
  agent: NAME,
  model: z.string().nullable(),
  account: NAME.nullable(),
  cwd: z.string().startsWith('/'),
  conversation: z
    .string()
    .regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    .nullable(),
  priority: z.enum(PRIORITIES),
  delivery: z.enum(['argv', 'file', 'paste']),
  timeoutMs: TIME.nullable(),
  retries: TIME.nullable(),
  startedAt: TIME,
  launches: z.int().min(1),
  launchedAt: TIME,
  errors: TIME,
  parkedUntil: TIME.nullable(),
  end: END.nullable(),
});

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
