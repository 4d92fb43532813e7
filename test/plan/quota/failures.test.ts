import { describe, expect, it } from 'vitest';
import { isQuotaMemory } from '../../../src/host/state/quota-shape.ts';
import type { DesiredState } from '../../../src/model/desired.ts';
import { read, unreadable } from '../../../src/model/reading.ts';
import type { AgentFacts } from '../../../src/model/run.ts';
import { parseRecord, recordText } from '../../../src/queue/record.ts';
import { KIND } from '../../support/evolve.ts';
import { MINUTE, NOW } from '../../support/fleet.ts';
import { inbox, waiting } from '../../support/queue.ts';
import type { Truth } from '../../support/quota-evolve.ts';
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
import { QuotaLife } from '../../support/quota-life.ts';
import { runOf, withRun } from '../../support/world.ts';

const SILENT: Truth = { limits: {}, noise: 'none', told: ['transcript'], busy: 1 };

/** Two agents at work under the first account, who show what they are told to show. */
function twoAtWork(): QuotaLife {
  const plain = quotaFleet();
  const state: DesiredState = { ...plain, tasks: { ...plain.tasks, idleTimeoutMs: 9 * HOUR } };
  const runs = [runUnder(0, 'main', atWork()), runUnder(1, 'main', atWork())];
  return new QuotaLife(state, quotaLook(state, 'main', { runs, free: 2 }), SILENT);
}

/** A look at agents who show this, so long after the one before. */
function shows(life: QuotaLife, facts: AgentFacts, afterMs = 15_000): void {
  life.saw('main');
  life.look = [0, 1].reduce(
    (look, number) => {
      const run = runOf(look, attemptOf(number));
      return withRun(look, attemptOf(number), { ...run, facts });
    },
    { ...life.look, at: life.look.at + afterMs },
  );
  life.cycle();
}

/** Tasks that wait in a fleet whose accounts really run out. */
function atPeace(state: DesiredState, truth: Partial<Truth>, tasks = 2): QuotaLife {
  const entries = Object.fromEntries(
    Array.from({ length: tasks }, (_, i) => [`task-${String(i)}.md`, waiting(`task-${String(i)}`)] as const),
  );
  const look = quotaLook(state, 'main', { free: 4 });
  return new QuotaLife(state, { ...look, inboxes: { sec: read(inbox(entries)) } }, { ...SILENT, ...truth });
}

function livesOn(life: QuotaLife, looks: number, everyMs = 15_000): void {
  for (let look = 0; look < looks; look += 1) {
    life.passes(everyMs, KIND);
    life.cycle();
  }
}

