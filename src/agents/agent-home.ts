import { basename, dirname, join } from 'node:path';
import type { AgentSpec } from '../model/desired.ts';
import type { Profile } from './profile.ts';

/** A profile and what the file says of the agent. */
export interface Agent {
  readonly profile: Profile;
  readonly spec: AgentSpec;
}

/** The home that its variable tells it: the account's, or what the file sets that variable to; null: none does. */
export function toldHome({ profile, spec }: Agent, account: string | null): string | null {
  if (profile.home === null) return null;
  const own = spec.env[profile.home.env];
  return account ?? (typeof own === 'string' ? homeSaid(profile.home, own) : null);
}

type HomeProfile = NonNullable<Profile['home']>;

/** The home that its variable names by this value. */
export function homeSaid({ inside }: HomeProfile, value: string): string {
  return inside === undefined ? value : join(value, inside);
}

/** The value of its variable that names this home; null: none does, for it is not called as it must be. */
export function homeValue({ inside }: HomeProfile, home: string): string | null {
  if (inside === undefined) return home;
  return basename(home) === inside ? dirname(home) : null;
}

/**
 * Absolute: where an agent of ours has its login and its records, under an account's home (null: none) and for a
 * user whose home is `userHome`; null where it has none.
 */
export function agentHome(agent: Agent, account: string | null, userHome: string): string | null {
  const told = toldHome(agent, account);
  if (told !== null || agent.profile.home === null) return told;
  return underHome(agent.profile.home.default, userHome);
}

/** A path with `~` at its start expanded. */
export function underHome(path: string, userHome: string): string {
  return path.replace(/^~(?=\/|$)/, () => userHome);
}
