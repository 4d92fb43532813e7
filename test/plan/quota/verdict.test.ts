import { describe, expect, it } from 'vitest';
import type { DesiredState } from '../../../src/model/desired.ts';
import { type Memory, NO_MEMORY } from '../../../src/model/memory.ts';
import {
  type AccountQuota,
  NO_QUOTA,
  NOTHING_KNOWN,
  type QuotaMemory,
  type Swap,
} from '../../../src/model/quota.ts';
import type { AgentFacts, ObservedRun } from '../../../src/model/run.ts';
import { EVIDENCE } from '../../../src/model/screen.ts';
import { nextQuotaLook, quotaAfter } from '../../../src/plan/quota/verdict.ts';
import { input, MINUTE, NOW, observed } from '../../support/fleet.ts';
import {
  atWork,
  attemptOf,
  HOUR,
  hook,
  inHook,
  inTranscript,
  onScreen,
  operatorUnder,
  quotaFleet,
  quotaLook,
  runUnder,
} from '../../support/quota-fleet.ts';

const FLEET = quotaFleet();
const SOON = NOW + 2 * HOUR;
const WORKS = atWork();

interface Scene {
  readonly state?: DesiredState;
  /** What the agents of pool sessions show, all under `main` unless said otherwise. */
  readonly pool?: readonly (AgentFacts | ObservedRun)[];
  readonly dedicated?: readonly AgentFacts[];
  readonly memory?: Partial<Memory>;
  readonly at?: number;
  readonly active?: string;
}

function verdictOf({ state = FLEET, pool = [], dedicated = [], memory, at = NOW, active = 'main' }: Scene) {
  const runs = pool.map((each, i) => ('runDir' in each ? each : runUnder(i, 'main', each)));
  const operators =
    dedicated.length === 0 ? {} : { mine: dedicated.map((facts) => operatorUnder('main', facts)) };
  const look = { ...quotaLook(state, active, { runs, operators }), at };
  const { quota, decisions } = quotaAfter(state, look, { ...NO_MEMORY, ...memory });
  const main = quota.accounts['main'] ?? NOTHING_KNOWN;
  return { main, quota, decision: decisions.find(({ account }) => account === 'main')?.decision ?? null };
}

/** So many looks, so far apart, each going on from what the one before remembered. */
function afterLooks(scenes: readonly Scene[], everyMs = 15_000): readonly (string | null)[] {
  let quota: QuotaMemory = NO_QUOTA;
  return scenes.map((scene, i) => {
    const after = verdictOf({ at: NOW + i * everyMs, ...scene, memory: { ...scene.memory, quota } });
    quota = after.quota;
    return after.decision;
  });
}

function known(over: Partial<AccountQuota>, swaps: readonly Swap[] = []): Partial<Memory> {
  return { quota: { accounts: { main: { ...NOTHING_KNOWN, ...over } }, swaps } };
}

function swap(at: number, over: Partial<Swap> = {}): Swap {
  return { agent: 'claude', from: 'backup', to: 'main', at, byHand: false, made: true, ...over };
}

const BECAUSE = {
  since: NOW - HOUR,
  source: 'transcript',
  confidence: 'told',
  session: 'auto-0',
  rule: 'quota',
  text: '',
} as const;

