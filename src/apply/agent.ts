import type { HostWriter } from '../model/host.ts';
import type { AgentStop } from '../model/plan.ts';
import { LAUNCH_FILES } from '../model/queue.ts';
import { refused } from './link.ts';
import type { Outcome } from './outcome.ts';

/**
 * Signals the very process that was recorded, never a name or a pane. When it was first told is written down
 * before, so that a later look knows how long it has had.
 */
export async function stopAgent(host: HostWriter, effect: AgentStop): Promise<Outcome> {
  const { launchDir, pid, start, signal } = effect;
  const mark = await host.files.write(`${launchDir}/${LAUNCH_FILES.ending}`, `${signal}\n`, { fresh: true });
  if (mark.type === 'error' && mark.code !== 'EEXIST') return refused(mark);
  const sent = await host.processes.signal(pid, start, signal);
  if (sent === 'failed') return { outcome: 'failed', text: `pid ${String(pid)} could not be signalled` };
  // Gone is what was wanted.
  return { outcome: 'applied', text: null };
}
