/** Agents whose profiles come with Rollcall: `builtin:claude` …; `generic` is any other program. */
export const BUILTIN_AGENTS = ['claude', 'codex', 'opencode', 'gemini', 'generic'] as const;
export type BuiltinAgent = (typeof BUILTIN_AGENTS)[number];

/**
 * What may stand in braces in the arguments and paths of a profile: `{prompt}` … `{slug}` is the folder with every
 * character but letters and digits replaced by `-`; `{cwdQuoted}` is it as a JSON string, which TOML takes too; `{year}`,
 * `{month}` and `{day}` are digits.
 */
export const PROFILE_WORDS = [
  'prompt',
  'model',
  'conversation',
  'settings',
  'cwd',
  'cwdQuoted',
  'slug',
  'home',
  'year',
  'month',
  'day',
] as const;
export type ProfileWord = (typeof PROFILE_WORDS)[number];
