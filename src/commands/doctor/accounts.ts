import type { PathFacts } from '../../host/doctor/path-facts.ts';
import { type Check, fail, ok, warn } from '../../model/doctor.ts';
import type { AccountStatus } from '../../model/status.ts';
import { shellQuoted } from '../shell-quote.ts';

/** An account's home as found. */
export interface AccountHome {
  readonly account: string;
  readonly agent: string;
  readonly path: string;
  /** As `pathFacts` gives it. */
  readonly home: PathFacts | string | null;
  readonly links: AccountStatus['links'];
  /** Where its login is kept, and what stands there; null: that cannot be told for this agent. */
  readonly login: {
    readonly path: string;
    readonly found: PathFacts | string | null;
    /** It is a link. */
    readonly linked: boolean;
  } | null;
  /** Whose login it is, by what the agent keeps beside it, for comparing alone; null: not known. */
  readonly owner: string | null;
  /** First-start questions that would still be asked; null: that cannot be told. */
  readonly asks: readonly string[] | null;
  /** Files of settings and hooks that are there and cannot be written. */
  readonly sealed: readonly string[];
  /** Why hooks would not be read or run. */
  readonly hooks: readonly { readonly found: string; readonly help: string }[];
}

/** What can be said of the accounts' homes, each by itself and against the others. */
export function accountChecks(homes: readonly AccountHome[]): readonly Check[] {
  return [...homes.flatMap((each) => homeChecks(each, homes)), ...twins(homes)];
}

function homeChecks(each: AccountHome, all: readonly AccountHome[]): readonly Check[] {
  const { account, path, home } = each;
  const at = `account/${account}`;
  if (home === null)
    return [
      fail('account-home', at, {
        found: `${path} does not exist`,
        detail: `No agent can start under account ${account}. Once it is there: rollcall env, and log in.`,
        help: `mkdir -m 700 ${shellQuoted(path)}`,
      }),
    ];
  if (typeof home === 'string' || home.type !== 'directory')
    return [
      fail('account-home', at, {
        found: typeof home === 'string' ? `${path} cannot be looked at: ${home}` : `${path} is not a folder`,
        detail: `No agent can start under account ${account}.`,
        help: `ls -ld ${shellQuoted(path)}`,
      }),
    ];
  return [
    ok('account-home', at, path),
    mode(at, path, home),
    links(each, at),
    login(each, at, all),
    dialogs(each, at),
    settings(each, at, home),
    ...hooks(each, at),
  ];
}

function mode(at: string, path: string, home: PathFacts): Check {
  if ((home.mode & 0o077) === 0) return ok('account-mode', at, `${path} is yours alone`);
  const written = (home.mode & 0o022) !== 0;
  const wrong = {
    found: `${path} can be ${written ? 'written' : 'read'} by others (mode ${home.mode.toString(8)})`,
    detail: written
      ? 'Whoever writes hooks there runs programs as you.'
      : 'Logins and transcripts are in it.',
    help: `chmod 700 ${shellQuoted(path)}`,
  };
  return written ? fail('account-mode', at, wrong) : warn('account-mode', at, wrong);
}

function links({ account, links: state }: AccountHome, at: string): Check {
  if (state === 'intact') return ok('account-links', at, 'its shared links are intact');
  const wrong = { detail: 'No agent is started under an account whose links are not all intact.' };
  if (state === 'missing')
    return warn('account-links', at, { ...wrong, found: 'a shared link is missing', help: 'rollcall apply' });
  const help = `rollcall why account/${account}`;
  if (state === 'unknown')
    return warn('account-links', at, { ...wrong, found: 'its shared links could not be read', help });
  return fail('account-links', at, {
    ...wrong,
    found: 'a shared link leads elsewhere, or something else is there',
    help,
  });
}

