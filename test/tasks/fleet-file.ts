import type { WrittenScenario } from '../scripted-agent/scenario/written.ts';

export interface TaskFleetOptions {
  readonly min?: number;
  readonly max?: number;
  readonly cooldown?: string;
  readonly speed?: number;
  readonly scenario?: WrittenScenario;
  readonly idleTimeout?: string;
  /** Longest time between two looks. */
  readonly every?: string;
  /** Most wanted first; each has the home `~/.claude-NAME`. */
  readonly accounts?: readonly string[];
  readonly select?: 'sticky' | 'preferred';
  /** More keys of `agents.claude`, as YAML flow text: `deliver: paste`. */
  readonly agent?: readonly string[];
  /** More agents, as YAML flow text: `script: { extends: builtin:generic, command: [sh] }`. */
  readonly agents?: readonly string[];
  /** More of the file. */
  readonly more?: string;
  /** More of the environment of the loop and of all verbs. */
  readonly env?: Readonly<Record<string, string>>;
}

export const ACCOUNTS = ['main', 'backup'] as const;

/** A desired state with an inbox and a pool, where `SOCKET` and `HOMEDIR` stand for those of its machine. */
export function fleetFile({
  min = 2,
  max = 2,
  cooldown = '1ms',
  speed = 2,
  idleTimeout = '30m',
  every = '2s',
  accounts = ACCOUNTS,
  select = 'sticky',
  agent = [],
  agents = [],
  more = '',
}: TaskFleetOptions): string {
  return `
apiVersion: rollcall/v1
kind: Fleet
name: real
reconcile: { every: ${every}, maxActions: 100, maxDisruptions: 100% }
tmux: { socket: SOCKET }
agents:
  claude:
    extends: builtin:claude
    args: [--dangerously-skip-permissions]
    env:
      SCRIPTED_AGENT_SCENARIO: HOMEDIR/scenario.json
      SCRIPTED_AGENT_LEDGER: HOMEDIR/ledger
      SCRIPTED_AGENT_SPEED: "${String(speed)}"
    trust: [~/work]
${agent.map((line) => `    ${line}\n`).join('')}${agents.map((line) => `  ${line}\n`).join('')}
accounts:
${accounts.map((name) => `  ${name}: { home: ~/.claude-${name} }\n`).join('')}activeAccount: { link: ~/.claude, prefer: [${accounts.join(', ')}], select: ${select} }
sharedState: { root: ~/.claude-shared, entries: [projects] }
pools:
  auto: { prefix: ccl-auto-, startIndex: 11, min: ${String(min)}, max: ${String(max)}, cwd: ~/work, cooldown: ${cooldown} }
inboxes:
  work:
    dir: ~/work/.agent-queue/inbox
    pool: auto
    cwd: ~/work
    allow: { cwd: [~/work/**, ~/elsewhere], models: [opus, sonnet, haiku], agents: [claude${agents.map((line) => `, ${line.split(':')[0] ?? ''}`).join('')}] }
tasks:
  idleTimeout: ${idleTimeout}
  models: { critical: opus, default: sonnet }
${more}`;
}
