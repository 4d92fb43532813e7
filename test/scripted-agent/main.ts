/**
 * A stand-in for Claude Code 2.1.330 in a terminal, driven by a script: see README.md beside this file. It talks to
 * nobody, needs no account, and writes only into its own account home and its ledger.
 */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { readCommandLine } from './command-line.ts';
import type { Options } from './command-line.ts';
import { openLedger } from './ledger.ts';
import { findTranscript, homeOf } from './records/home.ts';
import { readSettings } from './records/settings.ts';
import { runHooks } from './records/hooks.ts';
import { readScenario } from './scenario/read.ts';
import { runAgent } from './run-agent.ts';

await main();

async function main(): Promise<void> {
  const line = readCommandLine(process.argv.slice(2));
  if (line.type === 'version') return say('2.1.330 (Claude Code)', 0);
  if (line.type === 'error') return refuse(line.text, 1);
  await start(line.options);
}

async function start(options: Options): Promise<void> {
  const { env } = process;
  const id = options.resume ?? options.sessionId ?? randomUUID();
  const home = homeOf(env);
  const cwd = process.cwd();
  const ledger = openLedger(env['SCRIPTED_AGENT_LEDGER'] ?? null, () => id);
  const read = readScenario(env['SCRIPTED_AGENT_SCENARIO'] ?? null);
  const exit = (text: string, code: number): void => {
    ledger({ event: 'exit', code, signal: null, orderly: true });
    refuse(text, code);
  };
  ledger({
    event: 'start',
    flags: options.flags,
    cwd,
    home: env['CLAUDE_CONFIG_DIR'] ?? null,
    realHome: home.real,
    environment: Object.keys(env).toSorted(),
    resumed: options.resume !== null,
  });
  if (!read.ok) return exit(`scripted agent: a bad scenario\n${read.problems.join('\n')}`, 64);
  const settings = readSettings(home, options.settings);
  if (!settings.ok) return exit(settings.text, 1);
  const found = findTranscript(home, id);
  if (options.sessionId !== null && found !== null)
    return exit(`Error: Session ID ${id} is already in use.`, 1);
  if (options.resume !== null && found === null) {
    const base = { session_id: id, transcript_path: '', cwd };
    await runHooks(settings.settings.hooks, base, 'SessionEnd', { reason: 'other' });
    return exit(`No conversation found with session ID: ${id}`, 1);
  }
  const { refuse: refused } = read.scenario.start;
  if (refused !== null) return exit(refused.text, refused.code);
  if (!process.stdin.isTTY) {
    return exit(
      'Error: Input must be provided either through stdin or as a prompt argument when using --print',
      1,
    );
  }
  // What /proc and tools by it call the program; the kernel keeps 15 characters.
  writeFileSync('/proc/self/comm', 'claude');
  await runAgent({
    id,
    cwd,
    home,
    options,
    found,
    ledger,
    scenario: read.scenario,
    settings: settings.settings,
  });
}

function say(text: string, code: number): void {
  process.stdout.write(`${text}\n`);
  process.exitCode = code;
}

function refuse(text: string, code: number): void {
  process.stderr.write(`${text}\n`);
  process.exitCode = code;
}
