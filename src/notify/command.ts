import { spawn } from 'node:child_process';
import { DELIVERED, type Delivery, type OpenChannel, refuse, retry, TRY_MS } from './delivery.ts';

export interface CommandPlace {
  /** The environment it is given: a few names, none of the loop's secrets among them. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** A program with the message on its stdin; 0 says that it went out. With all it started it ends within its time. */
export function commandChannel(argv: readonly string[], place: CommandPlace): OpenChannel {
  return {
    fingerprint: JSON.stringify([argv, place]),
    deliver: ({ id, fleet, severity, subject, text }, signal) => {
      const env = {
        ...place.env,
        ROLLCALL_NOTICE_ID: id,
        ROLLCALL_NOTICE_FLEET: fleet,
        ROLLCALL_NOTICE_SEVERITY: severity,
        ROLLCALL_NOTICE_SUBJECT: subject,
      };
      return run(argv, { env, cwd: place.cwd }, `${subject}\n\n${text}\n`, signal);
    },
  };
}

function run(
  [file = '', ...args]: readonly string[],
  { env, cwd }: CommandPlace,
  input: string,
  signal: AbortSignal,
): Promise<Delivery> {
  return new Promise((resolve) => {
    // A group of its own, so that what it starts can be ended with it.
    const child = spawn(file, args, { env, cwd, detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    const late = AbortSignal.any([AbortSignal.timeout(TRY_MS), signal]);
    const killAll = (): void => endGroup(child.pid);
    const end = (delivery: Delivery): void => {
      late.removeEventListener('abort', killAll);
      resolve(delivery);
    };
    late.addEventListener('abort', killAll, { once: true });
    child.on('error', (error) => {
      const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
      end(refuse(`it could not be started${/^E[A-Z]+$/.test(code) ? ` (${code})` : ''}`));
    });
    child.on('exit', (code, killedBy) => {
      if (code === 0) end(DELIVERED);
      else if (late.aborted) end(retry(`it did not end within ${String(TRY_MS / 1000)} s`));
      else end(retry(`it ended with ${killedBy ?? String(code)}`));
    });
    // It may read nothing at all.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
