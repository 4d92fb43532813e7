import { userInfo } from 'node:os';
import { agentProfile } from '../../agents/agent-profile.ts';
import type { AgentSpec, DesiredState } from '../../model/desired.ts';
import { askVersion, located } from '../agent-version.ts';
import type { AgentFacts } from './agents.ts';

/** Looks for each agent's program and asks its version, one after the other. */
export async function lookAtAgents(
  desired: DesiredState,
  path: string,
  whose: string,
): Promise<readonly AgentFacts[]> {
  const all: AgentFacts[] = [];
  for (const [agent, spec] of Object.entries(desired.agents)) {
    const reading = agentProfile(agent, spec);
    // The file's own check says what is wrong with a profile.
    if (!reading.ok) continue;
    const { command, tested } = reading.profile;
    const program = command?.[0] ?? null;
    const found = program === null ? null : located(program, path);
    const pools = Object.entries(desired.pools).flatMap(([name, pool]) =>
      pool.agent === agent ? [name] : [],
    );
    const answer = found === null ? null : await askVersion(found, reading.profile, path);
    all.push({ agent, program, found, pools, tested, answer, refusesRoot: refusesRoot(spec), whose });
  }
  return all;
}

const SKIPS = '--dangerously-skip-permissions';

function refusesRoot({ extends: from, args, env, overrides }: AgentSpec): boolean | null {
  if (userInfo().uid !== 0 || from !== 'builtin:claude') return null;
  const command = JSON.stringify(overrides['command'] ?? []);
  return (args.includes(SKIPS) || command.includes(SKIPS)) && env['IS_SANDBOX'] === undefined;
}
