import type { Answer } from '../../host/doctor/ask-program.ts';
import { versionIn } from '../agent-version.ts';
import { type Check, fail, ok, warn } from '../../model/doctor.ts';

/** An agent's program as found. */
export interface AgentFacts {
  readonly agent: string;
  /** First word of its command, or null where the file must say it. */
  readonly program: string | null;
  /** Absolute path, or null: not on the PATH. */
  readonly found: string | null;
  readonly pools: readonly string[];
  /** Versions its profile was tested with. */
  readonly tested: readonly string[];
  /** What `PROGRAM --version` said; null: not asked. */
  readonly answer: Answer | null;
  /** It is given a flag with which it does not start as root, and nothing that lets it; null: not as root. */
  readonly refusesRoot: boolean | null;
  /** Whose PATH was searched. */
  readonly whose: string;
}

/** What can be said of one agent's program. */
export function agentChecks(facts: AgentFacts): readonly Check[] {
  const { program, found, agent } = facts;
  if (program === null) return [];
  return found === null
    ? [missing(facts)]
    : [ok('agent-program', `agent/${agent}`, `${agent} is ${found}`), version(facts), ...root(facts)];
}

function missing({ agent, program, pools, whose }: AgentFacts): Check {
  const wrong = {
    found: `${String(program)} is not on the PATH of ${whose}`,
    detail:
      pools.length === 0 ? 'No pool uses it.' : `Pool ${pools.join(', ')} has nothing to start for a task.`,
    help: `install it, or agents.${agent}.command: [/path/to/${String(program)}]`,
  };
  return pools.length === 0
    ? warn('agent-program', `agent/${agent}`, wrong)
    : fail('agent-program', `agent/${agent}`, wrong);
}

function version({ agent, program, tested, answer }: AgentFacts): Check {
  const [id, at] = ['agent-version', `agent/${agent}`] as const;
  const said = versionIn(answer);
  if (said === null)
    return warn(id, at, {
      found: `${String(program)} --version ${answer?.type === 'timeout' ? 'took more than 3 s' : 'did not say a version'}`,
      detail: 'It was asked without a home to write to; some programs need one.',
      help: `${String(program)} --version`,
    });
  if (tested.includes(said)) return ok(id, at, `${agent} ${said}, as tested`);
  return warn(id, at, {
    found: `${agent} ${said} is not a version it was tested with`,
    detail:
      tested.length === 0
        ? 'Its profile names none.'
        : `Tested: ${tested.join(', ')}. Screens and records of others may read differently.`,
    help: 'compare a captured screen: rollcall screen FILE',
  });
}

/** Claude Code ends at once with that flag as root, unless it is told that it is in a sandbox. */
function root({ agent, refusesRoot }: AgentFacts): readonly Check[] {
  const [id, at] = ['agent-root', `agent/${agent}`] as const;
  if (refusesRoot === null) return [];
  if (!refusesRoot) return [ok(id, at, `${agent} starts as root, too`)];
  return [
    fail(id, at, {
      found: `you are root, and ${agent} does not start with --dangerously-skip-permissions as root`,
      detail: 'Each task under it ends with its start.',
      help: `agents.${agent}.env: { IS_SANDBOX: "1" }, where this machine is one; or a user of its own`,
    }),
  ];
}
