import { spawn } from 'node:child_process';
import { fstatSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { isatty } from 'node:tty';
import type { Io, Sink } from '../commands/io.ts';
import { isJournal } from '../commands/journal.ts';
import { Stop } from '../commands/stop.ts';
import { EXIT } from '../model/words.ts';
import { main } from './main.ts';

/** Runs the command line on this process and ends it with the verb's exit code. What bin/rollcall.js calls. */
export async function start(): Promise<void> {
  const gone = new AbortController();
  const stdout = sink(process.stdout, gone);
  // A reader of stderr that went away is no reason to stop: there is only nobody to talk to.
  const stderr = sink(process.stderr, null);
  const exit = await main(process.argv.slice(2), processIo(stdout, stderr, gone.signal));
  process.stdout.write('', () => process.exit(exit));
}

function processIo(stdout: Sink, stderr: Sink, gone: AbortSignal): Io {
  let interruption: AbortSignal | null = null;
  return {
    stdout,
    stderr,
    env: process.env,
    cwd: process.cwd(),
    now: () => Date.now(),
    ask: process.stdin.isTTY && process.stderr.isTTY ? ask : null,
    runOnTerminal,
    input: () => process.stdin,
    interruption: () => (interruption ??= interruptionSignal()),
    gone,
    onHangup: (ring) => {
      process.on('SIGHUP', ring);
    },
  };
}

/** The pipe is closed, or the terminal is. */
const GONE: readonly string[] = ['EPIPE', 'EIO'];

/** A stream whose reader may go away (`| head`): from then on writing is quietly in vain. */
function sink(stream: NodeJS.WriteStream & { readonly fd: number }, gone: AbortController | null): Sink {
  let open = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!GONE.includes(error.code ?? '')) throw error;
    open = false;
    gone?.abort();
  });
  return {
    write: (text) => {
      if (open) stream.write(text);
    },
    isTTY: isatty(stream.fd),
    columns: isatty(stream.fd) ? stream.columns : null,
    isJournal: isJournal(fstatSync(stream.fd, { bigint: true }), process.env),
  };
}

/** The first signal asks to finish what is at hand; the second ends it there. */
function interruptionSignal(): AbortSignal {
  const asked = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (asked.signal.aborted) process.exit(EXIT.interrupted);
    asked.abort(name);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return asked.signal;
}

/** One line from the terminal, asked on stderr so that stdout stays data; null on end of input, 130 on Ctrl-C. */
async function ask(question: string): Promise<string | null> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await Promise.race([
      lines.question(question),
      new Promise<null>((done) => lines.once('close', () => done(null))),
      // readline takes Ctrl-C as a key: no signal comes of it.
      new Promise<never>((_, interrupted) => {
        lines.once('SIGINT', () =>
          interrupted(new Stop(EXIT.interrupted, 'interrupted; nothing was changed')),
        );
      }),
    ]);
  } finally {
    lines.close();
  }
}

function runOnTerminal(command: string, args: readonly string[]): Promise<number> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { stdio: 'inherit' });
    // Ctrl-C is for the program on the terminal; we only wait for it.
    process.on('SIGINT', () => undefined);
    child.on('error', failed);
    child.on('exit', (code) => done(code ?? EXIT.failed));
  });
}
