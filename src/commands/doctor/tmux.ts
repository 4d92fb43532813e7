import type { TmuxAnswer, TmuxListing } from '../../model/host.ts';
import { type DesiredState, poolIndex } from '../../model/desired.ts';
import { type Check, fail, ok, warn } from '../../model/doctor.ts';
import type { SeenServer } from '../../model/memory.ts';
import type { TmuxAccess } from '../../host/doctor/tmux-facts.ts';
import { shellQuoted } from '../shell-quote.ts';
import { optionChecks } from './tmux-options.ts';
import { surroundings } from './tmux-surroundings.ts';

/** The tmux server as found at the fleet's socket. */
export interface TmuxFacts {
  readonly socket: string;
  readonly listing: TmuxAnswer<TmuxListing>;
  /** Null: not read. */
  readonly inherited: boolean | null;
  /** As `show-options` prints them; empty where they were not read. */
  readonly options: Readonly<Record<string, string>>;
  /** Permission bits of the socket's folder; null: not there. */
  readonly folderMode: number | null;
  readonly folder: string;
  /** The server remembered, and whether that very process lives. */
  readonly seen: SeenServer | null;
  readonly seenAlive: boolean;
  /** Processes of ours that listen at the socket's path; null where it cannot be told. */
  readonly listeners: readonly number[] | null;
  /** The loop's service where the server is in it too; null: it is not. */
  readonly sharedService: string | null;
  /** Who may use it, and what its sessions inherit; null: not told. */
  readonly access: TmuxAccess | null;
  /** Of the server's process; each null where it cannot be told. */
  readonly noNewPrivileges: boolean | null;
  readonly seesOurs: boolean | null;
  readonly diesTogether: boolean | null;
}

const AT = 'tmux';

/** What can be said of the fleet's tmux server. */
export function tmuxChecks(facts: TmuxFacts, desired: DesiredState): readonly Check[] {
  const { listing } = facts;
  const always = [server(facts), socketMode(facts), unreachable(facts), second(facts)];
  if (listing.type !== 'ok') return always;
  return [
    ...always,
    cgroup(facts),
    ...surroundings(facts, desired),
    inherited(facts),
    ...optionChecks(facts),
    prefixes(listing.value, desired),
  ];
}

function server({ socket, listing }: TmuxFacts): Check {
  if (listing.type === 'ok') {
    const { pid } = listing.value.incarnation;
    const count = Object.keys(listing.value.sessions).length;
    return ok(
      'tmux-server',
      AT,
      `server ${String(pid)} at ${socket}, ${String(count)} session${count === 1 ? '' : 's'}`,
    );
  }
  if (listing.type === 'no-server')
    return ok('tmux-server', AT, `none runs at ${socket}; rollcall apply starts one where it needs one`);
  return fail('tmux-server', AT, {
    found: `the server at ${socket} ${listing.type === 'timeout' ? 'does not answer' : 'cannot be asked'}`,
    detail:
      listing.type === 'timeout'
        ? 'It is stopped or overloaded; nothing is changed meanwhile.'
        : listing.text,
    help: `tmux -S ${shellQuoted(socket)} list-sessions`,
  });
}

function socketMode({ folder, folderMode }: TmuxFacts): Check {
  const id = 'tmux-socket-mode';
  if (folderMode === null) return ok(id, AT, `${folder} is not there yet`);
  if ((folderMode & 0o022) === 0) return ok(id, AT, `only you can write to ${folder}`);
  // In a sticky folder nobody can remove our socket, but put one where none is.
  const wrong = {
    found: `${folder}, where the socket is, can be written by others`,
    detail: 'Somebody else could put a server of theirs there.',
    help: `a socket in a folder of your own, or chmod go-w ${shellQuoted(folder)}`,
  };
  return (folderMode & 0o1000) === 0 ? fail(id, AT, wrong) : warn(id, AT, wrong);
}

