import type { DesiredState } from '../model/desired.ts';
import type { HostReader } from '../model/host.ts';
import type { Memory, SeenServer } from '../model/memory.ts';
import type { Observed } from '../model/observed.ts';
import { lookAtLinkUsers, type ProfileOf } from './account.ts';
import { directoriesOf, lookAtDirectories, lookAtPaths, pathsOf } from './link.ts';
import { lookAtLeftovers } from './janitor.ts';
import { lookAtInboxes } from './inbox.ts';
import { findInDedicated, lookAtOperators, type OperatorsFound, panesOf } from './operators.ts';
import { lookAtRuns, type RunLook } from './run.ts';
import { lookAtServer } from './session.ts';

/** What a look needs beside the machine and the file. */
export interface LookContext extends RunLook {
  readonly profileOf: ProfileOf;
  /** Absolute: the fleet's state folder. Left out: what of ours grows old is not looked at. */
  readonly stateDir?: string;
}

/**
 * One look at everything the fleet rests on: at most two tmux invocations, and a bounded number of files at a time.
 * Never rejects for what the world does: what could not be read is an unreadable `Reading`.
 */
export async function observe(
  host: HostReader,
  desired: DesiredState,
  memory: Memory,
  context: LookContext,
): Promise<Observed> {
  const [paths, linkUsers, work] = await Promise.all([
    lookAtPaths(host.files, pathsOf(desired)),
    lookAtLinkUsers(host.processes, desired, context.profileOf),
    lookAtWork(host, desired, memory, context),
  ]);
  const { stateDir, runsDir, cache } = context;
  const leftovers =
    stateDir === undefined
      ? undefined
      : await lookAtLeftovers(host, desired, work, { stateDir, runsDir, cache });
  const nonce = host.nonce();
  // The clock last: nothing in the look is younger than its time.
  return {
    at: host.now(),
    ...work,
    paths,
    linkUsers,
    nonce,
    ...(leftovers === undefined ? {} : { leftovers }),
  };
}

const NOBODY: Pick<Observed, 'operators' | 'stopped'> = { operators: {}, stopped: {} };

/** In the reverse order of a dispatch's writing: whatever it has written last was preceded by what is seen of it. */
async function lookAtWork(
  host: HostReader,
  desired: DesiredState,
  memory: Memory,
  context: LookContext,
): Promise<Pick<Observed, 'inboxes' | 'tmux' | 'runs' | 'directories' | 'operators' | 'stopped'>> {
  const inboxes = await lookAtInboxes(host.files, desired, { ...context, now: () => host.now() });
  let found: OperatorsFound = { agents: [], notes: [] };
  const { tmux, screens } = await lookAtServer(host, desired, memory.server, async (listing) => {
    found = await findInDedicated(host, desired, listing, context);
    return panesOf(found, listing);
  });
  const runs = await lookAtRuns(host, desired, { inboxes, tmux, screens, at: host.now() }, context);
  const directories = await lookAtDirectories(host.files, directoriesOf(desired, { inboxes, runs }));
  const operators = tmux.ok ? await lookAtOperators(host, desired, found, screens) : NOBODY;
  return { inboxes, tmux, runs, directories, ...operators };
}

/** The server that was seen, for `memory.server`; null where none was, or it has gone since. */
export async function seenServer(host: HostReader, observed: Observed): Promise<SeenServer | null> {
  if (!observed.tmux.ok || observed.tmux.value.type === 'none') return null;
  const { pid } = observed.tmux.value.incarnation;
  const procStart = await host.processes.startOf(pid);
  return procStart === null ? null : { socket: host.tmux.socket, pid, procStart };
}
