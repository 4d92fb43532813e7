import { describe, expect, test } from 'vitest';
import { forensics } from '../../src/loop/forensics.ts';
import { quotaNews } from '../../src/loop/quota-news.ts';
import { type Announced, NO_MEMORY } from '../../src/model/memory.ts';
import type { PlanInput } from '../../src/model/plan-input.ts';
import {
  type AccountEvidence,
  type AccountQuota,
  type Exhaustion,
  NOTHING_KNOWN,
  type QuotaDecision,
  type Swap,
} from '../../src/model/quota.ts';
import { read } from '../../src/model/reading.ts';
import { plan } from '../../src/plan/plan.ts';
import { desired, HOME, input, MINUTE, NOW, observed, twoAccounts } from '../support/fleet.ts';

const HOUR = 60 * MINUTE;
const STATE = desired(twoAccounts());
const BECAUSE: Exhaustion = {
  since: NOW,
  source: 'transcript',
  confidence: 'told',
  session: 'auto-1',
  rule: 'quota',
  text: 'You have hit your limit. Secret words of a screen.',
};

/** The fleet at a time, with what is known of its accounts; the active link leads to main. */
function look(
  quota: Readonly<Record<string, Partial<AccountQuota>>>,
  at = NOW,
  over: { readonly swaps?: readonly Swap[] } = {},
): Parameters<typeof quotaNews>[0] {
  const accounts = Object.fromEntries(
    Object.entries(quota).map(([name, known]) => [name, { ...NOTHING_KNOWN, ...known }]),
  );
  const memory = { ...NO_MEMORY, quota: { accounts, swaps: over.swaps ?? [] } };
  const plain = observed(STATE, { at });
  const link = read({
    type: 'link',
    target: `${HOME}/.claude-main`,
    resolved: `${HOME}/.claude-main`,
  } as const);
  const given: PlanInput = {
    ...input(STATE, { ...plain, paths: { ...plain.paths, [`${HOME}/.claude`]: link } }),
    memory,
    exhaustedUntil: read(
      Object.fromEntries(
        Object.entries(accounts).map(([name, { exhaustedUntil }]) => [name, exhaustedUntil]),
      ),
    ),
  };
  return { input: given, plan: plan(given), memory };
}

/** What is said over a row of looks, as `type target`, each with what was said before it. */
function said(looks: readonly Parameters<typeof quotaNews>[0][]): readonly (readonly string[])[] {
  let announced: Announced = {};
  return looks.map((each) => {
    const found = quotaNews(each, announced);
    // As it comes back from disk.
    ({ announced } = JSON.parse(JSON.stringify(found)));
    return found.news.map(({ type, target }) => `${type} ${target}`);
  });
}

const spent = (ms: number): Partial<AccountQuota> => ({ exhaustedUntil: NOW + ms, because: BECAUSE });

describe('quota in the journal', () => {
  test('says once that an account is exhausted, and once that its limit has ended', () => {
    const main = { main: spent(HOUR) };
    expect(
      said([
        look({}),
        look(main),
        look(main, NOW + MINUTE),
        look(main, NOW + HOUR),
        look(main, NOW + 2 * HOUR),
      ]),
    ).toEqual([[], ['quota.exhausted account/main'], [], ['quota.eligible account/main'], []]);
  });

  test('says it again where the limit turns out to be a longer one, and not where it moves by seconds', () => {
    expect(
      said([
        look({ main: spent(HOUR) }),
        look({ main: spent(HOUR + 900) }),
        look({ main: spent(30 * HOUR) }),
      ]),
    ).toEqual([['quota.exhausted account/main'], [], ['quota.exhausted account/main']]);
  });

  test('says a suspicion once, however many looks it lasts, and a later one anew', () => {
    const suspicion = (since: number, looks: number): Partial<AccountQuota> => ({
      suspicion: { since, at: NOW, looks },
    });
    expect(
      said([
        look({ main: suspicion(NOW, 1) }),
        look({ main: suspicion(NOW, 1) }),
        look({}),
        look({ main: suspicion(NOW + HOUR, 1) }, NOW + HOUR),
      ]),
    ).toEqual([['quota.suspected account/main'], [], [], ['quota.suspected account/main']]);
  });

  test('says once that a swap is withheld', () => {
    const swaps: Swap[] = [
      { agent: 'claude', from: 'backup', to: 'main', at: NOW - MINUTE, byHand: false, made: true },
    ];
    const main = { main: spent(HOUR) };
    const held = look(main, NOW, { swaps });
    const found = said([held, held, look(main, NOW + HOUR / 2)]);
    expect(found[0]).toContain('swap.withheld account/backup');
    expect(found.slice(1)).toEqual([[], []]);
  });

  test('says once that the fleet is blocked, and when it goes on', () => {
    const none = { main: spent(HOUR), backup: spent(HOUR / 2) };
    const first = quotaNews(look(none), {});
    expect(first.news.find(({ type }) => type === 'fleet.blocked')).toMatchObject({
      severity: 'error',
      target: 'fleet',
      message: expect.stringContaining('goes on by itself in 30 m'),
      fields: { until: new Date(NOW + HOUR / 2).toISOString() },
    });
    expect(said([look(none), look(none, NOW + MINUTE)])[1]).toEqual([]);
  });

  test('holds no words of a screen', () => {
    expect(JSON.stringify(quotaNews(look({ main: spent(HOUR) }), {}))).not.toContain('Secret words');
  });
});

