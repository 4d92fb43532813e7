import { dirname, join } from 'node:path';
import { pathFacts } from '../../host/doctor/path-facts.ts';
import { fileReader } from '../../host/files.ts';
import type { AgentSpec, DesiredState } from '../../model/desired.ts';
import type { Status } from '../../model/status.ts';
import type { AccountHome } from './accounts.ts';

/** Looks at each account's home. A login is only looked for by name: its file is never opened. */
export async function lookAtAccounts(
  desired: DesiredState,
  accounts: Status['accounts'],
): Promise<readonly AccountHome[]> {
  return await Promise.all(
    Object.entries(desired.accounts).map(async ([account, { agent, home: path }]): Promise<AccountHome> => {
      const places = placesOf(desired.agents[agent]);
      const login = places === null ? null : join(path, places.login);
      return {
        account,
        agent,
        path,
        home: pathFacts(path),
        links: accounts[account]?.links ?? 'unknown',
        login: login === null ? null : { path: login, found: pathFacts(login) },
        asks: places?.answers === undefined ? null : await asks(join(path, places.answers), desired, agent),
        sealed: (places?.settings ?? []).map((name) => join(path, name)).filter(isSealed),
      };
    }),
  );
}

interface Places {
  /** Its login's file. */
  readonly login: string;
  readonly settings: readonly string[];
  /** Where Claude Code keeps what was answered. */
  readonly answers?: string;
}

/** By profile, below the home (facts of each program, not of a fleet). OpenCode's login is not in a home. */
const PLACES: Readonly<Record<string, Places>> = {
  'builtin:claude': {
    login: '.credentials.json',
    settings: ['settings.json', '.claude.json'],
    answers: '.claude.json',
  },
  'builtin:codex': { login: 'auth.json', settings: ['config.toml', 'hooks.json'] },
  'builtin:gemini': { login: 'oauth_creds.json', settings: ['settings.json'] },
};

function placesOf(spec: AgentSpec | undefined): Places | null {
  return spec === undefined ? null : (PLACES[spec.extends] ?? null);
}

function isSealed(path: string): boolean {
  const found = pathFacts(path);
  return found !== null && (typeof found === 'string' || !found.writable);
}

const MOST_BYTES = 32 * 1024 * 1024;

/** What Claude Code would still ask in the folders of its pools; null where the file cannot be read. */
async function asks(file: string, desired: DesiredState, agent: string): Promise<readonly string[] | null> {
  const known = await answersIn(file);
  if (known === null) return null;
  const folders = Object.values(desired.pools)
    .filter((pool) => pool.agent === agent)
    .map(({ cwd }) => cwd);
  const untrusted = [...new Set(folders)].filter((folder) => !known.trusts(folder));
  return [
    ...(known.onboarded ? [] : ['its first-start questions']),
    ...untrusted.map((folder) => `whether to trust ${folder}`),
  ];
}

interface Answers {
  readonly onboarded: boolean;
  readonly trusts: (folder: string) => boolean;
}

/** Two keys of the file, and no other. */
async function answersIn(file: string): Promise<Answers | null> {
  const text = await fileReader.text(file, MOST_BYTES);
  if (text.type !== 'ok') return text.code === 'ENOENT' ? { onboarded: false, trusts: () => false } : null;
  const state = parsed(text.value);
  if (state === null) return null;
  const projects = mapOf(state['projects']);
  const trusts = (folder: string): boolean =>
    mapOf(Object.hasOwn(projects, folder) ? projects[folder] : null)['hasTrustDialogAccepted'] === true ||
    (folder !== dirname(folder) && trusts(dirname(folder)));
  return { onboarded: state['hasCompletedOnboarding'] === true, trusts };
}

function parsed(text: string): Fields | null {
  try {
    return mapOf(JSON.parse(text));
  } catch {
    return null;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function mapOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
