import { CommanderError } from 'commander';
import type { Io } from '../commands/io.ts';
import { talkingToJournal } from '../commands/journal.ts';
import { Stop } from '../commands/stop.ts';
import { EXIT, type ExitCode } from '../model/words.ts';
import { safeBlock, safeText } from '../report/safe-text.ts';
import { buildProgram } from './program.ts';

/** One call of the command line, in this process: `argv` without node and script. Never throws. */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  // A verb that never says how it ended has a bug; a `let` would be seen as never assigned.
  const ended: { exit: ExitCode | null } = { exit: null };
  try {
    const program = buildProgram(io, (exit) => {
      ended.exit = exit;
    });
    await program.parseAsync([...argv], { from: 'user' });
    return ended.exit ?? EXIT.done;
  } catch (error) {
    return exitOf(error, talkingToJournal(io));
  }
}

function exitOf(error: unknown, io: Io): ExitCode {
  if (error instanceof Stop) {
    if (error.message !== '') io.stderr.write(`rollcall: ${safeBlock(error.message)}\n`);
    return error.exit;
  }
  // Help that was asked for is no error; commander gives it exit code 0. Help that stands in for a verb is one.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  io.stderr.write(`rollcall: this is a bug in Rollcall: ${bugText(error)}\n`);
  return EXIT.failed;
}

function bugText(error: unknown): string {
  return error instanceof Error ? safeBlock(error.stack ?? error.message) : safeText(String(error));
}
