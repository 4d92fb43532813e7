import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import type { Known } from '../../agents/scrub/find.ts';
import { homeFolder } from '../../host/paths.ts';
import type { DesiredState, Secret } from '../../model/desired.ts';
import { namesSecret } from '../../model/secret-shapes.ts';
import type { Io } from '../io.ts';
import { secretsOfFleet } from '../secrets-of-fleet.ts';

export interface Sources {
  readonly io: Pick<Io, 'env'>;
  readonly desired: DesiredState | null;
  readonly session: string;
  /** Folders of the pane and its agent. */
  readonly folders: readonly string[];
  /** The agent's home; null: not known. */
  readonly home: string | null;
  /** The environments of its processes. */
  readonly environments: readonly Readonly<Record<string, string | undefined>>[];
  /** Its conversation; null: not known. */
  readonly conversation: string | null;
  readonly hide: readonly string[];
  readonly keep: readonly string[];
}

/** All that this machine knows of who and where, to be hidden in a screen. No credential's file is opened. */
export function knownOf(sources: Sources): Known {
  const { io, desired, session, folders, home, environments, conversation, hide, keep } = sources;
  const homes = Object.values(desired?.accounts ?? {}).map((account) => account.home);
  const own = [homeFolder(io.env), ...folders, ...homes, ...(home === null ? [] : [home])];
  const people = [userInfo().username, fullName(), ...environments.flatMap(usersIn), ...usersIn(io.env)];
  return {
    words: [
      ...hostNames(),
      ...people,
      ...[...new Set(homes.concat(home ?? []))].flatMap(owner),
      ...Object.keys(desired?.accounts ?? {}),
      ...Object.keys(desired?.dedicated ?? {}),
      ...folders.map((folder) => basename(folder)),
      session,
      ...hide,
    ].filter((word) => word !== '' && !COMMON.has(word.toLowerCase())),
    secrets: [
      ...[io.env, ...environments].flatMap((env) => secretValues(env, desired)),
      ...secretsOfFleet(desired, io.env),
      ...(conversation === null ? [] : [conversation]),
    ].flatMap(forms),
    folders: own,
    kept: keep,
  };
}

/** Names that many have: they say nothing of anybody, and agents speak them. */
const COMMON = new Set(
  'root user admin ubuntu debian node localhost claude codex gemini opencode tmp home work src project'.split(
    ' ',
  ),
);

function hostNames(): readonly string[] {
  const whole = hostname();
  return [whole, whole.split('.')[0] ?? ''];
}

function usersIn(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return [env['USER'] ?? '', env['LOGNAME'] ?? ''];
}

/** As the password file has it. */
function fullName(): string {
  const { username } = userInfo();
  const line = (textOf('/etc/passwd') ?? '').split('\n').find((each) => each.startsWith(`${username}:`));
  return line?.split(':')[4]?.split(',')[0] ?? '';
}

/** Whose account a home is, as Claude Code keeps it beside its settings: names and addresses, no credential. */
function owner(home: string): readonly string[] {
  try {
    const state: unknown = JSON.parse(textOf(join(home, '.claude.json')) ?? '{}');
    if (typeof state !== 'object' || state === null || !('oauthAccount' in state)) return [];
    const account = state.oauthAccount;
    return typeof account === 'object' && account !== null
      ? Object.values(account).filter((value) => typeof value === 'string' && value.length > 2)
      : [];
  } catch {
    return [];
  }
}

const TRIVIAL = /^(?:true|false|yes|no|none|null|on|off|\d{0,3})$/i;

function secretValues(
  env: Readonly<Record<string, string | undefined>>,
  desired: DesiredState | null,
): readonly string[] {
  const declared = new Set(
    Object.values(desired?.agents ?? {}).flatMap((agent) =>
      Object.entries(agent.env).flatMap(([name, value]): string[] => (isSecret(value) ? [name] : [])),
    ),
  );
  return Object.entries(env).flatMap(([name, value = '']) =>
    (namesSecret(name) || /_KEY$|PAT$/.test(name) || declared.has(name)) && !TRIVIAL.test(value)
      ? [value]
      : [],
  );
}

function isSecret(value: string | Secret): value is Secret {
  return typeof value !== 'string';
}

/** A secret as it is written down, and as programs encode it. */
function forms(secret: string): readonly string[] {
  const base64 = [0, 1, 2].map((shift) =>
    // What stands before it decides how it is cut into three; the ends depend on its neighbours.
    Buffer.from(' '.repeat(shift) + secret)
      .toString('base64')
      .slice(shift === 0 ? 0 : 4, -4),
  );
  return [secret, encodeURIComponent(secret), ...base64];
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
