import type { LaunchRequest } from '../model/task.ts';
import { type Fillings, filled } from './fill.ts';
import { type Agent, homeValue, toldHome } from './agent-home.ts';

/** What a start needs of the machine and the fleet. */
export interface LaunchMachine {
  /** The environment of our own process: only a small clean list is taken from it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For the agent's PATH; its first folder holds `rollcall`. */
  readonly path: string;
  /** Absolute: the fleet's file. */
  readonly file: string;
  /** Values of `agents.NAME.env` that are secrets, by variable; one that is missing is left out. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** The whole environment of an agent, sorted by name; the launcher adds TERM and COLORTERM. */
export function launchEnv(
  agent: Agent,
  request: LaunchRequest,
  machine: LaunchMachine,
  fillings: Fillings,
): Readonly<Record<string, string>> {
  const home = toldHome(agent, request.home);
  const named = agent.profile.home === null || home === null ? null : homeValue(agent.profile.home, home);
  const env: Record<string, string> = {
    ...cleanEnv(machine.env),
    ...profileEnv(agent, fillings),
    ...ownEnv(agent, machine),
    ...(agent.profile.home === null || named === null ? {} : { [agent.profile.home.env]: named }),
    PATH: searchPath(agent, machine),
    ROLLCALL_ATTEMPT: request.attempt,
    ROLLCALL_TASK: `${request.inbox}/${request.id}`,
    ROLLCALL_RUN: request.runDir,
    ROLLCALL_FILE: machine.file,
  };
  return Object.fromEntries(Object.entries(env).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function profileEnv({ profile }: Agent, fillings: Fillings): Readonly<Record<string, string>> {
  const env = Object.entries(profile.launch?.env ?? {});
  return Object.fromEntries(env.map(([name, value]) => [name, filled(value, fillings)]));
}

/** Who the user is and where their things are; nothing that could be a secret or tell of a terminal. */
const CLEAN =
  /^(?:HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|XDG_(?:CONFIG|DATA|STATE|CACHE)_HOME|XDG_RUNTIME_DIR)$/;

function cleanEnv(env: LaunchMachine['env']): Record<string, string> {
  const entries = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && CLEAN.test(name) ? [[name, value] as const] : [],
  );
  return Object.fromEntries(entries);
}

/** An agent that knows of tmux could reach other sessions; what reports the task is ours to say. */
const RESERVED = /^(?:TMUX|TMUX_PANE|TMUX_TMPDIR|ROLLCALL_.*|PATH)$/;

function ownEnv({ spec }: Agent, { secrets }: LaunchMachine): Record<string, string> {
  const entries = Object.entries(spec.env).flatMap(([name, value]) => {
    const said = typeof value === 'string' ? value : Object.hasOwn(secrets, name) ? secrets[name] : undefined;
    return said === undefined || RESERVED.test(name) ? [] : [[name, said] as const];
  });
  return Object.fromEntries(entries);
}

/** The file's own PATH, where it sets one, behind the folder that holds `rollcall`. */
function searchPath({ spec }: Agent, { path }: LaunchMachine): string {
  const own = spec.env['PATH'];
  return typeof own === 'string' ? `${path.split(':')[0] ?? ''}:${own}` : path;
}
