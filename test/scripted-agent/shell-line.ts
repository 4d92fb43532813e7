import { runCommand } from './records/run-command.ts';
import type { Session } from './session.ts';

/** `!line`: a shell runs it, and the conversation shows it. */
export async function runShellLine({ ui, ledger, cwd }: Session, line: string): Promise<void> {
  ui.view.entries.push({ type: 'user', text: `! ${line}` });
  ui.redraw();
  const argv = ['sh', '-c', line];
  const { code, out } = await runCommand(argv, { cwd, env: process.env, input: '', timeoutMs: 60_000 });
  ledger({ event: 'run', argv, code });
  ui.view.entries.push({
    type: 'notice',
    text: out.trimEnd() === '' ? '(No output)' : out.trimEnd(),
    tone: 'quiet',
  });
  ui.redraw();
}
