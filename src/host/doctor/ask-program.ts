import { spawn } from 'node:child_process';

/** How a program answered a question about itself. */
export type Answer =
  | { readonly type: 'said'; readonly text: string }
  | { readonly type: 'failed' }
  | { readonly type: 'timeout' };

const PATIENCE_MS = 3000;
const MOST_BYTES = 16 * 1024;

/**
 * Runs `FILE ARGS` for its first words, with nothing on its input, for 3 s at most; what it started ends with it. The
 * environment is the caller's and nothing else.
 */
export function askProgram(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Answer> {
  return new Promise((resolve) => {
    // A group of its own: a wrapper script's child must not outlive the question.
    const child = spawn(file, args, { env, cwd: '/', detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    const end = (answer: Answer): void => {
      clearTimeout(timer);
      killGroup(child.pid);
      for (const pipe of [child.stdout, child.stderr]) pipe.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => end({ type: 'timeout' }), PATIENCE_MS);
    child.stdout.on('data', (part: Buffer) => {
      if (text.length < MOST_BYTES) text += part.toString('utf8');
    });
    child.stderr.on('data', () => undefined);
    child.on('error', () => end({ type: 'failed' }));
    child.on('close', (code) => end(code === 0 ? { type: 'said', text } : { type: 'failed' }));
  });
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
}
