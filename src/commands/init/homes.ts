import { lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { builtinProfile } from '../../agents/builtin-profile.ts';
import { underHome } from '../../agents/agent-home.ts';
import { BUILTIN_AGENTS } from '../../model/agents.ts';
import type { Homes } from '../init-homes.ts';
import type { FoundSession } from './look.ts';

/** Accounts, the active links and what the homes share, as they are: nothing that a plan would have to make. */
export interface FoundHomes {
  /** Account -> its agent and home, absolute and real. */
  readonly accounts: Readonly<Record<string, { readonly agent: string; readonly home: string }>>;
  /** Agent -> its active link, which leads to one of them. */
  readonly links: Readonly<Record<string, string>>;
  /** What every Claude home shares by links into one folder; null: nothing. */
  readonly shared: { readonly root: string; readonly entries: readonly string[] } | null;
}

/** What the homes on disk and the environments of live agents show. */
export function foundHomes(laidOut: Homes, sessions: readonly FoundSession[], userHome: string): FoundHomes {
  const accounts: Record<string, { agent: string; home: string }> = {};
  const add = (agent: string, path: string, name: string): void => {
    const home = realOf(path);
    if (home === null || Object.values(accounts).some((each) => each.home === home)) return;
    let free = name;
    for (let more = 2; Object.hasOwn(accounts, free); more += 1) free = `${name}-${String(more)}`;
    accounts[free] = { agent, home };
  };
  const [first] = Object.entries(laidOut.accounts);
  // Not moved yet: it is where the agent looks for it.
  if (laidOut.active === 'directory') add('claude', join(userHome, '.claude'), first?.[0] ?? 'main');
  for (const [name, path] of Object.entries(laidOut.accounts)) add('claude', path, name);
  for (const { agents } of sessions)
    for (const { agent, home } of agents) if (home !== null) add(agent, home, nameOf(agent, home));
  const found = { accounts, links: linksOf(accounts, userHome) };
  return { ...found, shared: sharedBy(Object.values(accounts).filter(({ agent }) => agent === 'claude')) };
}

function nameOf(agent: string, home: string): string {
  const name = basename(realOf(home) ?? home)
    .replace(/^\./, '')
    .replace(new RegExp(`^${agent}-(?=.)`), '')
    .replaceAll(/[^A-Za-z0-9_-]/g, '-');
  return name === '' || name === 'claude' ? 'main' : name;
}

function linksOf(accounts: FoundHomes['accounts'], userHome: string): FoundHomes['links'] {
  const links = BUILTIN_AGENTS.flatMap((agent): [string, string][] => {
    const home = builtinProfile(agent).home;
    const link = home === null ? null : underHome(home.default, userHome);
    const real = link !== null && isLink(link) ? realOf(link) : null;
    const isOne = Object.values(accounts).some((each) => each.agent === agent && each.home === real);
    return link !== null && isOne ? [[agent, link]] : [];
  });
  return Object.fromEntries(links);
}

/** The entries that are links in every one of these homes, of the same name in one folder. */
function sharedBy(homes: readonly { readonly home: string }[]): FoundHomes['shared'] {
  const [first, ...others] = homes.map(({ home }) => linkedIn(home));
  if (first === undefined) return null;
  const common = Object.entries(first).filter(([entry, root]) =>
    others.every((each) => each[entry] === root),
  );
  const root = common[0]?.[1];
  const entries = common.flatMap(([entry, at]) => (at === root ? [entry] : []));
  return root === undefined ? null : { root, entries };
}

/** Entry -> the folder in which its link finds a folder of the same name. */
function linkedIn(home: string): Readonly<Record<string, string>> {
  const names = namesIn(home).filter((name) => isLink(join(home, name)));
  return Object.fromEntries(
    names.flatMap((name) => {
      const target = resolve(home, readlinkSync(join(home, name)));
      return basename(target) === name && realOf(target) !== null ? [[name, dirname(target)]] : [];
    }),
  );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

function realOf(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
