import type { HostWriter } from '../model/host.ts';
import type { JanitorRemove } from '../model/plan.ts';
import { refused } from './link.ts';
import type { Outcome } from './outcome.ts';

/**
 * Removes for good, thing by thing. Of a thing that is no longer what was looked at, what is left stays: a person has
 * been at it. `stale` where that is true of all of them.
 */
export async function removeOld(host: HostWriter, effect: JanitorRemove): Promise<Outcome> {
  const { leftovers } = host;
  if (leftovers === undefined) return { outcome: 'failed', text: 'this host removes nothing' };
  let went = 0;
  const stayed: string[] = [];
  for (const { parts } of effect.entries) {
    for (const part of parts) {
      const answer = await leftovers.removePart(part);
      if (answer.type === 'error') return refused(answer);
      if (answer.value === 'changed') {
        stayed.push(`${part.folder}/${part.name}`);
        break;
      }
      if (answer.value === 'removed') went += 1;
    }
  }
  if (effect.rotates !== null) {
    const answer = await leftovers.beginAnew(effect.rotates.path, effect.rotates.identity);
    if (answer.type === 'error') return refused(answer);
    went += 1;
  }
  if (went === 0 && stayed.length > 0) return { outcome: 'stale', text: `${stayed[0] ?? ''} has changed` };
  const text = stayed.length === 0 ? null : `left, for they have changed: ${stayed.slice(0, 3).join(', ')}`;
  return { outcome: 'applied', text };
}