describe('a verdict on an account (SPEC §6.5)', () => {
  it('is made by one record with its reset, whatever the thresholds', () => {
    const { main, decision } = verdictOf({
      pool: [inTranscript('quota', { resetsAt: SOON }), WORKS, WORKS, WORKS],
    });
    expect(decision).toBe('exhausted');
    expect(main).toMatchObject({
      exhaustedUntil: SOON,
      because: { confidence: 'told', source: 'transcript' },
    });
  });

  it.each([
    { pool: 1, of: 3, dedicated: 0, is: 'not-enough' },
    { pool: 2, of: 3, dedicated: 0, is: 'exhausted' },
    { pool: 1, of: 1, dedicated: 0, is: 'exhausted' },
    { pool: 0, of: 3, dedicated: 1, is: 'exhausted' },
    { pool: 1, of: 2, dedicated: 1, is: 'exhausted' },
  ])('takes $pool of $of pool screens and $dedicated dedicated ones for $is', (row) => {
    const hit = onScreen('quota', { resetsAt: SOON });
    const { decision, main } = verdictOf({
      pool: Array.from({ length: row.of }, (_, i) => (i < row.pool ? hit : WORKS)),
      dedicated: Array.from({ length: row.dedicated }, () => hit),
    });
    expect(decision).toBe(row.is);
    expect(main.exhaustedUntil).toBe(row.is === 'exhausted' ? SOON : null);
    expect(main.because?.confidence ?? null).toBe(row.is === 'exhausted' ? 'read' : null);
  });

  it('asks for no more agents of a kind than there are', () => {
    const state = quotaFleet({ quota: { thresholds: { pool: 5, dedicated: 5 } } });
    const hit = onScreen('quota', { resetsAt: SOON });
    expect(verdictOf({ state, pool: [hit, hit] }).decision).toBe('exhausted');
    expect(verdictOf({ state, pool: [hit, WORKS] }).decision).toBe('not-enough');
    expect(verdictOf({ state, dedicated: [hit] }).decision).toBe('exhausted');
    expect(verdictOf({ state, pool: [WORKS, WORKS], dedicated: [hit] }).decision).toBe('exhausted');
    expect(verdictOf({ state, pool: [hit], dedicated: [WORKS] }).decision).toBe('exhausted');
  });

  it('counts an agent that has ended, and what it said', () => {
    const hit = runUnder(
      0,
      'main',
      inHook('quota'),
      {},
      { agent: null, exit: { code: 1, signal: null, at: NOW } },
    );
    expect(verdictOf({ pool: [hit, WORKS, WORKS] }).decision).toBe('not-enough');
    expect(verdictOf({ pool: [hit, WORKS] }).decision).toBe('not-enough');
    expect(verdictOf({ pool: [hit] }).decision).toBe('suspected');
  });

  it('counts no screen of one that has ended: it may be of the start before', () => {
    const exit = { code: 1, signal: null, at: NOW };
    const dead = runUnder(0, 'main', onScreen('quota', { resetsAt: SOON }), {}, { agent: null, exit });
    expect(verdictOf({ pool: [dead] }).decision).toBe(null);
  });

  it.each([1, 2, 3, 5])('without a reset takes %i looks where the file says so', (confirmations) => {
    const state = quotaFleet({ quota: { confirmations } });
    const looks = afterLooks(
      Array.from({ length: confirmations + 1 }, () => ({ state, pool: [inHook('quota')] })),
    );
    const before = Array.from({ length: confirmations - 1 }, () => 'suspected');
    expect(looks.slice(0, confirmations)).toEqual([...before, 'exhausted']);
  });

  it('takes looks a moment apart for one', () => {
    const looks = Array.from({ length: 9 }, () => ({ pool: [inHook('quota')] }));
    expect(afterLooks(looks, 100)).toEqual(looks.map(() => 'suspected'));
  });

  it('assumes an hour where nothing says when it ends', () => {
    const hit: Scene = { pool: [inHook('quota')] };
    const first = verdictOf(hit);
    const second = verdictOf({ ...hit, at: NOW + 2_000, memory: { quota: first.quota } });
    expect(second.main).toMatchObject({
      exhaustedUntil: NOW + 2_000 + HOUR,
      because: { confidence: 'assumed' },
    });
  });

  it('believes the dialog of a limit where nothing says that the turn goes on, and never over an agent at work', () => {
    const at = NOW - 1_000;
    const { screen } = onScreen('quota', { at, resetsAt: SOON });
    const { transcript } = inTranscript('quota', { at });
    if (screen === null || transcript === null) throw new Error('nothing shown');
    const verdict = { ...screen.verdict, dialog: 'limit-menu' } as const;
    const asking = (status: 'waiting' | 'working'): AgentFacts => ({
      ...inTranscript('quota', { at }),
      hooks: [],
      registry: { status, waitingFor: 'dialog open', at },
      transcript: { ...transcript, turn: 'open', error: null },
      screen: { ...screen, verdict },
    });
    expect(verdictOf({ dedicated: [asking('waiting')] }).main.exhaustedUntil).toBe(SOON);
    expect(verdictOf({ dedicated: [asking('working')] }).main.exhaustedUntil).toBe(null);
  });

  it('asks for the look that can confirm a suspicion, and for none where there is none', () => {
    const next = (memory: Partial<Memory>): number | null =>
      nextQuotaLook(input(FLEET, observed(FLEET), { memory: { ...NO_MEMORY, ...memory } }));
    const { quota } = verdictOf({ pool: [inHook('quota')] });
    expect([next({ quota }), next({})]).toEqual([NOW + 1_000, null]);
  });

  it('forgets a suspicion with what it rested on', () => {
    const seen: Scene = { pool: [inHook('quota')] };
    const gone: Scene = { pool: [WORKS] };
    expect(afterLooks([seen, gone, seen, gone, seen])).toEqual([
      'suspected',
      null,
      'suspected',
      null,
      'suspected',
    ]);
  });

  it.each(EVIDENCE.filter((each) => each !== 'quota'))('makes nothing of %s', (evidence) => {
    const scene = {
      pool: [
        inTranscript(evidence, { resetsAt: SOON }),
        inHook(evidence),
        onScreen(evidence, { resetsAt: SOON }),
      ],
      dedicated: [inTranscript(evidence, { resetsAt: SOON }), onScreen(evidence)],
    };
    const looks = Array.from({ length: 5 }, () => scene);
    // That it was seen and counts for nothing may be said.
    expect(afterLooks(looks).filter((decision) => decision !== null && decision !== 'vetoed')).toEqual([]);
    expect(verdictOf(scene).main).toMatchObject({ exhaustedUntil: null, suspicion: null });
  });

  it('lets records veto a screen that shows a limit', () => {
    const screen = onScreen('quota', { resetsAt: SOON }).screen;
    const busy = [inHook('server-error'), inTranscript('server-error'), inHook('throttled'), WORKS];
    for (const facts of busy) {
      const looks = Array.from({ length: 3 }, () => ({ pool: [{ ...facts, screen }] }));
      expect(afterLooks(looks)).not.toContain('exhausted');
      expect(afterLooks(looks)).not.toContain('suspected');
    }
  });

  it('hears of a working agent no limit on its screen, whatever of its records is there', () => {
    const { screen } = onScreen('quota', { resetsAt: SOON });
    const registry = { status: 'working', waitingFor: null, at: NOW - 5_000 } as const;
    expect(verdictOf({ pool: [{ ...onScreen(null), screen, registry }] }).decision).toBe(null);
    const hooks = [hook({ event: 'prompted' })];
    expect(verdictOf({ pool: [{ ...onScreen(null), screen, hooks }] }).decision).toBe(null);
    const ended = [hook({ event: 'turn-ended' })];
    expect(verdictOf({ pool: [{ ...onScreen(null), screen, hooks: ended }] }).decision).toBe(null);
  });

  it('believes no reset that no limit can have', () => {
    const far = NOW + 30 * 24 * HOUR;
    const { main, decision } = verdictOf({ pool: [inTranscript('quota', { resetsAt: far })] });
    expect(decision).toBe('suspected');
    expect(main.exhaustedUntil).toBe(null);
  });
});

