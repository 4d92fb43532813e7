/** Agents whose profiles come with Rollcall: `builtin:claude` …; `generic` is any other program. */
export const BUILTIN_AGENTS = ['claude', 'codex', 'opencode', 'gemini', 'generic'] as const;
export type BuiltinAgent = (typeof BUILTIN_AGENTS)[number];
