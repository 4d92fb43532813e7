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

type Fields = Readonly<Record<string, unknown>>;

function withOverrides(profile: Profile, name: string, overrides: AgentSpec['overrides']): object {
  return { ...laidOver(profile, overrides, DEPTH), name };
}

/** Maps in maps: what is deeper is replaced as a whole. */
const DEPTH = 2;
/** Maps of rules of which the first that holds decides: the file's own go before the others. */
const ORDERED = ['rules', 'events', 'lines'];

function laidOver(base: Fields, own: Fields, depth: number): Fields {
  const changed = Object.entries(own).map(([key, value]) => {
    const below = base[key];
    if (depth === 0 || !isMap(value) || !isMap(below)) return [key, value] as const;
    if (ORDERED.includes(key)) return [key, { ...value, ...without(below, value) }] as const;
    return [key, laidOver(below, value, depth - 1)] as const;
  });
  return { ...base, ...Object.fromEntries(changed) };
}

function without(fields: Fields, names: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !Object.hasOwn(names, name)));
}

function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
