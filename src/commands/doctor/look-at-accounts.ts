import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { pathFacts } from '../../host/doctor/path-facts.ts';
import type { AgentSpec, DesiredState } from '../../model/desired.ts';
import type { Status } from '../../model/status.ts';
import type { AccountHome } from './accounts.ts';
import { hooksOf, ownerOf } from './look-at-claude.ts';
import { stillAsks } from './look-at-first-start.ts';

/** Looks at each account's home. A login is only looked for by name: its file is never opened. */
export async function lookAtAccounts(
  desired: DesiredState,
  accounts: Status['accounts'],
): Promise<readonly AccountHome[]> {
  return await Promise.all(
    Object.entries(desired.accounts).map(async ([account, { agent, home: path }]): Promise<AccountHome> => {
      const spec = desired.agents[agent];
      const places = placesOf(spec);
      const login = places === null ? null : join(path, places.login);
      return {
        account,
        agent,
        path,
        home: pathFacts(path),
        links: accounts[account]?.links ?? 'unknown',
        login: login === null ? null : { path: login, found: pathFacts(login), linked: isLink(login) },
        owner: spec?.extends === 'builtin:claude' ? await ownerOf(path) : null,
        asks: spec === undefined ? null : await stillAsks(path, foldersOf(desired, agent), spec),
        sealed: (places?.settings ?? []).map((name) => join(path, name)).filter(isSealed),
        hooks: spec?.extends === 'builtin:claude' ? await hooksOf(path) : [],
      };
    }),
  );
}

/** Every folder in which the file has this agent work. */
function foldersOf({ pools, inboxes, dedicated }: DesiredState, agent: string): readonly string[] {
  const own = Object.entries(pools).filter(([, pool]) => pool.agent === agent);
  const names = new Set(own.map(([name]) => name));
  const folders = [
    ...own.map(([, { cwd }]) => cwd),
    ...Object.values(inboxes).flatMap(({ pool, cwd }) => (names.has(pool) ? [cwd] : [])),
    ...Object.values(dedicated).flatMap(({ cwd, agent: of, onSwap }) =>
      of === agent && onSwap === 'resume' ? [cwd] : [],
    ),
  ];
  return [...new Set(folders)];
}

interface Places {
  /** Its login's file. */
  readonly login: string;
  readonly settings: readonly string[];
}

/** By profile, below the home (facts of each program, not of a fleet). OpenCode's login is not in a home. */
const PLACES: Readonly<Record<string, Places>> = {
  'builtin:claude': {
    login: '.credentials.json',
    settings: ['settings.json', '.claude.json'],
  },
  'builtin:codex': { login: 'auth.json', settings: ['config.toml', 'hooks.json'] },
  'builtin:gemini': { login: 'oauth_creds.json', settings: ['settings.json'] },
};

function placesOf(spec: AgentSpec | undefined): Places | null {
  return spec === undefined ? null : (PLACES[spec.extends] ?? null);
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

function isSealed(path: string): boolean {
  const found = pathFacts(path);
  return found !== null && (typeof found === 'string' || !found.writable);
}
