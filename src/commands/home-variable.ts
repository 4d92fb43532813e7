import { homeValue } from '../agents/agent-home.ts';
import { agentProfile } from '../agents/agent-profile.ts';
import type { DesiredState } from '../model/desired.ts';
import { EXIT } from '../model/words.ts';
import { Stop } from './stop.ts';

/** The environment variable by which an agent is told this home, and its value, from its profile. */
export function homeVariable(
  desired: DesiredState,
  agent: string,
  home: string,
): { readonly name: string; readonly value: string } {
  const spec = desired.agents[agent];
  const reading = spec === undefined ? null : agentProfile(agent, spec);
  if (reading === null || !reading.ok || reading.profile.home === null) {
    throw new Stop(EXIT.refused, `the profile of agent ${agent} does not say how it is told its home`);
  }
  const { env: name, inside } = reading.profile.home;
  const value = homeValue(reading.profile.home, home);
  if (value !== null) return { name, value };
  throw new Stop(EXIT.refused, `agent ${agent} takes no home that is not called ${inside ?? ''}: ${home}`);
}
