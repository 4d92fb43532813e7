import { isAbsolute, join } from 'node:path';
import { homeSaid } from '../../agents/agent-home.ts';
import { builtinProfile } from '../../agents/builtin-profile.ts';
import { BUILTIN_AGENTS } from '../../model/agents.ts';
import type { HostReader, ListedSession } from '../../model/host.ts';
import type { Stamp } from '../../model/observed.ts';
import { EXIT } from '../../model/words.ts';
import { findInPanes, type InPane } from '../../observe/operator-process.ts';
import { readStamp } from '../../observe/stamp.ts';
import { safeText } from '../../report/safe-text.ts';
import { Stop } from '../stop.ts';

/** A session as it was found, with the agents in it. */
export interface FoundSession {
  readonly name: string;
  readonly panes: number;
  /** Panes whose process has ended. */
  readonly dead: number;
  readonly attached: boolean;
  /** Folder of its first pane. */
  readonly cwd: string;
  readonly stamp: Stamp | null;
  readonly agents: readonly FoundAgent[];
}

export interface FoundAgent {
  readonly agent: string;
  readonly pid: number;
  readonly pane: string;
  /** Absolute, as its environment says it, or its default; null: it cannot be told. */
  readonly home: string | null;
}

/** The sessions of a server, by name; none where no server runs. Reads tmux and /proc only. */
export async function foundSessions({ tmux, processes }: HostReader): Promise<readonly FoundSession[]> {
  const listing = await tmux.list();
  if (listing.type === 'no-server') return [];
  if (listing.type !== 'ok')
    throw new Stop(
      EXIT.failed,
      `the tmux server at ${tmux.socket} cannot be read: ${listing.type === 'error' ? safeText(listing.text) : 'no answer in time'}`,
    );
  const sessions = Object.values(listing.value.sessions);
  const stamps = await tmux.stamps(sessions.map(({ id }) => id));
  if (stamps.type !== 'ok')
    throw new Stop(EXIT.failed, 'the sessions changed while they were looked at: try again');
  const inPanes = await findInPanes(processes, sessions, NAMES);
  const found = sessions.map(async (session): Promise<FoundSession> => {
    const agents = inPanes.filter((each) => each.session.id === session.id);
    const stamp = readStamp(stamps.value.sessions[session.id] ?? {});
    return {
      ...shape(session),
      stamp,
      agents: await Promise.all(agents.map((each) => agentOf(processes, each))),
    };
  });
  return (await Promise.all(found)).toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

function shape(session: ListedSession) {
  const panes = Object.values(session.panes).toSorted(
    (a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)),
  );
  return {
    name: session.name,
    panes: panes.length,
    dead: panes.filter(({ dead }) => dead).length,
    attached: session.attached > 0,
    cwd: panes[0]?.cwd ?? '',
  };
}

const NAMES = new Map(
  BUILTIN_AGENTS.flatMap((agent) =>
    builtinProfile(agent).process.map((name): [string, readonly string[]] => [name, [agent]]),
  ),
);

async function agentOf(
  processes: HostReader['processes'],
  { pid, pane, details, called }: InPane,
): Promise<FoundAgent> {
  const agent = called[0] ?? '';
  const env = await processes.environmentOf(pid);
  return { agent, pid, pane: pane.id, home: env === null ? null : homeOf(agent, env, details.cwd) };
}

function homeOf(agent: string, env: Readonly<Record<string, string>>, cwd: string): string | null {
  const known = BUILTIN_AGENTS.find((each) => each === agent);
  const home = known === undefined ? null : builtinProfile(known).home;
  if (home === null) return null;
  const told = env[home.env] ?? '';
  if (told !== '') return homeSaid(home, isAbsolute(told) ? told : join(cwd, told));
  const user = env['HOME'] ?? '';
  return isAbsolute(user) ? join(user, home.default.replace(/^~\/?/, '')) : null;
}
