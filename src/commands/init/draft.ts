import { existsSync } from 'node:fs';
import type { FoundHomes } from './homes.ts';
import type { FoundSession } from './look.ts';

/** A file to be, as far as it comes from what runs. */
export interface Draft {
  readonly name: string;
  /** As the file says it: a name for `tmux -L`, or a path. */
  readonly socket: string;
  readonly homes: FoundHomes;
  readonly dedicated: readonly FoundSession[];
  readonly pools: readonly DraftPool[];
  /** Sessions that are left out, each with why. */
  readonly left: readonly { readonly session: FoundSession; readonly why: string }[];
  /** Sessions of the operator's that are named like a pool. */
  readonly alike: readonly DraftPool[];
}

export interface DraftPool {
  readonly name: string;
  readonly prefix: string;
  readonly startIndex: number;
  /** How many of its sessions live. */
  readonly min: number;
  readonly max: number;
  readonly cwd: string;
  readonly agent: string;
  readonly sessions: readonly FoundSession[];
}

/** The fleet that these sessions already are: whose they are stays as it is, and everything that has a name that can be declared is. */
export function draftOf(sessions: readonly FoundSession[], homes: FoundHomes, socket: string): Draft {
  const name = ownerOf(sessions) ?? 'home';
  const [theirs, rest] = split(sessions, ({ stamp }) => stamp !== null && stamp.owner !== name);
  const [odd, plain] = split(rest, (session) => !/^[A-Za-z0-9_-]{1,64}$/.test(session.name));
  const [ours, own] = split(plain, ({ stamp }) => stamp?.kind === 'pool');
  const pools = poolsOf(ours);
  const numbered = new Set(pools.flatMap((pool) => pool.sessions));
  return {
    name,
    socket,
    homes,
    pools,
    // One of ours that was given another name has no place in a pool any more; undeclared it would be stopped.
    dedicated: [...own, ...ours.filter((session) => !numbered.has(session))],
    left: [
      ...theirs.map((session) => ({ session, why: `it is fleet ${String(session.stamp?.owner)}'s` })),
      ...odd.map((session) => ({
        session,
        why: 'a name can be declared only of letters, digits, - and _ (tmux rename-session gives it another)',
      })),
    ],
    alike: poolsOf(own.filter(({ stamp }) => stamp === null)).filter((pool) => pool.sessions.length > 1),
  };
}

/** The folder it starts in when it must be made again; null: it is not there any more. */
export function cwdOf({ cwd }: FoundSession): string | null {
  return cwd.startsWith('/') && !/[#\p{Cc}]/u.test(cwd) && existsSync(cwd) ? cwd : null;
}

/** The fleet whose mark most sessions carry; null: none does. */
function ownerOf(sessions: readonly FoundSession[]): string | null {
  const counts = new Map<string, number>();
  for (const { stamp } of sessions)
    if (stamp !== null) counts.set(stamp.owner, (counts.get(stamp.owner) ?? 0) + 1);
  return [...counts].toSorted(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))[0]?.[0] ?? null;
}

function poolsOf(sessions: readonly FoundSession[]): readonly DraftPool[] {
  const groups = new Map<string, { readonly index: number; readonly session: FoundSession }[]>();
  for (const session of sessions) {
    // No leading zeros: a pool's numbers are written without.
    const [, prefix, digits] = /^(.*?)(0|[1-9]\d{0,5})$/.exec(session.name) ?? [];
    if (prefix === undefined || digits === undefined || !/^[A-Za-z0-9_-]{0,60}[A-Za-z_-]$/.test(prefix))
      continue;
    groups.set(prefix, [...(groups.get(prefix) ?? []), { index: Number(digits), session }]);
  }
  return [...groups].map(([prefix, members]) => poolOf(prefix, members));
}

function poolOf(
  prefix: string,
  members: readonly { readonly index: number; readonly session: FoundSession }[],
): DraftPool {
  const sorted = members.toSorted((a, b) => a.index - b.index);
  const indexes = sorted.map(({ index }) => index);
  const [startIndex = 0] = indexes;
  const sessions = sorted.map(({ session }) => session);
  return {
    name: prefix.replace(/[-_]+$/, '') || 'pool',
    prefix,
    startIndex,
    min: sessions.filter(({ dead, panes }) => dead < panes).length,
    max: (indexes.at(-1) ?? startIndex) - startIndex + 1,
    cwd: sessions.map(cwdOf).find((cwd) => cwd !== null) ?? '.',
    agent: sessions.flatMap(({ agents }) => agents.map(({ agent }) => agent))[0] ?? 'claude',
    sessions,
  };
}

function split<T>(all: readonly T[], test: (each: T) => boolean): readonly [T[], T[]] {
  return [all.filter(test), all.filter((each) => !test(each))];
}