function unreachable({ socket, listing, seen, seenAlive }: TmuxFacts): Check {
  const id = 'tmux-unreachable';
  if (seen === null) return ok(id, AT, 'no server was seen yet');
  if (!seenAlive) return ok(id, AT, `server ${String(seen.pid)}, seen last, has ended`);
  if (listing.type === 'ok' && listing.value.incarnation.pid === seen.pid)
    return ok(id, AT, `server ${String(seen.pid)} is the one seen last`);
  if (seen.socket !== socket)
    return warn(id, AT, {
      found: `the fleet's server was at ${seen.socket}; the file now says ${socket}`,
      detail: `Server ${String(seen.pid)} and its sessions live on there, and nobody keeps them.`,
      help: `tmux -S ${shellQuoted(seen.socket)} list-sessions`,
    });
  return fail(id, AT, {
    found: `server ${String(seen.pid)} lives, but not at ${socket}`,
    detail: 'Its socket was removed, or is hidden by PrivateTmp=. No second fleet is started beside it.',
    // With another server at the socket, the signal would take that one's place.
    help:
      listing.type === 'no-server'
        ? `kill -USR1 ${String(seen.pid)} makes it put its socket back`
        : 'end one of the two servers, after a look at what runs in it',
  });
}

function second({ socket, listing, listeners }: TmuxFacts): Check {
  const id = 'tmux-second-server';
  if (listeners === null) return ok(id, AT, 'not applicable: /proc/net/unix cannot be read');
  const current = listing.type === 'ok' ? listing.value.incarnation.pid : null;
  const others = listeners.filter((pid) => pid !== current);
  if (others.length === 0 || (current === null && others.length === 1))
    return ok(id, AT, 'there is no second one');
  return fail(id, AT, {
    found: `server ${others.map(String).join(', ')} was at ${socket} too, and lives on unseen`,
    detail: 'Its socket was replaced. The sessions in it run, and nobody reaches them.',
    help: 'kill PID ends it with all its sessions; ps -o pid,cmd --ppid PID names them',
  });
}

function cgroup({ sharedService }: TmuxFacts): Check {
  if (sharedService === null) return ok('tmux-cgroup', AT, "the server is not in the loop's unit");
  return fail('tmux-cgroup', AT, {
    found: `the server belongs to ${sharedService}, as the loop does`,
    detail: 'A restart or a crash of that unit may end every session.',
    help: 'rollcall unit --install gives tmux a unit of its own',
  });
}

function inherited({ inherited: is, socket }: TmuxFacts): Check {
  if (is === null)
    return warn('stamp-inherited', AT, {
      found: 'the global options could not be read',
      detail: '',
      help: `tmux -S ${shellQuoted(socket)} show-options -g`,
    });
  if (!is) return ok('stamp-inherited', AT, 'no global option looks like a stamp');
  return fail('stamp-inherited', AT, {
    found: 'a global @rollcall_ option makes every session look owned',
    detail: 'Sessions with a stamp of their own are told apart; all else is left alone while it is there.',
    help: `tmux -S ${shellQuoted(socket)} show-options -g; set-option -gu each`,
  });
}

/**
 * A name that begins another one, across a pool's border: where the shorter one is missing, `tmux -t` takes the longer
 * one. Within a pool that is how its names are.
 */
function prefixes(listing: TmuxListing, desired: DesiredState): Check {
  const live = Object.values(listing.sessions).map(({ name }) => name);
  const names = [...new Set([...live, ...Object.keys(desired.dedicated)])].toSorted();
  const pairs = names.flatMap((short) =>
    names
      .filter(
        (long) =>
          long !== short && long.startsWith(short) && poolOf(desired, long) !== poolOf(desired, short),
      )
      .map((long) => `${short} begins ${long}`),
  );
  const [first] = pairs;
  if (first === undefined) return ok('session-prefixes', AT, "no name of yours begins one of a pool's");
  return warn('session-prefixes', AT, {
    found: `${first}${pairs.length > 1 ? `, and ${String(pairs.length - 1)} more such` : ''}`,
    detail:
      'Rollcall names sessions by id. But tmux -t NAME, typed by you, takes the longer name when the shorter is gone.',
    help: 'in your own commands, with the equals sign: tmux attach -t =NAME',
  });
}

function poolOf(desired: DesiredState, name: string): string | null {
  return Object.entries(desired.pools).find(([, pool]) => poolIndex(pool, name) !== null)?.[0] ?? null;
}
