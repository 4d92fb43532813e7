import type { ActiveAccountSpec } from '../model/desired.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { Reason } from '../model/words.ts';
import type { Hold } from './draft.ts';
import { durationWords } from './duration.ts';
import { firstHold } from './holds.ts';
import { lastSwap } from './quota/swaps.ts';
import { mostUsed } from './quota/usage.ts';
import { usableAccounts } from './usable.ts';

/** The account that should be active, and why it is another one than now; `hold`: why it may not be yet. */
export interface WantedAccount {
  readonly account: string;
  readonly reason: Extract<Reason, 'missing' | 'preferred' | 'exhausted' | 'nearly-exhausted' | 'by-hand'>;
  readonly because: string;
  readonly hold: Hold | null;
}

/** Null: it stays as it is (SPEC §6.5 to §6.7). `now`: the active account; null: there is none yet. */
export function wantedAccount(
  input: PlanInput,
  agent: string,
  spec: ActiveAccountSpec,
  now: string | null,
): WantedAccount | null {
  const usable = usableAccounts(input, spec).filter(
    (account) => account === now || loggedOutAt(input, account) === null,
  );
  const first = usable[0];
  if (input.swapTo !== null && input.desired.accounts[input.swapTo]?.agent === agent) {
    // Whoever asks for it by hand may have logged in there a moment ago.
    return byHand(input.swapTo, usableAccounts(input, spec), now);
  }
  if (first === undefined) return null;
  if (now === null) {
    const because = `${spec.link ?? 'the active link'} does not exist; ${first} is the first of ${spec.prefer.join(', ')} that can be worked under`;
    return { account: first, reason: 'missing', because, hold: null };
  }
  const until = exhaustedUntil(input, now);
  if (until !== null) {
    const why = input.memory.quota.accounts[now]?.because;
    const told = why == null ? '' : ` (${why.source} of ${why.session})`;
    const because = `${now} is exhausted for ${durationWords(until - input.observed.at)} more${told}; ${first} is next`;
    return { account: first, reason: 'exhausted', because, hold: swapHold(input, agent) };
  }
  const roomy = usable.find((account) => !isNearlyFull(input, account));
  if (isNearlyFull(input, now) && roomy !== undefined) {
    const percent = mostUsed(input.memory.quota.accounts[now], input.observed.at);
    const because = `${now} is used up to ${String(percent)} %; new work goes to ${roomy} before the limit`;
    return { account: roomy, reason: 'nearly-exhausted', because, hold: swapHold(input, agent) };
  }
  if (spec.select === 'sticky' || first === now || (roomy ?? first) === now) return null;
  if (spec.prefer.indexOf(first) > spec.prefer.indexOf(now) || isNearlyFull(input, first)) return null;
  const because = `${first} comes before the active account and can be worked under again`;
  return {
    account: first,
    reason: 'preferred',
    because,
    hold: firstHold(midTurn(input, now), swapHold(input, agent)),
  };
}

function byHand(wanted: string, usable: readonly string[], now: string | null): WantedAccount | null {
  if (wanted === now) return null;
  const because = 'asked for by hand';
  const isUsable = usable.includes(wanted);
  const why = `${wanted} cannot be worked under: rollcall why account/${wanted}`;
  const hold: Hold | null = isUsable ? null : { reason: 'no-account', because: why, until: null };
  return { account: wanted, reason: 'by-hand', because, hold };
}

/** Until when an account has no quota, epoch milliseconds; null: it is not known to have none. */
export function exhaustedUntil(
  { exhaustedUntil: known, observed }: PlanInput,
  account: string,
): number | null {
  const until = known.ok ? (known.value[account] ?? null) : null;
  return until !== null && until > observed.at ? until : null;
}

/** A login is renewed by a person: until somebody works under it again, or so long, an account is no target. */
const LOGGED_OUT_MS = 6 * 3_600_000;

/** When an agent of the account was refused for its login; null: not, or too long ago to tell. */
export function loggedOutAt({ memory, observed }: PlanInput, account: string): number | null {
  const at = memory.quota.accounts[account]?.loggedOutAt ?? null;
  return at !== null && at <= observed.at && at + LOGGED_OUT_MS > observed.at ? at : null;
}

function isNearlyFull({ desired, memory, observed }: PlanInput, account: string): boolean {
  const at = desired.quota.switchAtPercent;
  const used = mostUsed(memory.quota.accounts[account], observed.at);
  return at !== null && used !== null && used >= at;
}

/** The cooldown and the budget of swaps, across restarts of the loop. */
function swapHold({ desired, memory, observed }: PlanInput, agent: string): Hold | null {
  const { cooldownMs, maxSwaps } = desired.quota;
  const swaps = memory.quota.swaps.filter((swap) => swap.agent === agent);
  const last = lastSwap({ swaps }, agent, observed.at);
  if (last + cooldownMs > observed.at) {
    const because = `the last swap was ${durationWords(observed.at - last)} ago; quota.cooldown is ${durationWords(cooldownMs)}`;
    return { reason: 'swap-cooldown', because, until: last + cooldownMs };
  }
  const recent = swaps.filter((swap) => !swap.byHand && swap.at > observed.at - maxSwaps.perMs);
  const oldest = recent[recent.length - maxSwaps.count];
  if (oldest === undefined) return null;
  const because = `${String(recent.length)} swaps within ${durationWords(maxSwaps.perMs)}; quota.maxSwaps allows ${String(maxSwaps.count)}`;
  return { reason: 'swap-budget', because, until: oldest.at + maxSwaps.perMs };
}

/** Nobody is taken out of a turn to go back to an account that is merely preferred. */
function midTurn({ observed }: PlanInput, now: string): Hold | null {
  const busy = Object.values(observed.runs).find(
    ({ record, agent, claim }) =>
      claim !== null && agent?.alive === true && record.ok && record.value?.account === now,
  );
  if (busy === undefined) return null;
  return { reason: 'mid-turn', because: `an agent is at work under ${now}`, until: null };
}