function login(
  { account, agent, login: at, owner }: AccountHome,
  target: string,
  all: readonly AccountHome[],
): Check {
  const id = 'account-login';
  if (at === null) return ok(id, target, `not applicable: where ${agent} keeps a login is not known`);
  const { path, found, linked } = at;
  const help = `eval "$(rollcall env --account ${account})" && ${agent}`;
  if (found === null || typeof found === 'string' || found.type !== 'file')
    return warn(id, target, {
      found: `there is no login at ${path}`,
      detail: 'Agents under it ask for one, unless a key in their environment is used.',
      help,
    });
  const twin = all.find(({ account: other, login: its }) => {
    const file = its?.found ?? null;
    return other !== account && file !== null && typeof file !== 'string' && file.identity === found.identity;
  });
  if (twin !== undefined)
    return fail(id, target, {
      found: `${path} is the same file as the login of ${twin.account}`,
      detail: 'Two accounts with one login have one quota: a swap between them gains nothing.',
      help,
    });
  const same =
    owner === null ? undefined : all.find((each) => each.account !== account && each.owner === owner);
  if (same !== undefined)
    return fail(id, target, {
      found: `it is logged in as the same person and organisation as ${same.account}`,
      detail: 'Two accounts with one login have one quota: a swap between them gains nothing.',
      help,
    });
  if (linked)
    return warn(id, target, {
      found: `${path} is a link`,
      detail:
        'The agent replaces it by a file when it refreshes the login; the other place then holds an old one.',
      help: `a login of its own: rm ${shellQuoted(path)}; ${help}`,
    });
  if ((found.mode & 0o077) === 0)
    return ok(id, target, `a login is at ${path}; whether it still holds, only the agent can tell`);
  return fail(id, target, {
    found: `the login at ${path} can be read by others (mode ${found.mode.toString(8)})`,
    detail: 'Whoever reads it is you, for the provider.',
    help: `chmod 600 ${shellQuoted(path)}`,
  });
}

function dialogs({ account, agent, asks }: AccountHome, target: string): Check {
  const id = 'account-dialogs';
  if (asks === null) return ok(id, target, `not applicable: what ${agent} still asks cannot be told`);
  const [first, ...more] = asks;
  if (first === undefined) return ok(id, target, 'first-start questions are answered');
  return warn(id, target, {
    found: `${agent} still asks: ${first}${more.length === 0 ? '' : `, and ${String(more.length)} more`}`,
    detail: 'A session that meets such a question waits for somebody.',
    help: `there: eval "$(rollcall env --account ${account})" && ${agent}`,
  });
}

function settings({ path, sealed }: AccountHome, target: string, home: PathFacts): Check {
  const first = home.writable ? sealed[0] : path;
  if (first === undefined) return ok('account-settings', target, 'settings and hooks can be written');
  return warn('account-settings', target, {
    found: `${first} cannot be written by you`,
    detail: 'Hooks that report how a task goes cannot be put there.',
    help: `ls -l ${shellQuoted(first)}`,
  });
}

function hooks({ agent, hooks: wrong }: AccountHome, target: string): readonly Check[] {
  if (wrong.length === 0) return [ok('account-hooks', target, 'nothing keeps hooks from being run')];
  return wrong.map(({ found, help }) =>
    warn('account-hooks', target, {
      found,
      detail: `How ${agent} gets on is then told from its records and screen alone.`,
      help,
    }),
  );
}

function twins(homes: readonly AccountHome[]): readonly Check[] {
  const there = homes.flatMap(({ account, home }) =>
    home === null || typeof home === 'string' ? [] : [{ account, home }],
  );
  if (there.length < 2) return [];
  const pairs = there.flatMap((one, index) =>
    there
      .slice(index + 1)
      .filter(({ home }) => home.identity === one.home.identity)
      .map((two) => [one, two] as const),
  );
  if (pairs.length === 0) return [ok('account-twin', 'accounts', 'each account has a home of its own')];
  return pairs.map(([one, two]) =>
    fail('account-twin', `account/${two.account}`, {
      found: `its home is that of account ${one.account}: ${one.home.real}`,
      detail: 'Two accounts with one home are one account, with one login and one quota.',
      help: `accounts.${two.account}.home: a folder of its own`,
    }),
  );
}
