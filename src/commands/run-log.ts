import { type Logger, pino, stdTimeFunctions } from 'pino';
import { outStyle, type Context } from './context.ts';
import { journalLine } from './journal.ts';

/**
 * The loop's log on stdout: JSON lines, or, on a terminal, lines for a person. The journal knows time and process by
 * itself, and is told how important each line is.
 */
export async function openLog(context: Context, fleet: string): Promise<Logger> {
  const { stdout, env } = context.io;
  const options = {
    level: env['ROLLCALL_LOG'] ?? 'info',
    base: { fleet, pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
  };
  const write = (line: string): void => stdout.write(line);
  if (stdout.isJournal === true) {
    const plain = { ...options, base: { fleet }, timestamp: false };
    return pino(plain, { write: (line: string) => write(journalLine(line)) });
  }
  if (!stdout.isTTY || context.output === 'json') return pino(options, { write });
  const { prettyFactory } = await import('pino-pretty');
  const pretty = prettyFactory({
    colorize: outStyle(context).colour,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,fleet',
    singleLine: true,
  });
  return pino(options, { write: (line: string) => write(pretty(line)) });
}
