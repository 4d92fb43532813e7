import { BUILTIN_AGENTS } from '../model/agents.ts';
import type { AgentSpec } from '../model/desired.ts';
import { builtinProfile } from './builtin-profile.ts';
import { type Profile, profileSchema } from './profile.ts';

export type ProfileReading =
  | { readonly ok: true; readonly profile: Profile }
  /** `path` is a JSON pointer within the agent's section of the file. */
  | { readonly ok: false; readonly problems: readonly { readonly path: string; readonly message: string }[] };

/** The profile of an agent of the file: what it extends, with its overrides laid over it, key by key. */
export function agentProfile(name: string, spec: AgentSpec): ProfileReading {
  const base = BUILTIN_AGENTS.find((builtin) => spec.extends === `builtin:${builtin}`);
  if (base === undefined)
    return { ok: false, problems: [{ path: '/extends', message: 'no such built-in profile' }] };
  const merged = profileSchema.safeParse({ ...builtinProfile(base), name, ...spec.overrides });
  if (merged.success) return { ok: true, profile: merged.data };
  const problems = merged.error.issues.map(({ path, message }) => ({ path: `/${path.join('/')}`, message }));
  return { ok: false, problems };
}
