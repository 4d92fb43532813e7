import { spawn } from 'node:child_process';
import { hook } from '../session.ts';
import type { Turn } from './run-turn.ts';

/** How much of a program's output the conversation keeps. */
const MOST_OUTPUT = 10_000;

/** Runs a program as the tool Bash: its hooks, its rows on the screen, its records. An interrupt ends it. */
export async function runTool(turn: Turn, argv: readonly string[], description: string): Promise<void> {
  const { session, prompt } = turn;
  const { ui, transcript, ledger } = session;
  const command = argv.join(' ');
  const tool = { prompt_id: prompt.id, permission_mode: session.options.mode, tool_name: 'Bash' };
  const input = { command, description };
  const id = transcript.toolUse('Bash', input);
  const place = ui.view.entries.push({ type: 'tool', title: description, command }) - 1;
  ui.redraw();
  await hook(session, 'PreToolUse', { ...tool, tool_input: input, tool_use_id: id });
  const { code, out } = await programResult(argv, session.cwd, turn.signal);
  ledger({ event: 'run', argv, code });
  transcript.toolResult(id, out === '' ? '(Bash completed with no output)' : out, code !== 0);
  ui.view.entries[place] = { type: 'done', text: 'Ran 1 shell command' };
  ui.redraw();
  await hook(session, 'PostToolUse', {
    ...tool,
    tool_input: input,
    tool_response: { stdout: out, stderr: '', interrupted: turn.signal.aborted },
    tool_use_id: id,
  });
}

function programResult(
  [file = '', ...args]: readonly string[],
  cwd: string,
  signal: AbortSignal,
): Promise<{ readonly code: number | null; readonly out: string }> {
  return new Promise((resolve) => {
    // Its own environment knows that it runs inside the agent, as Claude Code's tools do.
    const env = { ...process.env, CLAUDECODE: '1' };
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], signal });
    // What it runs does not outlive it.
    const end = (): void => void child.kill();
    process.once('exit', end);
    let out = '';
    const keep = (text: string): void => {
      out = (out + text).slice(0, MOST_OUTPUT);
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.on('error', (error) => resolve({ code: null, out: error.message }));
    child.on('close', (code) => {
      process.off('exit', end);
      resolve({ code, out });
    });
  });
}
