import { randomBytes } from 'node:crypto';
import type { TmuxAnswer } from '../../model/host.ts';
import type { TmuxOptions } from './client.ts';
import { tmuxEnvironment } from './environment.ts';
import { saysNoServer } from './reader.ts';
import { runTmux } from './run.ts';
import { socketFlags } from './socket.ts';
import { paneId, quote } from './values.ts';

/** What one pane shows, all of the same moment. Foreign text. */
export interface PaneCapture {
  /** As from `capture-pane -p -e`: what it shows in its own screen, also while somebody scrolls in it. */
  readonly text: string;
  readonly title: string;
  /** `#{pane_current_command}`. */
  readonly command: string;
  readonly columns: number;
  readonly rows: number;
}

const PATIENCE_MS = 5000;

/** What a pane shows; null where it has gone. Reads only, and starts no server. */
export async function capturePane(
  { socket, env, timeoutMs = PATIENCE_MS }: TmuxOptions,
  pane: string,
): Promise<TmuxAnswer<PaneCapture | null>> {
  const mark = randomBytes(16).toString('hex');
  const ran = await runTmux(['-u', ...socketFlags(socket), '-N', 'source-file', '-'], query(pane, mark), {
    env: tmuxEnvironment(env),
    timeoutMs,
  });
  if (ran.type !== 'ended') return ran;
  if (saysNoServer(ran.err)) return { type: 'no-server' };
  if (/^can't find pane: %\d+\n$/.test(ran.err)) return { type: 'ok', value: null };
  if (ran.err !== '') return { type: 'error', text: ran.err.trim().slice(0, 500) };
  return parsed(ran.out, pane, mark);
}

/** One list of commands: the server does nothing else between them. */
function query(pane: string, mark: string): string {
  const target = quote(paneId(pane));
  const facts = `${mark}#{pane_id} #{pane_width} #{pane_height}${mark}#{pane_title}${mark}#{pane_current_command}${mark}`;
  return `capture-pane -p -e -t ${target} ; display-message -p -t ${target} ${quote(facts)}\n`;
}

function parsed(out: string, pane: string, mark: string): TmuxAnswer<PaneCapture | null> {
  const [text = '', facts = '', title, command, end] = out.split(mark);
  const [, id, columns, rows] = /^(%\d+|) (\d*) (\d*)$/.exec(facts) ?? [];
  if (title === undefined || command === undefined || end !== '\n' || columns === undefined)
    return { type: 'error', text: 'tmux printed what we do not understand: a torn capture' };
  // tmux answers for another pane where the one asked for has gone.
  if (id !== pane) return { type: 'ok', value: null };
  const value = {
    text: text.replace(/\n$/, ''),
    title,
    command,
    columns: Number(columns),
    rows: Number(rows),
  };
  return { type: 'ok', value };
}
