import type { HostWriter } from '../model/host.ts';
import type { AccountActivate } from '../model/plan.ts';
import { refused } from './link.ts';
import type { Outcome } from './outcome.ts';

/** Makes the active link, or swaps it in one step where it still says what was seen; readers never miss it. */
export async function activateAccount(host: HostWriter, effect: AccountActivate): Promise<Outcome> {
  const { link, home, from } = effect;
  const answer =
    from === null ? await host.files.makeLink(link, home) : await host.files.replaceLink(link, from, home);
  return answer.type === 'error' ? refused(answer) : { outcome: 'applied', text: null };
}
