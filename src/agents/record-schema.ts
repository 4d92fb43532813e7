import { z } from 'zod';
import { riskOf } from '../model/pattern.ts';
import { EVIDENCE } from '../model/screen.ts';

/** Keys from the top, by dots: `message.stop_reason`; a number is a place in a list. */
const field = z.string().regex(/^[A-Za-z_$][\w$-]*(?:\.(?:\d{1,3}|[A-Za-z_$][\w$-]*)){0,7}$/);
const fields = z.array(field).min(1).max(10);
const name = z.string().regex(/^[a-z][a-z0-9-]*$/);

/** A regular expression for a whole text (JavaScript, flag u), quick on any text. */
const pattern = z.string().superRefine((text, context) => {
  const risk = riskOf(text);
  if (risk !== null) context.addIssue({ code: 'custom', message: `${risk.what}: ${risk.help}` });
});

/** One is enough. */
const patterns = z.union([pattern.transform((one) => [one]), z.array(pattern).min(1)]);

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** When a record is of a kind: all that is said here holds. */
const condition = {
  /** Each of these fields is one of these values. */
  when: z.record(field, z.array(scalar).min(1)).default({}),
  /** Each of these fields is there and is neither null nor empty. */
  has: fields.optional(),
  /**
   * One of these matches what the record says, as one row, and none of `except`. A group `reset` is where the limit's
   * end stands.
   */
  says: z.strictObject({ match: patterns, except: patterns.optional() }).optional(),
};

/** `<home>/<sessions>/<pid>.json`: what a running one says of itself. */
export const registrySchema = z.strictObject({
  pid: field,
  /** Field 22 of /proc/PID/stat: what tells it from a later process of the same number. */
  start: field,
  status: field,
  /** Its word -> ours. */
  states: z.record(z.string().min(1), z.enum(['idle', 'working', 'waiting'])),
  waitingFor: field.optional(),
  /** The conversation that it is in, a UUID. */
  conversation: field.optional(),
  /** Epoch milliseconds of the last change; the first that is there. */
  at: fields,
});

const hookRule = z.strictObject({
  ...condition,
  means: z.enum(['started', 'prompted', 'asked', 'turn-ended', 'turn-failed', 'ended']),
  error: z.enum(EVIDENCE).optional(),
});

/** What the agent tells programs of ours while it runs: one JSON document an event. */
export const hooksSchema = z.strictObject({
  /** Names to register, in the settings file that is handed over; none where a file of `launch.files` tells of them. */
  register: z.array(z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/)).default([]),
  /** What an event says, for a person: the first that is there. */
  text: fields,
  /** When a limit ends, where an event tells. One that is over within a minute was only one of too many requests. */
  resetsAt: field.optional(),
  /** A list of what still runs in the background. */
  background: field.optional(),
  /** Where a field may also stand, by field: the first of them that is a word, a number, true or false counts. */
  also: z.record(field, fields).default({}),
  /** By name: the first that holds decides, in the order written; other events tell nothing. */
  events: z.record(name, hookRule),
});

const lineRule = z.strictObject({
  ...condition,
  /**
   * How the turn stands behind this line; `closed`: it is over, as the line before it says, and `ended` where that
   * says `open`; `at-prompt`: it has ended where the agent's screen shows it at its prompt since, else it is open; left
   * out: the line says nothing of it.
   */
  turn: z.enum(['open', 'ended', 'failed', 'interrupted', 'closed', 'at-prompt']).optional(),
  error: z.enum(EVIDENCE).optional(),
  /** It may hold the prompt. */
  prompt: z.boolean().default(false),
  /** It holds words of the agent's. */
  words: z.boolean().default(false),
});

/**
 * Which file is a conversation's, by the day on which it was begun, and how one of ours is told for certain: its first
 * line says so, and what we gave as the prompt is in it.
 */
const foundSchema = z.strictObject({
  /** A folder below its home, one for each day; `{year}`, `{month}` and `{day}` are digits. */
  folder: z.string().min(1),
  /** The name of such a file; a group `id` is the id of its conversation. */
  name: pattern,
  /** What the first line of such a file must be, where a person or a program like ours began it. */
  when: condition.when,
  /** In the first line: the same id again, and the folder in which it was begun. */
  id: field,
  cwd: field,
});

/** What a line of it says of the account's quota: the youngest one counts, and a window that is used up ends a limit. */
const toldUsageSchema = z.strictObject({
  when: condition.when,
  /** A map from the name of a window to what is told of it; what is no map in it is no window. */
  windows: field,
  /** In that: 0 to 100. */
  percent: field,
  /** In that: epoch seconds or milliseconds at which the window ends. */
  resetsAt: field,
});

/** The conversation as the agent keeps it: a file with one JSON document a line. */
export const transcriptSchema = z.strictObject({
  /** Below its home; `{slug}` and `{conversation}`. Left out: it is found. */
  file: z.string().min(1).optional(),
  /**
   * Where it may also be, in any folder directly below: a conversation that went on elsewhere. `*` in the file's name
   * stands for anything: the first such file by its name is meant.
   */
  search: z.strictObject({ below: z.string().min(1), file: z.string().min(1) }).optional(),
  /** For an agent that chooses the ids of its conversations itself, and tells none of them to those who start it. */
  found: foundSchema.optional(),
  /** What a line says: a text, or a list of parts with a `text` each. The first that is there. */
  text: fields,
  /** When a line was written: ISO 8601, epoch seconds or milliseconds. */
  at: field.optional(),
  /** Epoch seconds or milliseconds at which a limit ends. */
  resetsAt: field.optional(),
  usage: toldUsageSchema.optional(),
  /** By name: for each line the first that holds, in the order written; other lines tell nothing. */
  lines: z.record(name, lineRule),
});

/** What it tells a program of ours that makes its status line: how much of the account's quota is used. */
export const usageSchema = z.strictObject({
  /** The key of the settings file under which that program is registered. */
  register: z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/),
  /** A map from the name of a window to what is told of it. */
  windows: field,
  /** In that: 0 to 100. */
  percent: field,
  /** In that: epoch seconds or milliseconds at which the window ends. */
  resetsAt: field.optional(),
});

export type UsageProfile = z.infer<typeof usageSchema>;
export type RegistryProfile = z.infer<typeof registrySchema>;
export type HooksProfile = z.infer<typeof hooksSchema>;
export type TranscriptProfile = z.infer<typeof transcriptSchema>;
export type RecordCondition = Pick<HooksProfile['events'][string], 'when' | 'has' | 'says'>;