describe('what the system before this one got wrong ⚑', () => {
  it('a 500 whose payload mentions rate limits moves nothing', () => {
    const life = twoAtWork();
    const payload =
      '{"type":"api_error","message":"rate limit service unavailable: usage limit reached, resets 8pm"}';
    const said = inTranscript('server-error', { at: NOW, resetsAt: NOW + HOUR });
    const transcript = said.transcript === null ? null : { ...said.transcript, lastLines: [payload] };
    const { screen } = onScreen('quota', { at: NOW, resetsAt: NOW + HOUR });
    for (let look = 0; look < 20; look += 1) shows(life, { ...said, transcript, screen });
    expect(life.memory.quota.accounts['main']?.exhaustedUntil).toBe(null);
    expect(life.swaps).toEqual([]);
  });

  it('a burst of 5xx that stays on the screen for an hour moves nothing', () => {
    const life = twoAtWork();
    for (let look = 0; look < 240; look += 1) shows(life, onScreen('server-error', { at: NOW }));
    expect(life.look.at - NOW).toBe(HOUR);
    expect(life.swaps).toEqual([]);
    expect(life.memory.quota.accounts['main']).toMatchObject({ exhaustedUntil: null, suspicion: null });
  });

  it('a hit without a reset, seen once and gone, moves nothing', () => {
    const life = twoAtWork();
    shows(life, onScreen('quota', { at: NOW }));
    expect(life.memory.quota.accounts['main']?.suspicion?.looks).toBe(1);
    shows(life, atWork());
    expect(life.memory.quota.accounts['main']).toMatchObject({ exhaustedUntil: null, suspicion: null });
    for (let look = 0; look < 20; look += 1) shows(life, atWork());
    expect(life.swaps).toEqual([]);
  });

  it('and seen twice is a limit', () => {
    const life = twoAtWork();
    shows(life, onScreen('quota', { at: NOW }));
    shows(life, onScreen('quota', { at: NOW }));
    expect(life.swaps.map(({ from, to }) => [from, to])).toEqual([['main', 'backup']]);
  });

  it('two accounts that are both spent are not swapped to and fro', () => {
    const state = quotaFleet({ accounts: ['main', 'backup'], quota: { cooldownMs: 0 } });
    const life = atPeace(state, { limits: { main: NOW + 2 * HOUR, backup: NOW + 3 * HOUR } });
    livesOn(life, 8 * 60, 30_000);
    expect(life.swaps.map(({ from, to }) => [from, to])).toEqual([
      ['main', 'backup'],
      ['backup', 'main'],
    ]);
    expect(life.swaps[1]?.at).toBeGreaterThanOrEqual(NOW + 2 * HOUR);
    expect(life.counts()).toMatchObject({ done: 2, failed: 0 });
  });

  it("an operator's screen that shows a limit for a day moves the account once", () => {
    const state = quotaFleet({ accounts: ['main', 'backup'] });
    const facts = onScreen('quota', { at: NOW });
    const operators = { mine: [operatorUnder('main', facts)] };
    const life = new QuotaLife(state, quotaLook(state, 'main', { free: 1, operators }), SILENT);
    life.saw('main');
    for (let look = 0; look < 24 * 60; look += 1) {
      life.look = { ...life.look, at: life.look.at + MINUTE };
      life.cycle();
    }
    expect(life.swaps.map(({ to }) => to)).toEqual(['backup']);
  });

  it('a restart of the loop within the cooldown does not swap again', () => {
    const state = quotaFleet({ quota: { cooldownMs: 30 * MINUTE } });
    const life = atPeace(state, { limits: { main: NOW + 9 * HOUR, backup: NOW + 9 * HOUR } });
    while (life.swaps.length < 2 && life.look.at < NOW + 2 * HOUR) {
      // All that a new process has is what was written down.
      const quota: unknown = JSON.parse(JSON.stringify(life.memory.quota));
      if (!isQuotaMemory(quota)) throw new Error('what was written down is not read again');
      life.memory = { ...life.memory, quota, screens: {}, failures: {} };
      livesOn(life, 1);
    }
    const [first, second] = life.swaps;
    expect([first?.to, second?.to]).toEqual(['backup', 'third']);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(30 * MINUTE);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeLessThan(31 * MINUTE);
  });

  it('an operator who moves the link back does not end the cooldown', () => {
    const life = atPeace(quotaFleet(), { limits: { main: NOW + 9 * HOUR } });
    livesOn(life, 10);
    const first = life.swaps[0]?.at ?? 0;
    expect(life.swaps.length).toBe(1);
    life.moveLink('main');
    livesOn(life, 60);
    expect(life.swaps.length).toBe(2);
    expect((life.swaps[1]?.at ?? 0) - first).toBeGreaterThanOrEqual(5 * MINUTE);
  });

  it('a conversation whose id is corrupt is left as it is, and all others go on', () => {
    const state = quotaFleet();
    const parked = [0, 1].map((number) =>
      runUnder(
        number,
        'main',
        inTranscript('quota'),
        { parkedUntil: NOW - 1 },
        {
          agent: null,
          exit: { code: 143, signal: null, at: NOW - MINUTE },
        },
      ),
    );
    const own = parked[0]?.record;
    if (own?.ok !== true || own.value === null) throw new Error('no record');
    const sha256 = 'a'.repeat(64);
    expect(parseRecord(recordText({ ...own.value, sha256 }))).not.toBe(null);
    for (const conversation of ['', 'not-a-uuid', '../../etc/passwd', `${own.value.conversation} --fork`]) {
      expect(parseRecord(recordText({ ...own.value, sha256, conversation }))).toBe(null);
    }
    const bad = unreadable({
      severity: 'error',
      code: 'path-unreadable',
      target: 'task/sec/task-0',
      summary: 'A record could not be read',
      detail: 'it is no record',
      help: null,
    });
    const runs = parked.map((run, i) => (i === 0 ? { ...run, record: bad } : run));
    const life = new QuotaLife(state, quotaLook(state, 'backup', { runs, free: 2 }), SILENT);
    livesOn(life, 5);
    expect(life.done).toContain('session.relaunch session/auto-1 goes-on');
    expect(life.done.filter((line) => /auto-0|task-0/.test(line))).toEqual([]);
    expect(life.counts()).toMatchObject({ claimed: 1, done: 1, failed: 0 });
  });
});

