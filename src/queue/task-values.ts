import { posix } from 'node:path';
import { durationMs } from '../model/units.ts';
import { momentMs } from './moment.ts';
import { isPlain } from './plain.ts';
import type { TaskContext } from './written.ts';

/** What one key of a frontmatter takes. */
export interface Kind<T> {
  /** The value a text stands for; null: none. */
  readonly read: (text: string, context: TaskContext) => T | null;
  /** Behind "is not", with what to write. */
  readonly expected: string;
  /** Where only these words are taken. */
  readonly words?: readonly string[];
}

export const ID = matching(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
  'an id: letters, digits, ".", "_" and "-" only, at most 100, beginning with a letter or digit',
);

/** Without the blanks around it, such as the last line end of a block scalar. */
export const TITLE: Kind<string> = {
  read: (text) => {
    const title = text.trim();
    return title !== '' && isPlain(title) && Array.from(title).length <= 200 ? title : null;
  },
  expected: 'a title: one line of at most 200 characters, without control characters',
};

/** What stands on a command line after `--model`; the same as in the fleet's file. */
export const MODEL = matching(
  /^[A-Za-z0-9][A-Za-z0-9._:@/[\]-]{0,63}$/,
  'the name of a model, such as opus or sonnet',
);

export const AGENT = matching(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$/, 'the name of an agent, such as claude');

/** Absolute and normal. `#` is refused because tmux runs `#(…)` in a path as a command. */
export const FOLDER: Kind<string> = {
  read: (text, { home, cwd }) => {
    if (!/^(?!~[^/])[^#]{1,1024}$/.test(text) || !isPlain(text)) return null;
    return posix.resolve(cwd, text === '~' || text.startsWith('~/') ? home + text.slice(1) : text);
  },
  expected:
    "a folder: absolute, ~/…, or relative to the inbox's cwd; without # and control characters, at most 1024",
};

/** Milliseconds. */
export const TIMEOUT: Kind<number> = {
  read: (text) => {
    const ms = durationMs(text);
    return ms === null || ms < 1000 ? null : ms;
  },
  expected: 'a duration from 1s to ten years, such as 90s, 5m, 1h30m or 14d; the units are ms s m h d',
};

export const RETRIES: Kind<number> = {
  read: (text) => (/^(?:\d|10)$/.test(text) ? Number(text) : null),
  expected: 'a whole number from 0 to 10',
};

/** Epoch milliseconds. */
export const MOMENT: Kind<number> = {
  read: momentMs,
  expected: 'a time: 2026-11-23T08:00Z, 2026-11-23T08:00+01:00, a date (from midnight UTC), or epoch seconds',
};

export function oneOf<const T extends string>(words: readonly T[]): Kind<T> {
  return {
    read: (text) => words.find((word) => word === text) ?? null,
    expected: `one of ${words.join(', ')}`,
    words,
  };
}

function matching(pattern: RegExp, expected: string): Kind<string> {
  return { read: (text) => (pattern.test(text) ? text : null), expected };
}
