import type { Announced } from '../model/memory.ts';
import type { Withheld } from '../model/plan.ts';
import type { AccountQuota } from '../model/quota.ts';
import type { WithheldReason } from '../model/words.ts';
import { activeLink } from '../plan/active-link.ts';
import { goesOnAt } from '../plan/blocked.ts';
import { durationWords } from '../plan/duration.ts';
import { phaseOf } from '../plan/phase.ts';
import type { Look } from './look.ts';
import type { News } from './news.ts';

type Shown = Pick<Look, 'input' | 'plan' | 'memory'>;

/** What a look shows of quota that was not said yet, and what counts as said from now on. */
export interface QuotaNews {
  readonly news: readonly News[];
  readonly announced: Announced;
}

/** Something that stands for a while: said when it begins, and again only when it is another one. */
interface Standing {
  readonly key: string;
  readonly value: string;
  readonly news: News;
}

/** Each thing once, whatever number of looks and restarts of the loop it stands for. */
export function quotaNews(look: Shown, announced: Announced): QuotaNews {
  const standing = [...accountsNow(look), ...swapsHeld(look), ...blockedNow(look)];
  const begun = standing.filter(({ key, value }) => !isSame(announced[key], value));
  const now = Object.fromEntries(standing.map(({ key, value }) => [key, value]));
  const ended = Object.keys(announced).filter((key) => key.startsWith(EXHAUSTED) && !(key in now));
  return { news: [...ended.map(eligible), ...begun.map(({ news }) => news)], announced: now };
}

const EXHAUSTED = 'quota.exhausted ';

/** A reset that moves by less than this is the same one. */
const SAME_MS = 60_000;

function isSame(said: string | undefined, now: string): boolean {
  return said === now || Math.abs(Number(said) - Number(now)) < SAME_MS;
}

function accountsNow({ input, memory }: Shown): readonly Standing[] {
  const now = input.observed.at;
  return Object.entries(memory.quota.accounts).flatMap(([account, known]) => [
    ...exhausted(account, known, now),
    ...suspected(account, known, input.desired.quota.confirmations),
  ]);
}

function exhausted(
  account: string,
  { exhaustedUntil: until, because }: AccountQuota,
  now: number,
): readonly Standing[] {
  if (until === null || until <= now) return [];
  const told = because === null ? '' : `, by the ${because.source} of ${because.session}`;
  const fields = {
    until: new Date(until).toISOString(),
    source: because?.source ?? null,
    confidence: because?.confidence ?? null,
    session: because?.session ?? null,
    rule: because?.rule ?? null,
  };
  const message = `${account} has no quota for ${durationWords(until - now)} more${told}`;
  const news: News = {
    type: 'quota.exhausted',
    severity: 'warning',
    target: `account/${account}`,
    message,
    fields,
  };
  return [{ key: `${EXHAUSTED}${account}`, value: String(until), news }];
}

function suspected(account: string, { suspicion }: AccountQuota, confirmations: number): readonly Standing[] {
  if (suspicion === null) return [];
  const { looks, since } = suspicion;
  const message = `${account} may have no quota left, and nothing says until when: ${String(looks)} of ${String(confirmations)} looks so far`;
  const target = `account/${account}`;
  const news: News = { type: 'quota.suspected', severity: 'info', target, message, fields: { looks } };
  return [{ key: `quota.suspected ${account}`, value: String(since), news }];
}

function eligible(key: string): News {
  const account = key.slice(EXHAUSTED.length);
  const message = `the limit of ${account} has ended; the next session under it is the probe`;
  return { type: 'quota.eligible', severity: 'info', target: `account/${account}`, message, fields: {} };
}

/** Held back by design, and for a while. */
const CALM: readonly WithheldReason[] = ['swap-cooldown', 'mid-turn', 'suspended', 'backing-off'];

function swapsHeld({ input, plan }: Shown): readonly Standing[] {
  return plan.withheld.flatMap(({ type, target, reason, because, until }: Withheld): readonly Standing[] => {
    const agent = input.desired.accounts[target.slice('account/'.length)]?.agent;
    if (type !== 'account.activate' || agent === undefined) return [];
    // Without an active account it would be no swap.
    if (activeLink(input, agent).type !== 'account') return [];
    const severity = CALM.includes(reason) ? 'info' : 'warning';
    const fields = { agent, reason, until: until === null ? null : new Date(until).toISOString() };
    const news: News = { type: 'swap.withheld', severity, target, message: `${reason}: ${because}`, fields };
    return [{ key: `swap.withheld ${agent}`, value: `${target} ${reason}`, news }];
  });
}

function blockedNow({ input, plan }: Shown): readonly Standing[] {
  if (phaseOf(input, plan) !== 'Blocked') return [];
  const at = goesOnAt(input);
  const message =
    at === null
      ? 'no account is left to work under: `rollcall why account/NAME` tells of each'
      : `no account is left to work under; it goes on by itself in ${durationWords(at - input.observed.at)}`;
  const fields = { until: at === null ? null : new Date(at).toISOString() };
  const news: News = { type: 'fleet.blocked', severity: 'error', target: 'fleet', message, fields };
  return [{ key: 'fleet.blocked', value: 'blocked', news }];
}
