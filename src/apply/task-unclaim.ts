import type { HostWriter } from '../model/host.ts';
import type { TaskUnclaim } from '../model/plan.ts';
import { LAUNCH_FILES } from '../model/queue.ts';
import { STAMP, WORK_OPTIONS } from '../model/stamp.ts';
import { refused } from './link.ts';
import type { Outcome } from './outcome.ts';
import { outcomeOf } from './session.ts';
import { moveTo, outcomeOf as outcomeOfFile } from './task-file.ts';

/**
 * Takes a dispatch back that never started its agent, in the reverse order. The server decides on the fence, and
 * the one rename of what was to be started decides against a launcher that is on its way: only then the task moves.
 */
export async function unclaimTask(host: HostWriter, effect: TaskUnclaim): Promise<Outcome> {
  const { attempt, launchDir, session, claimed, to, otherwise, recordPath } = effect;
  if (session !== null) {
    const { incarnation, id, name, owner } = session;
    const options = { [STAMP.fence]: attempt, [STAMP.phase]: '' };
    const unfence = WORK_OPTIONS.map((option) => ({
      type: 'unset-option' as const,
      session: { type: 'id', id } as const,
      option,
    }));
    const guard = { incarnation, session: { id, name, owner }, pane: null, options };
    const unfenced = outcomeOf(await host.tmux.act(guard, unfence));
    if (unfenced.outcome !== 'applied') return unfenced;
  }
  const voided = launchDir === null ? null : await voidSpec(host, launchDir);
  if (voided !== null) return voided;
  if (claimed === null || to === null || otherwise === null) return { outcome: 'applied', text: null };
  const moved = await moveTo(host, claimed, to, otherwise, null);
  if (moved.type === 'error') return outcomeOfFile(moved);
  const removed = recordPath === null ? null : await host.files.remove(recordPath);
  return removed?.type === 'error' ? refused(removed) : { outcome: 'applied', text: null };
}

/** Decides against a launcher that may be on its way; null: it can never start any more. */
async function voidSpec(host: HostWriter, launchDir: string): Promise<Outcome | null> {
  const voided = await host.files.move(
    `${launchDir}/${LAUNCH_FILES.spec}`,
    `${launchDir}/${LAUNCH_FILES.void}`,
    null,
  );
  if (voided.type === 'ok' || (await canNeverStart(host, launchDir))) return null;
  return outcomeOfFile(voided);
}

/** An earlier try came so far; or nothing was ever prepared, and nobody has taken anything. */
async function canNeverStart(host: HostWriter, launchDir: string): Promise<boolean> {
  const taken = await host.files.path(`${launchDir}/${LAUNCH_FILES.taken}`);
  const spec = await host.files.path(`${launchDir}/${LAUNCH_FILES.spec}`);
  return [taken, spec].every((each) => each.type === 'ok' && each.value.type === 'absent');
}
