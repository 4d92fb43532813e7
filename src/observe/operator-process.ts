import { basename } from 'node:path';
import type { Agent } from '../agents/agent-home.ts';
import type { DesiredState } from '../model/desired.ts';
import type { ListedPane, ListedSession, ProcessDetails, ProcessReader, TmuxListing } from '../model/host.ts';
import type { AgentPlace } from '../model/dedicated-agent.ts';

/** An agent's process in a dedicated session, and the pane in whose process tree it is. */
export interface FoundAgent {
  readonly session: string;
  readonly name: string;
  readonly agent: Agent;
  readonly pane: ListedPane;
  readonly pid: number;
  readonly details: ProcessDetails;
}

/** The profile and the words of the file for an agent; null: there is none that is sound. */
export type AgentNamed = (name: string) => Agent | null;

/** No process tree of a pane is deeper; one that seems so is read while it changes. */
const DEEPEST = 40;

/**
 * The agents that live in the panes of the declared dedicated sessions, the ones that agents of theirs have started
 * left out. Where none is declared nothing at all is read.
 */
export async function findOperators(
  processes: ProcessReader,
  desired: DesiredState,
  listing: TmuxListing,
  agentNamed: AgentNamed,
): Promise<readonly FoundAgent[]> {
  const sessions = dedicatedIn(desired, listing);
  if (sessions.length === 0) return [];
  const found = await findInPanes(processes, sessions, namesOf(desired, agentNamed));
  return found.flatMap(({ session, pane, pid, details, called }) => {
    const own = desired.dedicated[session.name]?.agent ?? null;
    const name = own !== null && called.includes(own) ? own : (called[0] ?? '');
    const agent = agentNamed(name);
    return agent === null ? [] : [{ session: session.name, name, agent, pane, pid, details }];
  });
}

/** A process in the tree of a pane, and the agents it may be by its name, the likeliest first. */
export interface InPane {
  readonly session: ListedSession;
  readonly pane: ListedPane;
  readonly pid: number;
  readonly details: ProcessDetails;
  readonly called: readonly string[];
}

/**
 * The processes in the live panes of these sessions that bear one of these names (of a program -> agents that are
 * called so), the ones that others of them have started left out.
 */
export async function findInPanes(
  processes: ProcessReader,
  sessions: readonly ListedSession[],
  names: ReadonlyMap<string, readonly string[]>,
): Promise<readonly InPane[]> {
  const panes = new Map(
    sessions.flatMap((session) =>
      Object.values(session.panes).flatMap((pane) =>
        pane.dead ? [] : [[pane.pid, { session, pane }] as const],
      ),
    ),
  );
  if (panes.size === 0) return [];
  const found: (InPane & { readonly above: readonly number[] })[] = [];
  for (const { pid, names: words } of (await processes.list()) ?? []) {
    const called = words.map((each) => names.get(each)).find((each) => each !== undefined);
    const line = called === undefined ? null : await lineage(processes, pid);
    const place = line?.map((each) => panes.get(each.pid)).find((each) => each !== undefined);
    const [self, ...above] = line ?? [];
    if (called === undefined || self === undefined || place === undefined) continue;
    found.push({ ...place, pid, details: self.details, called, above: above.map((each) => each.pid) });
  }
  const pids = new Set(found.map(({ pid }) => pid));
  return found.filter(({ above }) => !above.some((pid) => pids.has(pid)));
}

/** The declared sessions that are there. */
export function dedicatedIn(
  { dedicated }: DesiredState,
  { sessions }: TmuxListing,
): readonly ListedSession[] {
  return Object.values(sessions).filter(({ name }) => Object.hasOwn(dedicated, name));
}

const SHELLS: readonly string[] = ['bash', 'zsh', 'sh', 'dash', 'ksh'];

/** The name of a shell of which it can be told whether it waits for a command; null: it is none. */
export function shellOf({ comm, argv }: Pick<ProcessDetails, 'comm' | 'argv'>): string | null {
  const [program = '', ...rest] = argv;
  const name = basename(program).replace(/^-/, '');
  // With a script or a command to carry out it is no operator's own.
  const isInteractive = rest.every((word) => word.startsWith('-') && !/^-[a-z]*[cs]/.test(word));
  return SHELLS.includes(name) && SHELLS.includes(comm) && isInteractive ? comm : null;
}

/** How an agent stands to its pane. */
export async function placeOf(
  processes: ProcessReader,
  { pid, pane, details }: FoundAgent,
  stays: boolean,
): Promise<AgentPlace> {
  if (pid === pane.pid) return { type: 'pane', stays };
  if (details.parent !== pane.pid) return { type: 'other' };
  const shell = await processes.detailsOf(pane.pid);
  if (shell === null || shellOf(shell) === null) return { type: 'other' };
  // A shell that keeps jobs apart, and the agent the one in front.
  const isJob = shell.group === pane.pid && details.group === pid && details.foreground === pid;
  return isJob && shell.cwd === details.cwd ? { type: 'shell' } : { type: 'other' };
}

/** Program name -> the agents of the file that are called so, in the order in which one is believed. */
function namesOf(
  { agents, activeAccounts }: DesiredState,
  agentNamed: AgentNamed,
): ReadonlyMap<string, readonly string[]> {
  const withAccounts = (name: string): number => (Object.hasOwn(activeAccounts, name) ? 0 : 1);
  const sorted = Object.keys(agents).toSorted(
    (a, b) => withAccounts(a) - withAccounts(b) || (a < b ? -1 : 1),
  );
  const names = new Map<string, string[]>();
  for (const agent of sorted) {
    for (const called of agentNamed(agent)?.profile.process ?? []) {
      names.set(called, [...(names.get(called) ?? []), agent]);
    }
  }
  return names;
}

type Lineage = readonly { readonly pid: number; readonly details: ProcessDetails }[];

/** A process and those above it, as far as they can be read. */
async function lineage(processes: ProcessReader, pid: number): Promise<Lineage> {
  const line: { pid: number; details: ProcessDetails }[] = [];
  for (let at = pid; at > 1 && line.length < DEEPEST; ) {
    const details = await processes.detailsOf(at);
    if (details === null) break;
    line.push({ pid: at, details });
    at = details.parent;
  }
  return line;
}
