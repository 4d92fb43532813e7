import { z } from 'zod';

/**
 * The scalars of the file. Each carries its whole error text: what is expected, and after a line break what to do.
 * They only check; resolve/ turns them into numbers and absolute paths, so that the schema is also the editor's.
 */

// 64 characters at most, so that tmux, file names and terminals all take it.
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$/;
const NAME_HELP = 'letters, digits, - and _ only, at most 64, not beginning with -; tmux mangles . and :';

/** A key of a map of named things; `what` as in "a pool". */
export function named(what: string): z.ZodString {
  return pattern(NAME, `a name for ${what}`, NAME_HELP);
}

/** The name of something declared elsewhere in the file. */
export const name = pattern(NAME, 'a name', NAME_HELP);

/** A session's name without its index; the rest of 64 characters is left to the index. */
export const prefix = pattern(
  /^[A-Za-z0-9_][A-Za-z0-9_-]{0,53}$/,
  'the part of the session names before the number',
  'letters, digits, - and _ only, at most 54, not beginning with -; tmux mangles . and :',
);

export const duration = pattern(
  /^(\d+(ms|s|m|h|d))+$/,
  'a duration',
  'such as 90s, 5m, 1h30m or 14d; the units are ms s m h d',
);

export const size = pattern(
  /^\d{1,10}(B|KiB|MiB|GiB)$/,
  'a size',
  'such as 256KiB; the units are B KiB MiB GiB',
);

const SHARE = /^([1-9]|[1-9]\d|100)%$/;

export const share = pattern(SHARE, 'a share', 'from 1% to 100%');

export const rate = pattern(
  /^\d{1,4}\/(\d+(ms|s|m|h|d))+$/,
  'a number of times in a duration',
  'such as 6/24h: six within any 24 hours',
);

export const clock = pattern(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day', 'such as "23:00", in quotes');

// `#(…)` in a folder's name is run by tmux (facts/security.md §4.2); Cc are the control characters.
const PATH = /^(?!~[^/])[^#\p{Cc}]{1,1024}$/u;
const PATH_HELP =
  'absolute, ~/…, or relative to this file; without # (tmux runs #(…) in a path as a command) and control characters';

/** Absolute, `~`, `~/x`, or relative to the file. */
export const path = pattern(PATH, 'a path', PATH_HELP);

/** As `path`, with `*`, `**` and `?`. */
export const glob = pattern(PATH, 'a path, where * and ** stand for anything', PATH_HELP);

const TEXT = said('a text', 'put it in quotes');

/** Any text; control characters in it are found in checks/limits.ts. */
export const text = z.string({ error: TEXT });

/** A text of at least one character. */
export const word = text.min(1, { error: TEXT });

/** What stands on a command line after `--model`. */
export const model = pattern(
  /^[A-Za-z0-9][A-Za-z0-9._:@/[\]-]{0,63}$/,
  'the name of a model',
  'such as opus or sonnet',
);

export const environmentName = pattern(
  /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
  'the name of an environment variable',
  'letters, digits and _, not beginning with a digit',
);

export const url = pattern(/^https?:\/\/[^\s]{1,2000}$/, 'an address', 'such as https://api.example.org');

/** A whole number from `least` to `most`. */
export function count(least: number, most: number): z.ZodInt {
  const error = said(`a whole number from ${String(least)} to ${String(most)}`, null);
  return z.int({ error }).min(least, { error }).max(most, { error });
}

/** One of these words. */
export function oneOf<const T extends readonly [string, ...string[]]>(
  words: T,
): z.ZodEnum<{ [W in T[number]]: W }> {
  return z.enum(words, { error: said(`one of ${words.join(', ')}`, null) });
}

/** A list; of texts unless `what` says otherwise. */
export function listOf<T extends z.ZodType>(item: T, what: string): z.ZodArray<T> {
  return z.array(item, { error: said(`a list of ${what}`, 'such as [one, two]') }).max(1000);
}

/** Keyed by name. */
export function mapOf<T extends z.ZodType>(
  key: z.ZodString,
  value: T,
  what: string,
): z.ZodRecord<z.ZodString, T> {
  return z.record(key, value, { error: said(`a map of ${what} by name`, 'such as name: { … }') });
}

/** A map with exactly these keys. */
export function section<T extends z.ZodRawShape>(shape: T): z.ZodObject<T, z.core.$strict> {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'invalid_type' ? said('a map', `its keys: ${keys}`) : undefined),
  });
}

/** Expectation and help in one text, as shape.ts takes them apart. */
export function said(expected: string, help: string | null): string {
  return help === null ? expected : `${expected}\n${help}`;
}

function pattern(regex: RegExp, expected: string, help: string): z.ZodString {
  const error = said(expected, help);
  // What yaml-language-server says in place of "does not match the pattern".
  return z
    .string({ error })
    .regex(regex, { error })
    .meta({ patternErrorMessage: `${expected}: ${help}` });
}
