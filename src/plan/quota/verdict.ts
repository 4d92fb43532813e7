import type { DesiredState } from '../../model/desired.ts';
import type { Memory } from '../../model/memory.ts';
import type { Observed } from '../../model/observed.ts';
import type { PlanInput } from '../../model/plan-input.ts';
import {
  type AccountEvidence,
  type AccountQuota,
  type Exhaustion,
  NOTHING_KNOWN,
  type QuotaDecision,
  type QuotaMemory,
} from '../../model/quota.ts';
import { earliest } from '../earliest.ts';
import { entriesOf } from '../order.ts';
import { accountEvidence, LONGEST_MS } from './evidence.ts';
import { lastSwap, swapsAfter } from './swaps.ts';
import { usedAfter } from './usage.ts';

/** What is remembered of quota after a look, and what was decided in it. */
export interface Verdicts {
  readonly quota: QuotaMemory;
  /** Only where something was seen, or changed. */
  readonly decisions: readonly QuotaDecision[];
}

/** Where nothing tells when a limit ends the account is tried again after this. */
const ASSUMED_MS = 3_600_000;
/** Looks closer together than this are one. */
const APART_MS = 1_000;
/** What is further ahead of the look than a look takes was said under another clock, before or after whatever. */
const AHEAD_MS = 60_000;
/** A refusal that is this much younger than the moment a limit was to end is a new one. */
const AFTER_RESET_MS = 1_000;

/** Judges every account by what its agents show (SPEC §6.5). Pure: the look's time is the only clock. */
export function quotaAfter(desired: DesiredState, observed: Observed, memory: Memory): Verdicts {
  const evidence = accountEvidence(desired, observed, memory);
  const swaps = swapsAfter(desired, observed, memory.quota);
  const accounts: Record<string, AccountQuota> = undeclared(desired, observed, memory);
  const decisions: QuotaDecision[] = [];
  for (const [account, { agent }] of entriesOf(desired.accounts)) {
    const known = sane(memory.quota.accounts[account] ?? NOTHING_KNOWN, observed.at);
    const swappedAt = lastSwap({ swaps }, agent, observed.at);
    const mine = evidence.filter((each) => each.account === account);
    const counted = mine.filter((each) => isStillTrue(each, known, swappedAt, observed.at));
    const judged = judgeAccount(desired, observed, known, counted, agentsOf(observed, account, counted));
    accounts[account] = {
      ...judged.quota,
      loggedOutAt: loggedOutAfter(known.loggedOutAt ?? null, mine),
      used: usedAfter(observed, account, known.used),
    };
    const decision = judged.decision ?? withoutConsequence(mine);
    if (decision === null) continue;
    decisions.push({ account, decision, until: judged.quota.exhaustedUntil, evidence: mine });
  }
  return { quota: { accounts, swaps }, decisions };
}

/** The last refusal of its login, forgotten once an agent of it works again. */
function loggedOutAfter(known: number | null, mine: readonly AccountEvidence[]): number | null {
  const refusedAt = Math.max(
    known ?? 0,
    ...mine.filter(({ evidence }) => evidence === 'auth').map(({ at }) => at),
  );
  const workedAt = Math.max(0, ...mine.filter(({ evidence }) => evidence === 'none').map(({ at }) => at));
  return refusedAt === 0 || workedAt > refusedAt ? null : refusedAt;
}

/** What was shown and changes nothing; null: nothing was shown. */
function withoutConsequence(mine: readonly AccountEvidence[]): 'not-enough' | 'vetoed' | null {
  if (mine.some(({ evidence }) => evidence === 'quota')) return 'not-enough';
  return mine.some(({ evidence }) => evidence !== 'none') ? 'vetoed' : null;
}

interface Judged {
  readonly quota: Pick<AccountQuota, 'exhaustedUntil' | 'because' | 'suspicion'>;
  readonly decision: QuotaDecision['decision'] | null;
}

function judgeAccount(
  { quota }: DesiredState,
  { at: now }: Observed,
  known: AccountQuota,
  counted: readonly AccountEvidence[],
  agents: Readonly<Record<AccountEvidence['kind'], number>>,
): Judged {
  const refusals = counted.filter(({ evidence }) => evidence === 'quota');
  const told = refusals.filter(({ source, resetsAt }) => source !== 'screen' && resetsAt !== null);
  const agreed = (['pool', 'dedicated'] as const).some((kind) => {
    const agreeing = refusals.filter((each) => each.kind === kind).length;
    return agreeing > 0 && agreeing >= Math.min(quota.thresholds[kind], agents[kind]);
  });
  if (told.length === 0 && !agreed) return unchanged(known, now, refusals.length > 0);
  const deciding = told.length > 0 ? told : refusals;
  const first = deciding[0];
  if (first === undefined) return unchanged(known, now, false);
  const resets = deciding.flatMap(({ resetsAt }) => (resetsAt === null ? [] : [resetsAt]));
  if (resets.length > 0) {
    const until = Math.max(...resets);
    return exhausted(known, now, until, because(first, now, told.length > 0 ? 'told' : 'read'));
  }
  return suspected(known, now, quota.confirmations, first);
}

