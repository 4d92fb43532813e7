import { agentProfile } from '../agents/agent-profile.ts';
import type { DesiredState } from '../model/desired.ts';
import { EXIT } from '../model/words.ts';
import { Stop } from './stop.ts';

/** The environment variable by which an agent is told its account's home, from its profile. */
export function homeVariable(desired: DesiredState, agent: string): string {
  const spec = desired.agents[agent];
  const reading = spec === undefined ? null : agentProfile(agent, spec);
  if (reading === null || !reading.ok || reading.profile.home === null) {
    throw new Stop(EXIT.refused, `the profile of agent ${agent} does not say how it is told its home`);
  }
  return reading.profile.home.env;
}
