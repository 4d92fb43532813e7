import { dirname } from 'node:path';
import { pathFacts, sameMounts } from '../../host/doctor/path-facts.ts';
import { diesTogether, noNewPrivileges } from '../../host/doctor/process-facts.ts';
import { listenersAt, tmuxAccess, tmuxOptions } from '../../host/doctor/tmux-facts.ts';
import { openReader } from '../../host/host.ts';
import { startOf } from '../../host/processes.ts';
import { serviceOf } from '../../host/service-of.ts';
import type { DesiredState } from '../../model/desired.ts';
import type { SeenServer } from '../../model/memory.ts';
import type { Io } from '../io.ts';
import type { TmuxFacts } from './tmux.ts';

/** Asks the fleet's server, and /proc about it. Starts none, and changes nothing in it. */
export async function lookAtTmux(
  { env }: Pick<Io, 'env'>,
  desired: DesiredState,
  seen: SeenServer | null,
  loopPid: number | null,
): Promise<TmuxFacts> {
  const asked = { socket: desired.tmux.socket, env };
  const { tmux, processes } = openReader(asked);
  const listing = await tmux.list();
  const up = listing.type === 'ok';
  const [stamps, options, access] = up
    ? await Promise.all([tmux.stamps([]), tmuxOptions(asked), tmuxAccess(asked)])
    : [null, null, null];
  const pid = up ? listing.value.incarnation.pid : null;
  const servers = (await processes.list())?.filter(({ names }) => names.includes('tmux: server')) ?? null;
  const folder = dirname(tmux.socket);
  const found = pathFacts(folder);
  return {
    socket: tmux.socket,
    listing,
    inherited: stamps?.type === 'ok' ? stamps.value.inherited : null,
    options: options?.type === 'ok' ? options.value : {},
    folder,
    folderMode: found === null || typeof found === 'string' ? null : found.mode,
    seen,
    seenAlive: seen !== null && startOf(seen.pid) === seen.procStart,
    listeners:
      servers === null
        ? null
        : listenersAt(
            tmux.socket,
            servers.map((each) => each.pid),
          ),
    sharedService: pid !== null && loopPid !== null ? shared(pid, loopPid) : null,
    access,
    noNewPrivileges: pid === null ? null : noNewPrivileges(pid),
    seesOurs: pid === null ? null : sameMounts(pid, process.pid),
    diesTogether: pid === null ? null : diesTogether(pid),
  };
}

function shared(server: number, loop: number): string | null {
  const own = serviceOf(loop);
  return own !== null && serviceOf(server) === own ? own.slice(own.lastIndexOf('/') + 1) : null;
}