describe('a loop that dies in the middle of a swap', () => {
  const state = quotaFleet();
  const begun = () => atPeace(state, { limits: { main: NOW + 9 * HOUR } }, 3);
  const CYCLES = 14;

  function end(life: QuotaLife) {
    return {
      active: life.active(),
      swaps: life.swaps.map(({ from, to, reason }) => `${from} ${to} ${reason}`),
      counts: life.counts(),
      remembered: life.remembered().map(({ to, made }) => `${to} ${String(made)}`),
    };
  }

  it('comes to the same end, wherever it dies', () => {
    const whole = begun();
    livesOn(whole, CYCLES);
    const expected = {
      active: 'backup',
      swaps: ['main backup exhausted'],
      counts: { waiting: 0, claimed: 0, done: 3, failed: 0 },
      remembered: ['backup true'],
    };
    expect(end(whole)).toEqual(expected);
    let deaths = 0;
    for (let cycle = 0; cycle < CYCLES; cycle += 1) {
      for (let steps = 0; steps < 16; steps += 1) {
        const life = begun();
        livesOn(life, cycle);
        life.passes(15_000, KIND);
        const before = life.done.length;
        const planned = life.cycle(steps).length;
        const died = life.done.length - before < planned;
        livesOn(life, 2 * CYCLES);
        expect(end(life)).toEqual(expected);
        if (!died) break;
        deaths += 1;
      }
    }
    expect(deaths).toBeGreaterThan(30);
  });

  it('forgets a swap that was only written down, and its cooldown with it', () => {
    const life = begun();
    livesOn(life, 2);
    life.passes(15_000, KIND);
    life.cycle(0);
    expect(life.remembered()).toMatchObject([{ to: 'backup', made: false }]);
    livesOn(life, 1);
    expect(life.swaps.length).toBe(1);
    expect(life.remembered()).toMatchObject([{ to: 'backup', made: true }]);
  });

  it('knows a swap that was made before it died, and its cooldown', () => {
    const life = begun();
    livesOn(life, 2);
    life.passes(15_000, KIND);
    life.cycle(1);
    expect(life.active()).toBe('backup');
    expect(life.remembered()).toMatchObject([{ to: 'backup', made: false }]);
    life.truth = { ...life.truth, limits: { main: NOW + 9 * HOUR, backup: NOW + 9 * HOUR } };
    livesOn(life, 15);
    expect(life.swaps.map(({ to }) => to)).toEqual(['backup']);
    livesOn(life, 10);
    expect(life.swaps.map(({ to }) => to)).toEqual(['backup', 'third']);
  });
});

describe('agents that tell of a limit', () => {
  it('by a hook first and their transcript later are believed at the later word', () => {
    const life = twoAtWork();
    const late = {
      ...inTranscript('throttled', { at: NOW + 2_000 }),
      hooks: inHook('quota', { at: NOW }).hooks,
    };
    shows(life, { ...late, transcript: null });
    shows(life, late);
    shows(life, late);
    expect(life.swaps).toEqual([]);
  });

  it('and go on by themselves are believed, too', () => {
    const life = twoAtWork();
    shows(life, inHook('quota', { at: NOW }));
    const again = [
      hook({ event: 'turn-failed', at: NOW, error: 'quota' }),
      hook({ event: 'prompted', at: NOW + 9_000 }),
    ];
    shows(life, { ...atWork(), hooks: again });
    shows(life, { ...atWork(), hooks: again });
    expect(life.swaps).toEqual([]);
  });
});
