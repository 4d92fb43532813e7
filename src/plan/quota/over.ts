import type { PlanInput } from '../../model/plan-input.ts';
import type { AgentFacts } from '../../model/run.ts';
import type { AttemptRecord } from '../../model/task.ts';
import { lastWord } from './evidence.ts';
import { lastSwap } from './swaps.ts';
import { isStillTrue } from './verdict.ts';

/** A refusal that so few agents share that it makes no verdict is tried again after this. */
const UNAGREED_MS = 5 * 60_000;

/**
 * Whether the limit that ended an attempt's turn keeps it no longer, though its account is not known to have had none:
 * it ended before anybody saw it, the active account has changed since, or nobody else was refused. Then nothing but
 * trying again tells.
 */
export function limitIsOver(
  { observed, memory }: Pick<PlanInput, 'observed' | 'memory'>,
  record: AttemptRecord,
  facts: AgentFacts,
): boolean {
  const { at: now } = observed;
  const { account, attempt, agent, launchedAt } = record;
  const known = account === null ? undefined : memory.quota.accounts[account];
  // It is being looked at again.
  if (known != null && known.suspicion !== null) return false;
  const said = lastWord(facts, launchedAt, memory.screens[attempt]?.since ?? null, now);
  if (said?.evidence === 'quota' && !isStillTrue(said, known, lastSwap(memory.quota, agent, now), now))
    return true;
  const at = said?.at ?? memory.screens[attempt]?.since ?? launchedAt;
  // One that is still to come is of another clock.
  return Math.abs(now - at) >= UNAGREED_MS;
}
