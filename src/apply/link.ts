import type { FileAnswer, HostWriter } from '../model/host.ts';
import type { LinkCreate } from '../model/plan.ts';
import type { Outcome } from './outcome.ts';

/** Makes the shared folder and the link to it; whatever stands in a place by then stays, and the step is stale. */
export async function createLink(host: HostWriter, effect: LinkCreate): Promise<Outcome> {
  const { path, to, makeTarget, makeLink } = effect;
  if (makeTarget) {
    const made = await host.files.makeDirectory(to);
    if (made.type === 'error') return refused(made);
  }
  if (!makeLink) return { outcome: 'applied', text: null };
  const made = await host.files.makeLink(path, to);
  return made.type === 'error' ? refused(made) : { outcome: 'applied', text: null };
}

/** EEXIST and ESTALE mean that the world moved; everything else is a failure. */
export function refused(answer: Extract<FileAnswer<unknown>, { type: 'error' }>): Outcome {
  const moved = answer.code === 'EEXIST' || answer.code === 'ESTALE';
  return { outcome: moved ? 'stale' : 'failed', text: answer.text };
}
