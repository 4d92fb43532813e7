import { join } from 'node:path';
import { agentProfile } from '../agents/agent-profile.ts';
import type { NamedAgent } from '../agents/launch.ts';
import { traitsOf } from '../agents/traits.ts';
import { openReader } from '../host/host.ts';
import { fleetPaths, homeFolder } from '../host/paths.ts';
import { loadMemory } from '../host/state/memory-store.ts';
import { type Look, lookAndPlan, type Place } from '../loop/look.ts';
import type { DesiredState } from '../model/desired.ts';
import type { HostReader } from '../model/host.ts';
import type { ProfileOf } from '../observe/account.ts';
import { lookCache } from '../observe/look-cache.ts';
import { type Context, say } from './context.ts';
import { stateDir } from './fleet-state.ts';

/** The fleet as something to look at: nothing in it can change anything. */
export function placeOf({ io }: Context, desired: DesiredState): Place {
  const host = openReader({ socket: desired.tmux.socket, env: io.env });
  return placeOn(host, { io }, desired);
}

/** The same on a host of the caller's. */
export function placeOn<H extends HostReader>(
  host: H,
  { io }: Pick<Context, 'io'>,
  desired: DesiredState,
): Place & { readonly host: H } {
  const agentOf = agentsByName(desired);
  return {
    desired,
    host,
    stateDir: stateDir(io, desired),
    profileOf: profilesOf(desired, homeFolder(io.env)),
    agents: traitsByName(agentOf, desired),
    agentOf,
    runsDir: join(fleetPaths(desired.name, io.env).runtime, 'runs'),
    userHome: homeFolder(io.env),
    cache: lookCache(),
  };
}

/** One look and the plan that follows, as `plan`, `status` and `why` show it; writes nothing at all. */
export async function lookOnly(
  context: Context,
  place: Place,
  options: { readonly swapTo?: string | null } = {},
): Promise<Look> {
  const { memory, problem } = loadMemory(place.stateDir);
  if (problem !== null) say(context, `rollcall: ${problem.summary}: ${problem.detail}`);
  return await lookAndPlan(place, memory, options);
}

/** The agents of the file with their profiles; each profile is checked once. */
function agentsByName(desired: DesiredState): Place['agentOf'] {
  const known = new Map<string, NamedAgent | null>();
  return (name) => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const spec = desired.agents[name];
    const reading = spec === undefined ? null : agentProfile(name, spec);
    const agent =
      spec === undefined || reading?.ok !== true ? null : { name, spec, profile: reading.profile };
    known.set(name, agent);
    return agent;
  };
}

/** What can be started at all, and what of its profile a plan needs. Only where something is to be started with it. */
function traitsByName(agentOf: Place['agentOf'], desired: DesiredState): Place['agents'] {
  const resumes = Object.values(desired.dedicated).some(({ onSwap }) => onSwap === 'resume');
  if (Object.keys(desired.inboxes).length === 0 && !resumes) return {};
  return Object.fromEntries(
    Object.keys(desired.agents).flatMap((name) => {
      const agent = agentOf(name);
      const traits = agent === null ? null : traitsOf(agent.profile);
      return traits === null ? [] : [[name, traits]];
    }),
  );
}

/** What tells a live agent and its home, from the profile of each agent of the file; each profile is checked once. */
function profilesOf(desired: DesiredState, home: string): ProfileOf {
  const known = new Map<string, ReturnType<ProfileOf>>();
  return (agent) => {
    const found = known.get(agent) ?? marksOf(desired, home, agent);
    known.set(agent, found);
    return found;
  };
}

function marksOf(desired: DesiredState, home: string, agent: string): ReturnType<ProfileOf> {
  const spec = desired.agents[agent];
  const reading = spec === undefined ? null : agentProfile(agent, spec);
  if (reading === null || !reading.ok || reading.profile.home === null) return null;
  const { env, default: written, inside } = reading.profile.home;
  const { process } = reading.profile;
  const called = inside === undefined ? {} : { homeInside: inside };
  return { homeEnv: env, ...called, defaultHome: expanded(written, home), process };
}

function expanded(path: string, home: string): string {
  return path === '~' ? home : path.startsWith('~/') ? join(home, path.slice(2)) : path;
}
