import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { PrivateMachine } from '../support/tmux.ts';
import { FLEET } from './fleet-machine.ts';

/** A session as plain tmux tells of it: none of the product's own reading is trusted here. */
export interface RawSession {
  readonly id: string;
  readonly name: string;
  /** Its own `@rollcall_*` options; never an inherited or narrower one. */
  readonly stamp: Readonly<Record<string, string>>;
  readonly panes: readonly RawPane[];
  /** Everything about it that a person or a program in it could notice, as text. */
  readonly all: string;
}

export interface RawPane {
  readonly id: string;
  readonly pid: number;
  readonly dead: boolean;
  /** More than one session shows it. */
  readonly shared: boolean;
  /** The owner mark as a format shows it: the narrowest option wins. */
  readonly owner: string;
}

export interface RawServer {
  readonly pid: number;
  readonly sessions: readonly RawSession[];
  /** Options, hooks, keys and environment that belong to no session. */
  readonly global: string;
}

/** The whole server, or null where none runs. */
export function rawServer(machine: PrivateMachine): RawServer | null {
  const rows = listing(machine);
  const pid = Number(rows[0]?.split(' ')[0] ?? 0);
  if (pid === 0) return null;
  const ids = rows.map((row) => row.split(' ')[1] ?? '');
  const texts = ask(machine, ids.flatMap(sessionQuestions)).split(`${MARK}end\n`);
  const sessions = withShared(ids.map((id, at) => rawSession(id, texts[at] ?? '')));
  const global = ask(machine, [
    'show-options -s',
    'show-options -g',
    'show-options -gw',
    'show-hooks -g',
    'show-environment -g',
    'list-keys',
    "list-buffers -F '#{buffer_name} #{buffer_size}'",
  ]);
  return { pid, sessions, global };
}

/** `SERVERPID SESSIONID` of each session; nothing where no server runs. */
function listing(machine: PrivateMachine): readonly string[] {
  try {
    return ask(machine, ["list-sessions -F '#{pid} #{session_id}'"])
      .split('\n')
      .filter((row) => row !== '');
  } catch {
    return [];
  }
}

const MARK = '===rollcall-test===';

function sessionQuestions(id: string): readonly string[] {
  const say = `display-message -p ${MARK}`;
  return [
    `show-options -t '${id}:'`,
    say,
    `list-panes -s -t '${id}:' -F '#{pane_id} #{pane_pid} #{pane_dead} #{@rollcall_owner}'`,
    say,
    `display-message -p -t '${id}:' '#{session_name}'`,
    say,
    `display-message -p -t '${id}:' '#{session_created} #{session_windows} #{session_path}'`,
    `list-windows -t '${id}:' -F '#{window_id} #{window_index} #{window_name} #{window_layout} #{window_active}'`,
    `list-panes -s -t '${id}:' -F '#{pane_id} #{pane_index} #{pane_start_command} #{pane_tty} #{pane_input_off}'`,
    `show-options -w -t '${id}:'`,
    `show-options -p -t '${id}:'`,
    `show-hooks -t '${id}:'`,
    `show-environment -t '${id}:'`,
    `${say}end`,
  ];
}

function rawSession(id: string, text: string): RawSession {
  const [options = '', panes = '', name = '', ...rest] = text.split(`${MARK}\n`);
  return {
    id,
    name: name.trimEnd(),
    stamp: Object.fromEntries(
      options
        .split('\n')
        .filter((line) => line.startsWith('@rollcall_'))
        .map((line) => {
          const [key = '', value = ''] = line.split(' ');
          return [key.slice('@rollcall_'.length), value.replaceAll(/["\\]/g, '')];
        }),
    ),
    panes: panes
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [pane = '', pid = '', dead = '', owner = ''] = line.split(' ');
        return { id: pane, pid: Number(pid), dead: dead === '1', shared: false, owner };
      }),
    all: [id, name, options, panes, ...rest].join('\n'),
  };
}

function ask(machine: PrivateMachine, commands: readonly string[]): string {
  return execFileSync('tmux', ['-u', '-N', '-S', machine.socket, 'source-file', '-'], {
    env: machine.env,
    cwd: machine.home,
    input: `${commands.join('\n')}\n`,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}

function withShared(sessions: readonly RawSession[]): readonly RawSession[] {
  const all = sessions.flatMap(({ panes }) => panes.map(({ id }) => id));
  const isShared = (id: string): boolean => all.indexOf(id) !== all.lastIndexOf(id);
  return sessions.map((session) => ({
    ...session,
    panes: session.panes.map((pane) => ({ ...pane, shared: isShared(pane.id) })),
  }));
}

/** A pool session in which our holder runs, or ran, alone: the only kind that may ever be touched. */
export function isOurs(session: RawSession, dedicated: readonly string[]): boolean {
  const { stamp, panes, name } = session;
  const only = panes[0];
  return (
    stamp['owner'] === FLEET &&
    stamp['kind'] === 'pool' &&
    !dedicated.includes(name) &&
    panes.length === 1 &&
    only?.owner === FLEET &&
    !only.shared &&
    only.id === stamp['pane'] &&
    (only.dead || String(only.pid) === stamp['pid'])
  );
}

/** Everything below a folder, by path: what it is, its inode, and where it is not a folder its times and content. */
export function rawFiles(folder: string, skip: readonly string[] = []): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const visit = (path: string): void => {
    if (skip.includes(path)) return;
    const stats = lstatSync(path, { bigint: true });
    const place = `${String(stats.dev)}:${String(stats.ino)} ${stats.mode.toString(8)} ${String(stats.uid)}`;
    if (stats.isDirectory()) {
      found[path] = `folder ${place}`;
      for (const name of readdirSync(path)) visit(join(path, name));
      return;
    }
    const times = `${String(stats.mtimeNs)} ${String(stats.nlink)}`;
    const content = stats.isSymbolicLink()
      ? `-> ${readlinkSync(path)}`
      : stats.isFile()
        ? readFileSync(path, 'base64')
        : '';
    found[path] = `${place} ${times} ${content}`;
  };
  visit(folder);
  return found;
}

/** Live processes that were started on this machine of the test's own, by the folder in their environment. */
export function ownProcesses(
  machine: PrivateMachine,
): readonly { readonly pid: number; readonly argv: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const environ = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
        if (!environ.includes(`TMPDIR=${machine.folder}`)) return [];
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        if (/^.\) Z/.test(stat.slice(stat.lastIndexOf(')') - 1))) return [];
        const argv = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return [{ pid: Number(name), argv }];
      } catch {
        return [];
      }
    });
}

/** Numbers from 0 to 1 that a seed alone decides (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
