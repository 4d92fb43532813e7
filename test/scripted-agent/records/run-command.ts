import { spawn } from 'node:child_process';

export interface CommandResult {
  /** Null: ended by a signal, or it could not be started. */
  readonly code: number | null;
  readonly out: string;
}

/** Runs a program with `input` on its stdin, at most `timeoutMs` real milliseconds; it never fails. */
export function runCommand(
  [file = '', ...args]: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: NodeJS.ProcessEnv;
    readonly input: string;
    readonly timeoutMs: number;
  },
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
    });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.on('error', (error) => resolve({ code: null, out: error.message }));
    child.on('close', (code) => resolve({ code, out }));
    // A program that does not read its input is no problem.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input);
  });
}
