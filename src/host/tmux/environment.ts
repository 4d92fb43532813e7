import type { Environment } from './socket.ts';

/**
 * What tmux, and with it every session of a server we start, may inherit from us. A list of what is let through and
 * not of what is kept out: the loop's secrets have names we cannot know.
 */
const PASSED = [
  'PATH',
  'HOME',
  'LANG',
  'LANGUAGE',
  'LC_ALL',
  'LC_CTYPE',
  'TERM',
  'USER',
  'LOGNAME',
  'SHELL',
  'TMPDIR',
  'TMUX_TMPDIR',
  'TZ',
  'XDG_RUNTIME_DIR',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_STATE_HOME',
  'XDG_CACHE_HOME',
  'DBUS_SESSION_BUS_ADDRESS',
];

/** The environment for tmux, with a UTF-8 locale: under another one it lists `é` as `_`. Never `TMUX`. */
export function tmuxEnvironment(env: Environment): Readonly<Record<string, string>> {
  const passed: Record<string, string> = {};
  for (const name of PASSED) {
    const value = env[name];
    if (value !== undefined && value !== '') passed[name] = value;
  }
  const locale = passed['LC_ALL'] ?? passed['LC_CTYPE'] ?? passed['LANG'] ?? '';
  return /utf-?8/i.test(locale) ? passed : { ...passed, LC_ALL: 'C.UTF-8' };
}