describe('evidence that does not count', () => {
  const hit = inTranscript('quota', { at: NOW - 2_000, resetsAt: SOON });

  it('is of an agent that was started under another account', () => {
    const { quota } = verdictOf({ pool: [runUnder(0, 'backup', hit)] });
    expect(quota.accounts['main']?.exhaustedUntil).toBe(null);
    expect(quota.accounts['backup']?.exhaustedUntil).toBe(SOON);
  });

  it('is from before its last start', () => {
    const again = runUnder(0, 'main', hit, { launches: 2, launchedAt: NOW - 1_000 });
    expect(verdictOf({ pool: [again] }).decision).toBe(null);
    const hooked = runUnder(0, 'main', inHook('quota', { at: NOW - 2_000 }), { launchedAt: NOW - 1_000 });
    expect(verdictOf({ pool: [hooked] }).decision).toBe(null);
  });

  it('is from before the last swap', () => {
    expect(verdictOf({ pool: [hit], memory: known({}, [swap(NOW - 1_999)]) }).decision).toBe('not-enough');
    expect(verdictOf({ pool: [hit], memory: known({}, [swap(NOW - 2_001)]) }).decision).toBe('exhausted');
    const codex = swap(NOW - 1_000, { agent: 'codex' });
    expect(verdictOf({ pool: [hit], memory: known({}, [codex]) }).decision).toBe('exhausted');
  });

  it('is from before the last swap of its agent, however long that is ago and whoever swapped since', () => {
    const swaps = [swap(NOW - 30 * HOUR), swap(NOW - HOUR, { agent: 'codex' })];
    const { quota } = verdictOf({ memory: known({}, swaps) });
    const old = runUnder(0, 'main', inHook('quota', { at: NOW - 31 * HOUR }), {
      launchedAt: NOW - 40 * HOUR,
    });
    expect(afterLooks([{ pool: [old], memory: { quota } }])).toEqual(['suspected']);
    expect(verdictOf({ pool: [old], memory: { quota } }).decision).toBe('not-enough');
  });

  it('is of a limit that has ended', () => {
    const ended = { exhaustedUntil: NOW - MINUTE, because: null };
    const before = inHook('quota', { at: NOW - 2 * MINUTE });
    const after = inHook('quota', { at: NOW - 30_000 });
    expect(verdictOf({ pool: [before], memory: known(ended) }).decision).toBe('not-enough');
    expect(verdictOf({ pool: [after], memory: known(ended) }).decision).toBe('suspected');
    const told = inTranscript('quota', { at: NOW - 2 * MINUTE, resetsAt: NOW - 1 });
    expect(verdictOf({ pool: [told] }).decision).toBe('not-enough');
  });

  it('is of a task that is parked', () => {
    expect(verdictOf({ pool: [runUnder(0, 'main', hit, { parkedUntil: SOON })] }).decision).toBe(null);
  });

  it('is a screen alone of an agent that keeps records, before it has written any since its start', () => {
    const { screen } = onScreen('quota', { resetsAt: SOON });
    for (const facts of [inHook('server-error'), inTranscript('server-error'), atWork()]) {
      const later = runUnder(0, 'main', { ...facts, screen }, { launchedAt: NOW - 500 });
      expect(verdictOf({ pool: [later] }).decision).toBe(null);
    }
    const heard = { ...inHook(null, { at: NOW - 400 }), screen };
    expect(verdictOf({ pool: [runUnder(0, 'main', heard, { launchedAt: NOW - 500 })] }).decision).toBe(
      'exhausted',
    );
  });

  it('is a screen that has looked like this since before the swap', () => {
    const facts = { ...onScreen('quota', { at: NOW, resetsAt: SOON }) };
    const since = (at: number) => ({ [attemptOf(0)]: { hash: 'x', since: at } });
    const swaps = [swap(NOW - MINUTE)];
    const old = { ...known({}, swaps), screens: since(NOW - 2 * MINUTE) };
    const fresh = { ...known({}, swaps), screens: since(NOW - 30_000) };
    expect(verdictOf({ pool: [facts], memory: old }).decision).toBe('not-enough');
    expect(verdictOf({ pool: [facts], memory: fresh }).decision).toBe('exhausted');
  });
});

