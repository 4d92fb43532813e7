import { userInfo } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../host/find-program.ts';
import { homeFolder } from '../host/paths.ts';
import { socketFlags } from '../host/tmux/socket.ts';
import type { DesiredState } from '../model/desired.ts';
import { EXIT } from '../model/words.ts';
import type { UnitFacts, UnitScope } from '../report/units.ts';
import { operator } from './fleet-state.ts';
import type { Io } from './io.ts';
import { Stop } from './stop.ts';

/** What the units of this fleet are made from: this program, this Node, and the environment of whoever asks. */
export function unitFacts(io: Pick<Io, 'env'>, desired: DesiredState, scope: UnitScope): UnitFacts {
  const { env } = io;
  const { socket } = desired.tmux;
  const path = foldersOf(env['PATH'] ?? '');
  const tmux = findProgram('tmux', path);
  if (tmux === null) throw new Stop(EXIT.failed, 'tmux is not on the PATH, so no unit can name it');
  // Two folders above both src/commands and dist/commands.
  const program = fileURLToPath(new URL('../../bin/rollcall.js', import.meta.url));
  const facts: UnitFacts = {
    fleet: desired.name,
    file: desired.file,
    scope,
    user: operator(io),
    rollcall: [process.execPath, program],
    tmux: [tmux, ...socketFlags(socket)],
    socketFolder: socket.type === 'path' ? dirname(socket.path) : null,
    environment: environment(env, path),
    secretsFile: join(configFolder(env), 'rollcall', `${desired.name}.env`),
  };
  JSON.stringify(facts, requirePlain);
  return facts;
}

/** `$XDG_CONFIG_HOME`, or where that is by default. */
export function configFolder(env: Io['env']): string {
  const asked = env['XDG_CONFIG_HOME'] ?? '';
  return isAbsolute(asked) ? asked : join(homeFolder(env), '.config');
}

/** Variables that decide where things are. A service has none of the operator's own. */
const CARRIED = ['XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'XDG_DATA_HOME', 'XDG_CACHE_HOME', 'TMUX_TMPDIR'];

function environment(env: Io['env'], path: string): Readonly<Record<string, string>> {
  const carried = CARRIED.flatMap((name) => {
    const value = env[name] ?? '';
    return value === '' ? [] : [[name, value]];
  });
  const lang = env['LANG'] ?? '';
  const home = homeFolder(env);
  return {
    PATH: path,
    // Under another one tmux lists `é` as `_`.
    LANG: /utf-?8/i.test(lang) ? lang : 'C.UTF-8',
    ...(home === accountHome() ? {} : { HOME: home }),
    ...Object.fromEntries(carried),
  };
}

/** The home a service gets by itself. */
function accountHome(): string | null {
  try {
    return userInfo().homedir;
  } catch {
    // No entry in the password file.
    return null;
  }
}

/** The operator's PATH, so that agents are found too; nothing relative, nothing twice. */
function foldersOf(path: string): string {
  const folders = path.split(':').filter((folder) => isAbsolute(folder));
  return [...new Set(folders.length === 0 ? ['/usr/local/bin', '/usr/bin', '/bin'] : folders)].join(':');
}

/** A line break in a path would begin a new directive. */
function requirePlain(_: string, value: unknown): unknown {
  if (typeof value === 'string' && /\p{Cc}/u.test(value))
    throw new Stop(EXIT.refused, 'a path of this fleet has a control character, which no unit may have');
  return value;
}
