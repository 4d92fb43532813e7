import { BUILTIN_AGENTS } from '../model/agents.ts';
import type { AgentSpec } from '../model/desired.ts';
import { builtinProfile } from './builtin-profile.ts';
import { type Profile, profileSchema } from './profile.ts';

export type ProfileReading =
  | { readonly ok: true; readonly profile: Profile }
  /** `path` is a JSON pointer within the agent's section of the file. */
  | { readonly ok: false; readonly problems: readonly { readonly path: string; readonly message: string }[] };

/** The profile of an agent of the file: what it extends, with its overrides laid over it, key by key; rules that read its screen by name, the file's own before the others. */
export function agentProfile(name: string, spec: AgentSpec): ProfileReading {
  const base = BUILTIN_AGENTS.find((builtin) => spec.extends === `builtin:${builtin}`);
  if (base === undefined)
    return { ok: false, problems: [{ path: '/extends', message: 'no such built-in profile' }] };
  const merged = profileSchema.safeParse(withOverrides(builtinProfile(base), name, spec.overrides));
  if (merged.success) return { ok: true, profile: merged.data };
  const problems = merged.error.issues.map(({ path, message }) => ({ path: `/${path.join('/')}`, message }));
  return { ok: false, problems };
}

function withOverrides(profile: Profile, name: string, overrides: AgentSpec['overrides']): object {
  const { screens } = overrides;
  const merged = isMap(screens) ? { screens: mergedScreens(profile.screens ?? {}, screens) } : {};
  return { ...profile, name, ...overrides, ...merged };
}

function mergedScreens(base: Profile['screens'] | Fields, own: Fields): Fields {
  const { layout, rules }: Fields = base ?? {};
  return {
    ...base,
    ...own,
    ...(isMap(layout) && isMap(own['layout']) ? { layout: { ...layout, ...own['layout'] } } : {}),
    ...(isMap(rules) && isMap(own['rules'])
      ? { rules: { ...own['rules'], ...without(rules, own['rules']) } }
      : {}),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function without(fields: Fields, names: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !Object.hasOwn(names, name)));
}

function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