describe('an exhausted account', () => {
  const until = { exhaustedUntil: SOON, because: BECAUSE };

  it('stays so while its time lasts, whatever is seen or not', () => {
    for (const pool of [
      [],
      [WORKS],
      [inHook('server-error')],
      [inTranscript('quota', { resetsAt: SOON - HOUR })],
    ]) {
      expect(verdictOf({ pool, memory: known(until) }).main).toMatchObject(until);
    }
  });

  it('stays so for longer where a younger refusal says so', () => {
    const weekly = NOW + 48 * HOUR;
    const { main, decision } = verdictOf({
      pool: [inTranscript('quota', { resetsAt: weekly })],
      memory: known(until),
    });
    expect(decision).toBe('extended');
    expect(main.exhaustedUntil).toBe(weekly);
  });

  it('is put right where its end was only assumed', () => {
    const assumed = { ...until, because: { ...BECAUSE, confidence: 'assumed' as const } };
    const told = inTranscript('quota', { resetsAt: SOON - HOUR });
    expect(verdictOf({ pool: [told], memory: known(assumed) }).main.exhaustedUntil).toBe(SOON - HOUR);
  });

  it('is tried again when its time is over, and is told so once', () => {
    expect(verdictOf({ at: SOON - 1, memory: known(until) }).main.exhaustedUntil).toBe(SOON);
    const first = verdictOf({ at: SOON, memory: known(until) });
    expect(first.decision).toBe('eligible');
    expect(verdictOf({ at: SOON + 15_000, memory: { quota: first.quota } }).decision).toBe(null);
  });

  it('is exhausted again only by what was said after that', () => {
    const first = verdictOf({ at: SOON, memory: known(until) });
    const stale = inHook('quota', { at: SOON - MINUTE });
    const fresh = inTranscript('quota', { at: SOON + MINUTE, resetsAt: SOON + 5 * HOUR });
    const at = SOON + 2 * MINUTE;
    expect(verdictOf({ at, pool: [stale], memory: { quota: first.quota } }).main.exhaustedUntil).toBe(SOON);
    expect(verdictOf({ at, pool: [fresh], memory: { quota: first.quota } }).decision).toBe('exhausted');
  });

  it('is not forgotten while the file does not declare it', () => {
    const without = quotaFleet({ accounts: ['backup', 'third'] });
    const gone = verdictOf({ state: without, active: 'backup', memory: known(until) });
    expect(verdictOf({ memory: { quota: gone.quota } }).main.exhaustedUntil).toBe(SOON);
    const later = verdictOf({ state: without, active: 'backup', at: SOON + 1, memory: known(until) });
    expect(later.quota.accounts).not.toHaveProperty('main');
  });
});

