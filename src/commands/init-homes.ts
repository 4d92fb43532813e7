import { lstatSync, type Stats, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** How the agent's homes are laid out before Rollcall came: what `init` writes and explains follows from it. */
export interface Homes {
  /** Absolute. */
  readonly home: string;
  /** What stands at `~/.claude`. */
  readonly active: 'absent' | 'directory' | 'link' | 'other';
  /** Account name -> absolute home, as the file will declare them; empty: no accounts yet. */
  readonly accounts: Readonly<Record<string, string>>;
  /** Shared entries that are still real directories in a home, or, before the move, in `~/.claude`. */
  readonly unshared: readonly { readonly account: string; readonly entry: string; readonly path: string }[];
  /** `~/.claude.json`, which an agent with a home of its own looks for inside it. */
  readonly globalFile: boolean;
}

/** Shared between accounts so that a conversation can go on under another one. */
export const ENTRIES = ['projects', 'file-history', 'session-env'] as const;

/** Looks, by lstat and readdir alone. */
export function lookAtHomes(home: string): Homes {
  const link = join(home, '.claude');
  const active = kindOf(link);
  const accounts = { ...activeAccount(home, active), ...otherAccounts(home) };
  // What is in ~/.claude today is in the first account's home once it has moved.
  const unshared = Object.entries(accounts).flatMap(([account, path]) =>
    ENTRIES.filter(
      (entry) =>
        kindOf(join(active === 'directory' && account === FIRST ? link : path, entry)) === 'directory',
    ).map((entry) => ({ account, entry, path: join(path, entry) })),
  );
  return { home, active, accounts, unshared, globalFile: kindOf(join(home, '.claude.json')) === 'other' };
}

const FIRST = 'main';
const PREFIX = '.claude-';

function activeAccount(home: string, active: Homes['active']): Record<string, string> {
  if (active === 'directory') return { [FIRST]: join(home, `${PREFIX}${FIRST}`) };
  if (active !== 'link') return {};
  const path = realOf(join(home, '.claude'));
  return path === null ? {} : { [nameOf(path)]: path };
}

/** Other homes by the usual naming: `~/.claude-backup`, where it holds what only a home holds. */
function otherAccounts(home: string): Record<string, string> {
  const names = namesIn(home).filter(
    (name) => /^\.claude-[A-Za-z0-9_-]+$/.test(name) && name !== '.claude-shared',
  );
  const homes = names
    .map((name) => join(home, name))
    .filter((path) => kindOf(path) === 'directory' && looksLikeHome(path));
  return Object.fromEntries(homes.map((path) => [nameOf(path), path]));
}

function looksLikeHome(path: string): boolean {
  return ['.claude.json', '.credentials.json', 'projects'].some(
    (name) => kindOf(join(path, name)) !== 'absent',
  );
}

function nameOf(path: string): string {
  const name = basename(path)
    .replace(/^\.claude-?/, '')
    .replace(/[^A-Za-z0-9_-]/g, '-');
  return name === '' ? FIRST : name;
}

function kindOf(path: string): Homes['active'] {
  const found = statOrNull(path);
  if (found === null) return 'absent';
  if (found.isSymbolicLink()) return 'link';
  return found.isDirectory() ? 'directory' : 'other';
}

function statOrNull(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch {
    return null;
  }
}

function realOf(path: string): string | null {
  try {
    const real = realpathSync(path);
    return statSync(real).isDirectory() ? real : null;
  } catch {
    return null;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}
