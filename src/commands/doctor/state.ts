import { type Check, fail, ok, warn } from '../../model/doctor.ts';
import type { Suspensions } from '../../model/memory.ts';
import type { Reading } from '../../model/reading.ts';
import type { LoopStatus } from '../../model/status.ts';
import type { Holder } from '../../host/state/lock.ts';
import type { Room } from '../../host/doctor/path-facts.ts';
import { duration } from '../../report/time.ts';
import { shellQuoted } from '../shell-quote.ts';

/** What the fleet's own folder shows, and what runs by it. */
export interface StateFacts {
  readonly dir: string;
  /** Permission bits; null: the folder is not there yet. */
  readonly mode: number | null;
  /** Why it is not safely ours, or null. */
  readonly unsafe: string | null;
  /** Why its files cannot be used, or null. */
  readonly unreadable: string | null;
  readonly room: Room | null;
  readonly holder: Holder | null;
  /** Whether the process that said it holds the lock is still that process. */
  readonly holderAlive: boolean;
  readonly host: string;
  readonly loop: LoopStatus;
  /** `reconcile.every`. */
  readonly everyMs: number;
  /** Whether the loop sees the mounts that we see; null: no loop, or it cannot be told. */
  readonly loopSeesOurs: boolean | null;
  readonly suspensions: Reading<Suspensions>;
  /** The latest time at which one of our files says it was written, epoch milliseconds. */
  readonly newest: { readonly path: string; readonly at: number } | null;
  /** Epoch milliseconds. */
  readonly now: number;
}

const AT = 'state';

/** What can be said of the fleet's own folder and of its loop. */
export function stateChecks(facts: StateFacts): readonly Check[] {
  return [
    clock(facts),
    folder(facts),
    files(facts),
    room(facts),
    lock(facts),
    loop(facts),
    view(facts),
    ...suspensions(facts),
  ];
}

const CLOCK_SLACK_MS = 60_000;

function clock({ newest, now }: StateFacts): Check {
  if (newest === null || newest.at - now <= CLOCK_SLACK_MS)
    return ok('clock', 'machine', 'no file is from the future');
  return warn('clock', 'machine', {
    found: `${newest.path} was written ${duration(newest.at - now)} in the future`,
    detail: 'The clock was set back, or is wrong: cooldowns and back-off then last too long.',
    help: 'timedatectl status',
  });
}

function folder({ dir, mode, unsafe }: StateFacts): Check {
  if (mode === null) return ok('state-folder', AT, `${dir} is not there yet`);
  const help = `chmod 700 ${shellQuoted(dir)}`;
  if (unsafe !== null)
    return fail('state-folder', AT, {
      found: unsafe,
      detail: 'Whoever writes there can take the lock.',
      help,
    });
  if ((mode & 0o077) === 0) return ok('state-folder', AT, `${dir} is yours alone`);
  return warn('state-folder', AT, {
    found: `${dir} can be read by others (mode ${octal(mode)})`,
    detail: 'The journal in it names your folders and sessions.',
    help,
  });
}

function files({ unreadable }: StateFacts): Check {
  if (unreadable === null) return ok('state-files', AT, 'what is remembered can be read');
  return warn('state-files', AT, {
    found: 'what is remembered cannot be read in full',
    detail: unreadable,
    help: 'rollcall apply puts the bad file aside and starts anew',
  });
}

const MIB = 1024 * 1024;
const FULL = 16 * MIB;
const NEARLY = 256 * MIB;
const FEW_INODES = 1000;

function room({ dir, room: left }: StateFacts): Check {
  if (left === null)
    return warn('disk-space', AT, {
      found: 'how much room is left cannot be told',
      detail: '',
      help: 'df -h',
    });
  const found = `${String(Math.floor(left.free / MIB))} MiB free where ${dir} is`;
  const wrong = { found, detail: 'On a full disk nothing is changed.', help: `df -h ${shellQuoted(dir)}` };
  if (left.inodes !== null && left.inodes < FEW_INODES)
    return fail('disk-space', AT, {
      ...wrong,
      found: `only ${String(left.inodes)} files more fit where ${dir} is`,
    });
  if (left.free < FULL) return fail('disk-space', AT, wrong);
  return left.free < NEARLY ? warn('disk-space', AT, wrong) : ok('disk-space', AT, found);
}