describe('a clock that jumps', () => {
  it('keeps no account exhausted for longer than a limit can last', () => {
    const { main } = verdictOf({ memory: known({ exhaustedUntil: NOW + 20 * 24 * HOUR, because: BECAUSE }) });
    expect(main).toMatchObject({ exhaustedUntil: null, because: null });
  });

  it('takes a swap that is still to come for one made now, once', () => {
    const first = verdictOf({ memory: known({}, [swap(NOW + 10 * HOUR)]) });
    expect(first.quota.swaps.map(({ at }) => at)).toEqual([NOW]);
    const later = verdictOf({ at: NOW + HOUR, memory: { quota: first.quota } });
    expect(later.quota.swaps.map(({ at }) => at)).toEqual([NOW]);
  });

  it('begins a suspicion anew that is still to come', () => {
    const suspicion = { since: NOW + HOUR, at: NOW + HOUR, looks: 1 };
    const { main, decision } = verdictOf({ pool: [inHook('quota')], memory: known({ suspicion }) });
    expect(decision).toBe('suspected');
    expect(main.suspicion).toEqual({ since: NOW, at: NOW, looks: 1 });
  });

  it('does not begin a limit again that was seen to end', () => {
    const ended = verdictOf({ at: SOON + 1, memory: known({ exhaustedUntil: SOON, because: BECAUSE }) });
    const back = verdictOf({ at: NOW, memory: { quota: ended.quota } });
    expect(back.main.exhaustedUntil).toBe(NOW);
  });

  it('makes nothing of what is still to be said', () => {
    const ahead = (ms: number) =>
      verdictOf({ pool: [inTranscript('quota', { at: NOW + ms, resetsAt: SOON })] });
    expect(ahead(60_001).decision).toBe('not-enough');
    expect(ahead(60_000).decision).toBe('exhausted');
  });

  it('does not keep a percentage that is still to come', () => {
    const usage = (percent: number, at: number) => ({ five_hour: { percent, resetsAt: NOW + 5 * HOUR, at } });
    const memory = known({ used: usage(99, NOW + 3 * HOUR) });
    const first = verdictOf({ memory });
    const next = verdictOf({
      at: NOW + MINUTE,
      pool: [{ ...WORKS, usage: usage(10, NOW + 30_000) }],
      memory: { quota: first.quota },
    });
    expect(next.main.used['five_hour']?.percent).toBe(10);
  });
});

describe('how much is used', () => {
  const usage = (percent: number, at: number, resetsAt: number | null = NOW + HOUR) => ({
    five_hour: { percent, resetsAt, at },
  });

  it('is the youngest word of any agent under the account', () => {
    const { main } = verdictOf({
      pool: [
        { ...WORKS, usage: usage(40, NOW - 2_000) },
        { ...WORKS, usage: usage(41, NOW - 1_000) },
      ],
      dedicated: [{ ...WORKS, usage: usage(10, NOW - 9_000) }],
    });
    expect(main.used['five_hour']?.percent).toBe(41);
  });

  it('is nothing an agent was told under another account, before it was started again', () => {
    const told = { ...WORKS, usage: usage(97, NOW - 5 * MINUTE) };
    const again = runUnder(0, 'main', told, { launches: 2, launchedAt: NOW - MINUTE });
    expect(verdictOf({ pool: [again] }).main.used).toEqual({});
  });

  it('ends with its window, and is forgotten where nothing says when that is', () => {
    expect(verdictOf({ memory: known({ used: usage(97, NOW - HOUR, NOW) }) }).main.used).toEqual({});
    expect(verdictOf({ memory: known({ used: usage(97, NOW - 7 * HOUR, null) }) }).main.used).toEqual({});
    expect(verdictOf({ memory: known({ used: usage(97, NOW - 5 * HOUR, null) }) }).main.used).not.toEqual({});
  });

  it('exhausts nothing, full as it may be', () => {
    expect(verdictOf({ pool: [{ ...WORKS, usage: usage(100, NOW) }] })).toMatchObject({ decision: null });
  });
});

describe('a login that was refused', () => {
  it('is remembered until an agent of the account works again', () => {
    const refused = verdictOf({ pool: [inHook('auth')] });
    expect(refused.main.exhaustedUntil).toBeNull();
    const at = refused.main.loggedOutAt;
    expect(at).not.toBeNull();
    expect(verdictOf({ memory: { quota: refused.quota } }).main.loggedOutAt).toBe(at);
    const works = atWork(NOW);
    expect(verdictOf({ memory: { quota: refused.quota }, pool: [works] }).main.loggedOutAt).toBeNull();
  });
});