/** When a further look may confirm what is suspected, epoch milliseconds; null: nothing is. */
export function nextQuotaLook({ memory, observed }: PlanInput): number | null {
  const suspicions = Object.values(memory.quota.accounts).flatMap(({ suspicion }) => suspicion ?? []);
  return earliest(suspicions.map(({ at }) => Math.max(observed.at, at + APART_MS)));
}

/** Nothing new: what was known stays, and what was only suspected is dropped with what it rested on. */
function unchanged(known: AccountQuota, now: number, seen: boolean): Judged {
  const { exhaustedUntil, because: why } = known;
  const isOver = exhaustedUntil !== null && exhaustedUntil <= now;
  // When it ended stays known, for what was said before that is over; that it has ended is said once.
  const quota = { exhaustedUntil, because: isOver ? null : why, suspicion: null };
  return { quota, decision: isOver && why !== null ? 'eligible' : seen ? 'not-enough' : null };
}

function exhausted(known: AccountQuota, now: number, until: number, why: Exhaustion): Judged {
  const isExhausted = known.exhaustedUntil !== null && known.exhaustedUntil > now;
  // What was only assumed is put right by what an agent was told.
  const isSurer = known.because?.confidence === 'assumed' && why.confidence !== 'assumed';
  if (isExhausted && !isSurer && until <= (known.exhaustedUntil ?? 0)) {
    return {
      quota: { exhaustedUntil: known.exhaustedUntil, because: known.because, suspicion: null },
      decision: null,
    };
  }
  return {
    quota: { exhaustedUntil: until, because: why, suspicion: null },
    decision: isExhausted ? 'extended' : 'exhausted',
  };
}

/** Without a readable reset it takes as many looks as the file says (SPEC §6.5). */
function suspected(known: AccountQuota, now: number, confirmations: number, first: AccountEvidence): Judged {
  const { exhaustedUntil, because: why, suspicion } = known;
  if (exhaustedUntil !== null && exhaustedUntil > now) {
    return { quota: { exhaustedUntil, because: why, suspicion: null }, decision: null };
  }
  const isNew = suspicion === null || suspicion.at > now;
  const isApart = suspicion !== null && now - suspicion.at >= APART_MS;
  const looks = isNew ? 1 : suspicion.looks + (isApart ? 1 : 0);
  if (looks >= confirmations) {
    return exhausted(known, now, now + ASSUMED_MS, because(first, now, 'assumed'));
  }
  const next = {
    since: isNew ? now : suspicion.since,
    at: isNew || isApart ? now : suspicion.at,
    looks,
  };
  return { quota: { exhaustedUntil, because: why, suspicion: next }, decision: 'suspected' };
}

function because(
  { source, session, rule, text }: AccountEvidence,
  now: number,
  confidence: Exhaustion['confidence'],
): Exhaustion {
  return { since: now, source, confidence, session, rule, text };
}

/**
 * What was said before the last swap, or of a limit that has ended, is over: it comes up again in every look for as
 * long as its session stands there.
 */
export function isStillTrue(
  { at, resetsAt }: Pick<AccountEvidence, 'at' | 'resetsAt'>,
  known: AccountQuota | undefined,
  swappedAt: number,
  now: number,
): boolean {
  const exhaustedUntil = known?.exhaustedUntil ?? null;
  if (at <= swappedAt || at > now + AHEAD_MS || (resetsAt !== null && resetsAt <= now)) return false;
  const endedAt = exhaustedUntil !== null && exhaustedUntil <= now ? exhaustedUntil : null;
  return endedAt === null || at >= endedAt + AFTER_RESET_MS;
}

/** A time that no limit can have is of another clock; and one that was seen to end does not begin again with it. */
function sane(known: AccountQuota, now: number): AccountQuota {
  const { exhaustedUntil, because: why } = known;
  if (exhaustedUntil === null || exhaustedUntil <= now) return known;
  if (exhaustedUntil > now + LONGEST_MS) return { ...known, exhaustedUntil: null, because: null };
  return why === null ? { ...known, exhaustedUntil: now } : known;
}

/** How many agents of each kind are under an account: those that live, and those that said something before they ended. */
function agentsOf(
  { runs, operators }: Observed,
  account: string,
  counted: readonly AccountEvidence[],
): Readonly<Record<AccountEvidence['kind'], number>> {
  const said = new Set(counted.map(({ session }) => session));
  const pool = Object.values(runs).filter(
    ({ record, agent }) =>
      record.ok &&
      record.value?.account === account &&
      (agent?.alive === true || said.has(record.value.session)),
  ).length;
  const dedicated = Object.values(operators)
    .flat()
    .filter((each) => each.account === account).length;
  return { pool, dedicated };
}

/** An account that the file does not declare now may be declared again before its limit ends. */
function undeclared(
  { accounts }: DesiredState,
  { at }: Observed,
  { quota }: Memory,
): Record<string, AccountQuota> {
  const kept = Object.entries(quota.accounts)
    .map(([account, known]) => [account, sane(known, at)] as const)
    .filter(
      ([account, { exhaustedUntil }]) => !Object.hasOwn(accounts, account) && (exhaustedUntil ?? 0) > at,
    );
  return Object.fromEntries(kept);
}
