import { type ChildProcess, spawn } from 'node:child_process';

/** How one tmux client ended. Output is text; bytes that are not UTF-8 read as U+FFFD, which no path of ours holds. */
export type Ran =
  | { readonly type: 'ended'; readonly code: number | null; readonly out: string; readonly err: string }
  | { readonly type: 'timeout' }
  /** It could not be started, or printed too much. */
  | { readonly type: 'error'; readonly text: string };

export interface RunOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** More than 500 sessions with every name at its longest; a server that prints more is not listened to. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Runs `tmux ARGS` with the text on its standard input. The output goes through pipes of this client only: a server
 * it starts has none of them, so the answer does not wait for the server to end.
 */
export function runTmux(args: readonly string[], input: string, options: RunOptions): Promise<Ran> {
  return new Promise((resolve) => {
    // A folder that is always there: tmux starts sessions in its client's where theirs is missing.
    const child = spawn('tmux', args, { env: options.env, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] });
    const end = once(child, resolve, options.timeoutMs);
    const out = collect(child.stdout, () => {
      end({ type: 'error', text: 'tmux printed too much' });
    });
    const err = collect(child.stderr, () => {
      end({ type: 'error', text: 'tmux printed too much' });
    });
    child.on('error', (problem) => {
      end({ type: 'error', text: `tmux could not be started: ${problem.message}` });
    });
    child.on('close', (code) => {
      end({ type: 'ended', code, out: out(), err: err() });
    });
    // tmux may end without reading: its answer says why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** Settles once, and leaves no client, timer or pipe behind. */
function once(child: ChildProcess, resolve: (ran: Ran) => void, timeoutMs: number): (ran: Ran) => void {
  let settled = false;
  const end = (ran: Ran): void => {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    if (ran.type !== 'ended') child.kill('SIGKILL');
    for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe?.destroy();
    resolve(ran);
  };
  const timer = setTimeout(() => {
    end({ type: 'timeout' });
  }, timeoutMs);
  return end;
}

function collect(stream: NodeJS.ReadableStream, tooMuch: () => void): () => string {
  const parts: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes > MAX_BYTES) tooMuch();
    else parts.push(part);
  });
  return () => Buffer.concat(parts).toString('utf8');
}
