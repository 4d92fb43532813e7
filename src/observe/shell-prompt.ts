import { drawnRows } from '../agents/ansi.ts';
import type { PaneScreen, ProcessDetails } from '../model/host.ts';
import type { ShellPrompt } from '../model/dedicated-agent.ts';
import { shellOf } from './operator-process.ts';

/**
 * Where a shell waits in the foreground of its pane with nothing typed: the cursor stands right behind a prompt, and
 * nothing stands behind or below it. Null: it does not, or it cannot be told for sure; a prompt with text of its own
 * behind the cursor, or without one of the usual signs, is such a case.
 */
export function shellPrompt(shell: ProcessDetails, screen: PaneScreen | undefined): ShellPrompt | null {
  const command = shellOf(shell);
  const waits = shell.state === 'S' && shell.foreground === shell.group;
  if (command === null || !waits || screen?.cursor === undefined) return null;
  const { x, y } = screen.cursor;
  if (screen.text.split('\n').length > MOST_ROWS) return null;
  const rows = drawnRows(screen.text).rows.map(({ text }) => text);
  const below = rows.slice(y + 1).some((text) => text.trim() !== '');
  const row = rows[y] ?? '';
  // A screen keeps no blanks at the end of a row, and the prompt's own may be one of them.
  const before = row.slice(0, x).padEnd(x);
  if (below || row.slice(x).trim() !== '' || !NARROW.test(before)) return null;
  return isPrompt(before, command) ? { command, x, y } : null;
}

/** Of more rows not all are drawn. */
const MOST_ROWS = 200;

/** Characters that each take one place: columns can be counted by them. */
const NARROW = /^[\u0020-\u007e\u00a0-\u02ff\u2500-\u257f\u276f]*$/u;

/** It ends with one of the signs that prompts end with, and is no prompt with a command behind it. */
function isPrompt(text: string, shell: string): boolean {
  const sign = shell === 'zsh' ? /[%#$\u276f] ?$/u : /[$#\u276f] ?$/u;
  return sign.test(text) && !/[$#%>\u276f]\s+\S/u.test(text);
}
