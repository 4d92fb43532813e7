import { spawn } from 'node:child_process';
import type { Environment } from './tmux/socket.ts';

/** What sd_notify(3) takes: `READY`, `STATUS`, `WATCHDOG` … Values are one line each. */
export type NotifyFields = Readonly<Record<string, string>>;

/** The way to tell the service manager how we are. */
export interface Notifier {
  /** Half of the time within which it must hear `WATCHDOG=1`, milliseconds; null: it does not ask for that. */
  readonly watchdogMs: number | null;
  /** Sends in the background, in order; what has not left yet is joined, the last value of each field counts. */
  tell(fields: NotifyFields): void;
  /** Resolves when all has left, at the latest after `ms`. */
  sent(ms: number): Promise<void>;
}

/**
 * The notifier where systemd asked for one (`NOTIFY_SOCKET`), or null. Node has no datagram sockets, so each message is
 * a `systemd-notify` child, some 10 ms beside us. `onProblem` hears of the first message that did not get through.
 */
export function openNotifier(env: Environment, onProblem: (why: string) => void): Notifier | null {
  const socket = env['NOTIFY_SOCKET'] ?? '';
  if (socket === '') return null;
  const childEnv = { NOTIFY_SOCKET: socket, PATH: env['PATH'] ?? '' };
  let waiting: NotifyFields = {};
  let sending: Promise<void> | null = null;
  let told = false;
  const drain = async (): Promise<void> => {
    while (Object.keys(waiting).length > 0) {
      const fields = waiting;
      waiting = {};
      const problem = await send(fields, childEnv);
      if (problem !== null && !told) onProblem(problem);
      told ||= problem !== null;
    }
    sending = null;
  };
  return {
    watchdogMs: watchdogMs(env['WATCHDOG_USEC']),
    tell(fields) {
      waiting = joined(waiting, fields);
      sending ??= drain();
    },
    async sent(ms) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
      await Promise.race([sending ?? Promise.resolve(), late]);
      clearTimeout(timer);
    },
  };
}

/** A `systemd-notify` waits until the manager has read it; one that waits longer than this is given up. */
const PATIENCE_MS = 5000;

/** In one message these two would contradict each other: the later one counts. */
function joined(before: NotifyFields, fields: NotifyFields): NotifyFields {
  const all: Record<string, string> = { ...before, ...fields };
  if (fields['READY'] !== undefined) delete all['RELOADING'];
  if (fields['RELOADING'] !== undefined) delete all['READY'];
  return all;
}

/** `WATCHDOG_PID` is not looked at: it may be the launcher's, and then we are who has to answer. */
function watchdogMs(text: string | undefined): number | null {
  const micros = /^[1-9]\d{0,15}$/.test(text ?? '') ? Number(text) : null;
  return micros === null ? null : Math.max(1, Math.floor(micros / 2000));
}

/** Null where it got through. */
function send(fields: NotifyFields, env: Readonly<Record<string, string>>): Promise<string | null> {
  return new Promise((resolve) => {
    const words = Object.entries(fields).map(
      ([name, value]) => `${name}=${value.replaceAll(/\p{Cc}+/gu, ' ')}`,
    );
    const child = spawn('systemd-notify', words, { env, cwd: '/', stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    const end = (problem: string | null): void => {
      clearTimeout(timer);
      resolve(problem);
    };
    child.on('error', ({ message }) => end(`systemd-notify could not be started: ${message}`));
    child.on('exit', (code, signal) =>
      end(code === 0 ? null : `systemd-notify ended with ${signal ?? String(code)}`),
    );
  });
}