function lock({ holder, holderAlive, host, now }: StateFacts): Check {
  if (holder === null) return ok('lock', AT, 'nobody holds the fleet');
  const who = `${holder.command}, pid ${String(holder.pid)}`;
  if (holder.host !== host)
    return warn('lock', AT, {
      found: `${who} on ${holder.host} has held the fleet; this is ${host}`,
      detail: 'A state folder that two machines share does not keep them apart.',
      help: 'give each machine a XDG_STATE_HOME of its own',
    });
  if (holderAlive) return ok('lock', AT, `held by ${who}, for ${duration(now - holder.since)}`);
  return ok('lock', AT, `nobody holds the fleet; ${who} ended without a word`);
}

/** Cycles that may fail to come before it is said; and never sooner than this. */
const MISSED_CYCLES = 4;
const SOONEST_MS = 60_000;

function loop({ loop: status, everyMs, now }: StateFacts): Check {
  const at = 'loop';
  if (!status.running)
    return warn('loop', at, {
      found: 'no loop runs',
      detail: 'What dies stays dead until the next rollcall apply.',
      help: 'rollcall run; under systemd: rollcall unit --install',
    });
  const who = `pid ${String(status.pid)}`;
  const last = status.lastCycleAt ?? status.since ?? now;
  const since = now - last;
  if (since <= Math.max(MISSED_CYCLES * everyMs, SOONEST_MS)) {
    const cycle = status.lastCycleAt === null ? 'no cycle finished yet' : `last cycle ${duration(since)} ago`;
    return ok('loop', at, `${who}, ${cycle}`);
  }
  return warn('loop', at, {
    found: `${who} has finished no cycle for ${duration(since)}`,
    detail: `A look is due every ${duration(everyMs)}. It is stopped, or waits for a tmux or disk that does not answer.`,
    help: `ps -o stat,wchan,cmd -p ${String(status.pid)}`,
  });
}

function view({ loopSeesOurs }: StateFacts): Check {
  if (loopSeesOurs === null) return ok('loop-view', 'loop', 'not applicable: no loop to compare with');
  if (loopSeesOurs) return ok('loop-view', 'loop', 'it sees the same folders as you');
  return warn('loop-view', 'loop', {
    found: 'the loop sees other mounts than you do',
    detail:
      'With PrivateTmp= or ProtectHome= in its unit, another /tmp or home: it may miss the tmux server.',
    help: 'no PrivateTmp= in the unit; tmux.socket: a path outside /tmp',
  });
}

function suspensions({ suspensions: reading, now }: StateFacts): readonly Check[] {
  if (!reading.ok)
    return [
      fail('suspensions', AT, {
        found: 'what is suspended cannot be read',
        detail: reading.diagnostic.detail,
        help: reading.diagnostic.help ?? 'rollcall resume --all',
      }),
    ];
  const endless = Object.entries(reading.value).filter(([, { until }]) => until === null);
  if (endless.length === 0) {
    const timed = Object.values(reading.value).filter(({ until }) => until !== null && until > now).length;
    return [ok('suspensions', AT, timed === 0 ? 'none' : `${String(timed)}, each with an end`)];
  }
  return endless.map(([target, { since, by, reason }]) =>
    warn('suspensions', target === '*' ? 'fleet' : target, {
      found: `${target === '*' ? 'the whole fleet' : target} is suspended without an end`,
      detail: `By ${by}, for ${duration(now - since)}${reason === null ? '' : `: ${reason}`}.`,
      help: target === '*' ? 'rollcall resume --all' : `rollcall resume ${shellQuoted(target)}`,
    }),
  );
}

function octal(mode: number): string {
  return mode.toString(8).padStart(3, '0');
}
