import { BUILTIN_AGENTS } from '../../model/agents.ts';
import type { AgentSpec, Secret } from '../../model/desired.ts';
import { absolutePath, type PathBase } from '../paths.ts';
import { PROFILE_KEYS } from '../schema/profile.ts';
import type { WrittenState } from '../schema/written-state.ts';
import { mapValues } from './fill.ts';

type WrittenAgent = NonNullable<WrittenState['agents']>[string];

/** Agents declared in the file, then those it uses without declaring them. */
export function agentsOf(written: WrittenState, base: PathBase): Record<string, AgentSpec> {
  const declared = mapValues(written.agents ?? {}, (agent, name) => agentOf(agent, name, base));
  // Sorted as in the tuple, so that the order does not depend on where an agent is used first.
  const used = new Set(usedAgents(written));
  const implied = BUILTIN_AGENTS.filter((name) => used.has(name) && !Object.hasOwn(declared, name));
  return { ...declared, ...Object.fromEntries(implied.map((name) => [name, agentOf({}, name, base)])) };
}

function usedAgents(written: WrittenState): string[] {
  return [
    ...Object.values(written.accounts ?? {}).map(({ agent }) => agent ?? 'claude'),
    ...Object.values(written.pools ?? {}).map(({ agent }) => agent ?? 'claude'),
    ...Object.values(written.dedicated ?? {}).flatMap(({ agent }) => agent ?? []),
    ...Object.values(written.inboxes ?? {}).flatMap(({ allow }) => allow?.agents ?? []),
  ];
}

function agentOf(written: WrittenAgent, name: string, base: PathBase): AgentSpec {
  return {
    extends: written.extends ?? `builtin:${name}`,
    args: written.args ?? [],
    env: mapValues(written.env ?? {}, (value) => (typeof value === 'string' ? value : secretOf(value, base))),
    trust: (written.trust ?? []).map((folder) => absolutePath(folder, base)),
    models: written.models ?? null,
    overrides: Object.fromEntries(
      PROFILE_KEYS.filter((key) => written[key] !== undefined).map((key) => [key, written[key]]),
    ),
  };
}

/** Where a secret comes from. */
export function secretOf(
  written: { readonly fromEnv?: string | undefined; readonly fromFile?: string | undefined },
  base: PathBase,
): Secret {
  if (written.fromFile !== undefined) return { type: 'file', path: absolutePath(written.fromFile, base) };
  return { type: 'env', name: written.fromEnv ?? '' };
}
