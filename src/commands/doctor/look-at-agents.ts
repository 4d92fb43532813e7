import { isAbsolute } from 'node:path';
import { agentProfile } from '../../agents/agent-profile.ts';
import type { Profile } from '../../agents/profile.ts';
import { askProgram } from '../../host/doctor/ask-program.ts';
import { findProgram } from '../../host/find-program.ts';
import type { DesiredState } from '../../model/desired.ts';
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
    const answer =
      found === null ? null : await askProgram(found, ['--version'], environment(reading.profile, path));
    all.push({ agent, program, found, pools, tested, answer, whose });
  }
  return all;
}

function located(program: string, path: string): string | null {
  return isAbsolute(program) ? findProgram(program.slice(1), '/') : findProgram(program, path);
}

/** No file: whatever a program would write to its home or a cache fails there. */
const NOWHERE = '/dev/null';

/** Some agents write to their home even when only asked for their version, and doctor writes nothing. */
function environment({ home }: Profile, path: string): Readonly<Record<string, string>> {
  const folders = [
    'HOME',
    'TMPDIR',
    'XDG_CONFIG_HOME',
    'XDG_DATA_HOME',
    'XDG_STATE_HOME',
    'XDG_CACHE_HOME',
    'XDG_RUNTIME_DIR',
    ...(home === null ? [] : [home.env]),
  ];
  return { PATH: path, LANG: 'C.UTF-8', ...Object.fromEntries(folders.map((name) => [name, NOWHERE])) };
}
