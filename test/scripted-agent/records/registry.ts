import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Home } from './home.ts';

export type Status = 'idle' | 'busy' | 'waiting';
export type WaitingFor = 'permission prompt' | 'input needed' | 'dialog open';

/** The file `sessions/<pid>.json`, by which other programs learn what this one does. */
export interface Registry {
  /** Writes it; `waitingFor` with `waiting` only. */
  set(status: Status, waitingFor?: WaitingFor): void;
  remove(): void;
}

/** A registry file for this process; nothing is written before the first `set`. */
export function openRegistry(home: Home, sessionId: string, cwd: string): Registry {
  const file = join(home.sessions, `${String(process.pid)}.json`);
  const startedAt = Date.now();
  const suffix = Buffer.from(sessionId).toString('hex').slice(0, 2);
  let tmux: string | null = null;
  let last: {
    readonly status: Status;
    readonly waitingFor: WaitingFor | undefined;
    readonly at: number;
  } | null = null;
  const write = (): void => {
    if (last === null) return;
    const record = {
      pid: process.pid,
      sessionId,
      cwd,
      startedAt,
      procStart: procStart(),
      version: '2.1.330',
      peerProtocol: 1,
      kind: 'interactive',
      entrypoint: 'cli',
      ...(tmux === null ? {} : { tmux }),
      name: `${basename(cwd)}-${suffix}`,
      nameSource: 'derived',
      nameSince: startedAt,
      status: last.status,
      ...(last.waitingFor === undefined ? {} : { waitingFor: last.waitingFor }),
      updatedAt: Date.now(),
      statusUpdatedAt: last.at,
    };
    mkdirSync(home.sessions, { recursive: true, mode: 0o700 });
    const beside = join(home.sessions, `.${String(process.pid)}.tmp`);
    writeFileSync(beside, JSON.stringify(record), { mode: 0o600 });
    renameSync(beside, file);
  };
  void tmuxPlace().then((place) => {
    tmux = place;
    write();
  });
  return {
    set: (status, waitingFor) => {
      last = { status, waitingFor, at: Date.now() };
      write();
    },
    remove: () => {
      last = null;
      rmSync(file, { force: true });
    },
  };
}

/** Field 22 of /proc/self/stat. */
function procStart(): string {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/** `session:@window.%pane` where the environment says that it runs in tmux. */
function tmuxPlace(): Promise<string | null> {
  const [socket] = (process.env['TMUX'] ?? '').split(',');
  const pane = process.env['TMUX_PANE'];
  if (socket === undefined || socket === '' || pane === undefined) return Promise.resolve(null);
  const args = ['-S', socket, 'display-message', '-p', '-t', pane, '#{session_name}:#{window_id}.#{pane_id}'];
  return new Promise((resolve) => {
    execFile('tmux', args, { timeout: 2000 }, (error, out) => resolve(error === null ? out.trim() : null));
  });
}
