import { isAbsolute, join, normalize } from 'node:path';
import type { DesiredState } from '../model/desired.ts';
import type { ListedProcess, ProcessReader } from '../model/host.ts';
import type { LinkUser } from '../model/observed.ts';
import { read, type Reading, unreadable } from '../model/reading.ts';

/** What tells a live agent and its home, from the agent's profile; null where nothing is known of it. */
export type ProfileOf = (agent: string) => AgentMarks | null;

export interface AgentMarks {
  /** Environment variable that names the home: `CLAUDE_CONFIG_DIR`. */
  readonly homeEnv: string;
  /** The home's name where the variable names the folder around it. */
  readonly homeInside?: string;
  /** The home without it: `~/.claude`. */
  readonly defaultHome: string;
  /** Program names. */
  readonly process: readonly string[];
}

/**
 * Live agents that reach their home through the active link, per agent whose link may move. Reads processes only
 * where there is such a link and an account to move it to.
 */
export async function lookAtLinkUsers(
  processes: ProcessReader,
  desired: DesiredState,
  profileOf: ProfileOf,
): Promise<Readonly<Record<string, Reading<readonly LinkUser[]>>>> {
  const movable = Object.entries(desired.activeAccounts).flatMap(([agent, { link, prefer }]) =>
    link === null || prefer.length < 2 ? [] : [{ agent, link }],
  );
  if (movable.length === 0) return {};
  const all = await processes.list();
  const found = movable.map(async ({ agent, link }): Promise<[string, Reading<readonly LinkUser[]>]> => {
    const marks = profileOf(agent);
    if (all === null) return [agent, unknown(agent, 'the processes of this machine cannot be listed')];
    if (marks === null) return [agent, unknown(agent, `no profile says how a live ${agent} is told`)];
    return [agent, read(await usersOf(processes, all, normal(link), marks))];
  });
  return Object.fromEntries(await Promise.all(found));
}

async function usersOf(
  processes: ProcessReader,
  all: readonly ListedProcess[],
  link: string,
  marks: AgentMarks,
): Promise<readonly LinkUser[]> {
  const users: LinkUser[] = [];
  const live = all.filter(({ names }) => names.some((name) => marks.process.includes(name)));
  for (const { pid, command } of live) {
    if (await reaches(processes, pid, link, marks)) users.push({ pid, command });
  }
  return users;
}

/** An agent that lives and hides its environment counts: what is not known is the careful case. */
async function reaches(
  processes: ProcessReader,
  pid: number,
  link: string,
  marks: AgentMarks,
): Promise<boolean> {
  const env = await processes.environmentOf(pid);
  if (env === null) return (await processes.startOf(pid)) !== null;
  const home = homeOf(env, marks);
  return home !== null && normal(home) === link;
}

function homeOf(env: Readonly<Record<string, string>>, marks: AgentMarks): string | null {
  const told = variable(env, marks.homeEnv);
  if (told !== null) return join(told, marks.homeInside ?? '');
  const { defaultHome } = marks;
  if (isAbsolute(defaultHome)) return defaultHome;
  const home = variable(env, 'HOME');
  return home === null ? null : join(home, defaultHome.replace(/^~\/?/, ''));
}

function variable(env: Readonly<Record<string, string>>, name: string): string | null {
  const value = Object.hasOwn(env, name) ? (env[name] ?? '') : '';
  return value === '' ? null : value;
}

/** As written, without `.`, `..` and doubled or trailing slashes; links are not followed: the link itself is meant. */
function normal(path: string): string {
  const plain = normalize(path);
  return plain.length > 1 && plain.endsWith('/') ? plain.slice(0, -1) : plain;
}

function unknown(agent: string, detail: string): Reading<never> {
  return unreadable({
    severity: 'warning',
    code: 'path-unreadable',
    target: `account/${agent}`,
    summary: 'Who uses the active link could not be told',
    detail,
    help: null,
  });
}
