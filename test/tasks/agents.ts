import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A live scripted agent, as /proc tells of it. */
export interface LiveAgent {
  readonly pid: number;
  /** `ROLLCALL_TASK` and `ROLLCALL_ATTEMPT` of its environment; null: nobody gave it a task. */
  readonly task: string | null;
  readonly attempt: string | null;
}

/** All live agents that write into the ledger of a machine. */
export function liveAgents(home: string): readonly LiveAgent[] {
  const found = agentProcesses(home);
  // A program that an agent starts is a copy of the agent for a moment, between fork and exec.
  return found.filter(({ parent }) => found.every(({ pid }) => pid !== parent));
}

function agentProcesses(home: string): readonly (LiveAgent & { readonly parent: number })[] {
  const ledger = `SCRIPTED_AGENT_LEDGER=${join(home, 'ledger')}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // What it runs itself has the same environment.
        if (!readFileSync(`/proc/${name}/cmdline`, 'utf8').startsWith('claude\0')) return [];
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (state === 'Z') return [];
        const environ = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
        if (!environ.includes(ledger)) return [];
        return [
          {
            pid: Number(name),
            parent: Number(parent),
            task: valueIn(environ, 'ROLLCALL_TASK'),
            attempt: valueIn(environ, 'ROLLCALL_ATTEMPT'),
          },
        ];
      } catch {
        // It has ended.
        return [];
      }
    });
}

function valueIn(environ: readonly string[], name: string): string | null {
  return environ.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
}
