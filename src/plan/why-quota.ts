import type { PlanInput } from '../model/plan-input.ts';
import type { Exhaustion, Swap, Usage } from '../model/quota.ts';
import { sourceOf } from '../model/source.ts';
import type { Fact } from './about.ts';
import { durationWords } from './duration.ts';
import { lastSwap } from './quota/swaps.ts';

/** What is known of an account's quota, each with where it comes from and its age. */
export function quotaFacts(input: PlanInput, account: string): readonly Fact[] {
  const { observed, memory, desired } = input;
  const now = observed.at;
  const known = memory.quota.accounts[account];
  const facts: Fact[] = [];
  const { exhaustedUntil: until = null, because = null, suspicion = null, used = {} } = known ?? {};
  if (until !== null) {
    const what =
      until > now
        ? `it has no quota for ${durationWords(until - now)} more`
        : `its limit ended ${durationWords(now - until)} ago; the next session under it is the probe`;
    facts.push({ text: because === null ? what : `${what}: ${restsOn(because, now)}`, source: null });
  }
  if (suspicion !== null) {
    const { looks, since } = suspicion;
    const text = `it may have no quota: ${String(looks)} of ${String(desired.quota.confirmations)} looks agree, the first ${durationWords(now - since)} ago; nothing says until when`;
    facts.push({ text, source: sourceOf(desired.sources, '/quota/confirmations') });
  }
  const windows = Object.entries(used).map(([window, usage]) => usedFact(input, window, usage));
  if (until === null && suspicion === null && windows.length === 0) {
    facts.push({ text: 'nothing is known of its quota', source: null });
  }
  return [...facts, ...windows, ...runningFacts(input, account)];
}

/** The swaps of an agent that keep the next one back, or would. */
export function swapFacts({ desired, memory, observed }: PlanInput, agent: string): readonly Fact[] {
  const { cooldownMs, maxSwaps } = desired.quota;
  const now = observed.at;
  const mine = memory.quota.swaps.filter((swap) => swap.agent === agent);
  const last = mine.at(-1);
  if (last === undefined) return [];
  const left = lastSwap({ swaps: mine }, agent, now) + cooldownMs - now;
  const holds = left > 0 ? `; quota.cooldown holds the next one back for ${durationWords(left)} more` : '';
  const counted = mine.filter(({ byHand, at }) => !byHand && at > now - maxSwaps.perMs).length;
  return [
    {
      text: `the last swap of ${agent}, ${swapWords(last)}, was ${durationWords(now - last.at)} ago${holds}`,
      source: sourceOf(desired.sources, '/quota/cooldown'),
    },
    {
      text: `${String(counted)} of the ${String(maxSwaps.count)} swaps that quota.maxSwaps allows within ${durationWords(maxSwaps.perMs)}`,
      source: sourceOf(desired.sources, '/quota/maxSwaps'),
    },
  ];
}

const CONFIDENCE: Readonly<Record<Exhaustion['confidence'], string>> = {
  told: 'its records tell the reset',
  read: 'the reset was read on its screen',
  assumed: 'nothing tells the reset, so it is tried again then',
};

/** No words of a screen: they stand in evidence.jsonl. */
function restsOn({ source, session, rule, since, confidence }: Exhaustion, now: number): string {
  return `by the ${source} of ${session} (rule ${rule}), ${durationWords(now - since)} ago; ${CONFIDENCE[confidence]}`;
}

function usedFact({ desired, observed }: PlanInput, window: string, { percent, resetsAt, at }: Usage): Fact {
  const now = observed.at;
  const resets = resetsAt === null ? '' : `, resets in ${durationWords(resetsAt - now)}`;
  const limit = desired.quota.switchAtPercent;
  const full =
    limit !== null && percent >= limit ? `; at least quota.switchAt, so new work goes elsewhere` : '';
  return {
    text: `${window}: ${String(Math.round(percent))} % used${resets}, by the status line ${durationWords(now - at)} ago${full}`,
    source: limit === null ? null : sourceOf(desired.sources, '/quota/switchAt'),
  };
}

function runningFacts({ observed }: PlanInput, account: string): readonly Fact[] {
  const own = Object.values(observed.runs).flatMap(({ record, agent }) =>
    record.ok && record.value?.account === account && agent?.alive === true ? [record.value.session] : [],
  );
  const yours = Object.entries(observed.operators).flatMap(([session, agents]) =>
    agents.some((each) => each.account === account) ? [session] : [],
  );
  const all = [...own, ...yours];
  return all.length === 0 ? [] : [{ text: `agents run under it in ${all.join(', ')}`, source: null }];
}

function swapWords({ from, to, byHand }: Swap): string {
  return `${from ?? 'the first account'} to ${to}${byHand ? ' by hand' : ''}`;
}