const SEEN: AccountEvidence = {
  account: 'main',
  session: 'auto-1',
  kind: 'pool',
  evidence: 'quota',
  at: NOW - 1000,
  source: 'screen',
  resetsAt: NOW + HOUR,
  rule: 'limit-hit',
  text: '\u{1f6d1}'.repeat(200),
};
const DECIDED: QuotaDecision = {
  account: 'main',
  decision: 'exhausted',
  until: NOW + HOUR,
  evidence: [SEEN, { ...SEEN, evidence: 'none', session: 'auto-2' }],
};

/** The decisions of each record, over a row of looks that each decide these. */
function written(rounds: readonly (readonly QuotaDecision[])[]): readonly (readonly string[])[] {
  let announced: Announced = {};
  return rounds.map((decisions) => {
    const found = forensics({ decisions, input: input(STATE, observed(STATE)) }, announced);
    ({ announced } = found);
    return found.records.map(({ decision }) => decision);
  });
}

describe('the forensic record', () => {
  test('has session, rule, source, reset and at most 120 characters of what was read', () => {
    const { records } = forensics({ decisions: [DECIDED], input: input(STATE, observed(STATE)) }, {});
    expect(records).toEqual([
      {
        at: new Date(NOW).toISOString(),
        account: 'main',
        decision: 'exhausted',
        until: new Date(NOW + HOUR).toISOString(),
        evidence: [
          {
            session: 'auto-1',
            kind: 'pool',
            evidence: 'quota',
            at: new Date(NOW - 1000).toISOString(),
            source: 'screen',
            resetsAt: new Date(NOW + HOUR).toISOString(),
            rule: 'limit-hit',
            text: '\u{1f6d1}'.repeat(120),
          },
        ],
      },
    ]);
  });

  test('is not written again for what every later look shows, and is where evidence or decision change', () => {
    const again: QuotaDecision = { ...DECIDED, decision: 'not-enough' };
    const second = { ...again, evidence: [SEEN, { ...SEEN, session: 'auto-3' }] };
    const after: QuotaDecision = { ...DECIDED, decision: 'not-enough', until: NOW - 1 };
    const countsDown = { ...again, evidence: [{ ...SEEN, at: NOW, text: 'in 3 s' }] };
    expect(written([[DECIDED], [again], [countsDown], [second], [after], [after]])).toEqual([
      ['exhausted'],
      [],
      [],
      ['exhausted'],
      ['not-enough'],
      [],
    ]);
  });

  test('is written again for what was gone and comes back, and for what the records say later', () => {
    const told: QuotaDecision = { ...DECIDED, evidence: [{ ...SEEN, source: 'transcript' }] };
    const later: QuotaDecision = { ...told, evidence: [{ ...SEEN, source: 'transcript', at: NOW }] };
    expect(written([[DECIDED], [], [DECIDED], [told], [later], [later]])).toEqual([
      ['exhausted'],
      [],
      ['exhausted'],
      ['exhausted'],
      ['exhausted'],
      [],
    ]);
  });

  test('remembers what was written without the words', () => {
    const { announced } = forensics(
      {
        decisions: [{ ...DECIDED, evidence: [{ ...SEEN, text: 'words' }] }],
        input: input(STATE, observed(STATE)),
      },
      {},
    );
    expect(JSON.stringify(announced)).not.toContain('words');
  });
});
