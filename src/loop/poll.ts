import type { TmuxReader } from '../model/host.ts';

/** How often the server is asked, and how much of the time at most may go into asking. */
const EVERY_MS = 600;
const SHARE = 20;

/**
 * Rings when sessions, panes or their processes come, go or end: one cheap listing, again and again, that changes
 * nothing on the server. Returns how to stop. A server that does not answer is the full look's business.
 */
export function pollTmux(tmux: TmuxReader, ring: () => void): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let before: string | null = null;
  const ask = async (): Promise<void> => {
    const begun = performance.now();
    const now = await signature(tmux);
    if (stopped) return;
    if (before !== null && now !== before) ring();
    before = now;
    timer = setTimeout(() => void ask(), Math.max(EVERY_MS, (performance.now() - begun) * SHARE));
  };
  void ask();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

async function signature(tmux: TmuxReader): Promise<string> {
  const answer = await tmux.list();
  if (answer.type !== 'ok') return answer.type;
  const { incarnation, sessions } = answer.value;
  const parts = Object.values(sessions).map(({ id, name, panes }) => [
    id,
    name,
    ...Object.values(panes).map(({ id: pane, pid, dead }) => `${pane} ${String(pid)} ${String(dead)}`),
  ]);
  return JSON.stringify([incarnation, parts]);
}
