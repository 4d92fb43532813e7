/** Agents whose profiles come with Rollcall: `builtin:claude` …; `generic` is any other program. */
export const BUILTIN_AGENTS = ['claude', 'codex', 'opencode', 'gemini', 'generic'] as const;
export type BuiltinAgent = (typeof BUILTIN_AGENTS)[number];

/**
 * What may stand in braces in the arguments and paths of a profile: `{prompt}` … `{run}` is the folder of the attempt,
 * with the task's text where it is pointed at, and `{launch}` that of one start of it; `{slug}` is the task's folder with every character but letters and digits
 * replaced by `-`; `{cwdQuoted}` is it as a JSON string, which TOML takes too; `{year}`, `{month}` and `{day}` are digits;
 * `{conversationStart}` is the first 8 characters of the conversation's id.
 */
export const PROFILE_WORDS = [
  'prompt',
  'model',
  'conversation',
  'conversationStart',
  'settings',
  'run',
  'launch',
  'cwd',
  'cwdQuoted',
  'slug',
  'home',
  'year',
  'month',
  'day',
] as const;
export type ProfileWord = (typeof PROFILE_WORDS)[number];
