import type { DesiredState } from '../model/desired.ts';
import type { HostReader } from '../model/host.ts';
import type { Memory, SeenServer } from '../model/memory.ts';
import type { Observed } from '../model/observed.ts';
import { lookAtLinkUsers, type ProfileOf } from './account.ts';
import { directoriesOf, lookAtDirectories, lookAtPaths, pathsOf } from './link.ts';
import { lookAtTmux } from './session.ts';

/**
 * One look at everything the fleet rests on: at most two tmux invocations, and a bounded number of files at a time.
 * Never rejects for what the world does: what could not be read is an unreadable `Reading`.
 */
export async function observe(
  host: HostReader,
  desired: DesiredState,
  memory: Memory,
  profileOf: ProfileOf,
): Promise<Observed> {
  const [tmux, paths, directories, linkUsers] = await Promise.all([
    lookAtTmux(host, desired, memory.server),
    lookAtPaths(host.files, pathsOf(desired)),
    lookAtDirectories(host.files, directoriesOf(desired)),
    lookAtLinkUsers(host.processes, desired, profileOf),
  ]);
  // The clock last: nothing in the look is younger than its time.
  return { at: host.now(), tmux, paths, directories, linkUsers };
}

/** The server that was seen, for `memory.server`; null where none was, or it has gone since. */
export async function seenServer(host: HostReader, observed: Observed): Promise<SeenServer | null> {
  if (!observed.tmux.ok || observed.tmux.value.type === 'none') return null;
  const { pid } = observed.tmux.value.incarnation;
  const procStart = await host.processes.startOf(pid);
  return procStart === null ? null : { socket: host.tmux.socket, pid, procStart };
}
