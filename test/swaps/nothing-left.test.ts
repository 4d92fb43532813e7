import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { until } from '../support/tmux.ts';
import { liveAgents } from '../tasks/agents.ts';
import { fails, ofTask } from './limits.ts';
import { lineProblems } from './one-line.ts';
import { on, PATIENCE_MS, type SwapFleet } from './swap-fleet.ts';

/** From the first limit to its reset: time enough to meet the second one, and to ask what is said of it. */
const RESETS_MS = 13_000 + 1500 * (loadavg()[0] ?? 0);

/** The first turn of the task meets the limit of one account, its second that of the other one. */
const RULES = [
  fails('limit-5h', { prompt: ofTask('task'), turn: 1, resetsInMs: RESETS_MS }),
  fails('limit-5h', { prompt: ofTask('task'), turn: 2, resetsInMs: RESETS_MS + 60_000 }),
];
const TURNS = [
  ['main', 'failed:limit-5h'],
  ['backup', 'failed:limit-5h'],
  ['main', 'done'],
];

// Each has a machine of its own, and waits more than it works: they go on side by side.
describe.concurrent('when no account is left', { timeout: PATIENCE_MS }, () => {
  it('tasks are parked, it is said until when, nothing new begins, and all goes on by itself at the reset', async () => {
    await on({ min: 2, max: 2, rules: RULES }, async (fleet) => {
      fleet.put('task', 'Do it.\n');
      await fleet.loop();
      await blocked(fleet);
      fleet.put('another', 'Do it, too.\n');
      const reset = resetOf(fleet);
      const [status, why] = await Promise.all([fleet.status(), fleet.cli('why', 'task/task', '-o', 'json')]);
      expect(status.phase).toBe('Blocked');
      expect(status.inboxes['work']).toMatchObject({ parked: 1, running: 0 });
      expect(status.accounts['main']?.exhaustedUntil).toBe(new Date(reset).toISOString());
      expect(Date.parse(status.accounts['backup']?.exhaustedUntil ?? '')).toBeGreaterThan(reset);
      expect(why.out).toContain(new Date(reset).toISOString().slice(0, 19));
      expect(await turnsWhenDone(fleet)).toEqual(TURNS);
      await fleet.reaches('another', 'done');
      const begun = ['task', 'another'].map((id) => fleet.turns(id).at(-1)?.begunAt ?? 0);
      for (const at of begun) {
        expect(at).toBeGreaterThanOrEqual(reset);
        expect(at - reset).toBeLessThan(20_000);
      }
      expect(fleet.told('fleet.blocked')).toHaveLength(1);
      expect(fleet.told('task.parked')).toHaveLength(2);
    });
  });

  it('a task whose session is killed meanwhile goes on with its conversation in a free one', async () => {
    await on({ min: 2, max: 2, rules: RULES }, async (fleet) => {
      fleet.put('task', 'Do it.\n');
      await fleet.loop();
      await blocked(fleet);
      const { session = '' } = fleet.records('task')[0] ?? {};
      fleet.machine.tmux('kill-session', '-t', `=${session}`);
      // The name may come back, without what was in it.
      expect(await turnsWhenDone(fleet)).toEqual(TURNS);
    });
  });

  it('a task goes on with its conversation where the whole server was killed meanwhile', async () => {
    await on({ min: 1, max: 1, rules: RULES }, async (fleet) => {
      fleet.put('task', 'Do it.\n');
      await fleet.loop();
      await blocked(fleet);
      process.kill(fleet.machine.serverPid() ?? -1, 'SIGKILL');
      expect(await turnsWhenDone(fleet)).toEqual(TURNS);
    });
  });

  it('a task goes on where the loop itself was killed and comes back long after the reset', async () => {
    await on({ min: 1, max: 1, rules: RULES }, async (fleet) => {
      fleet.put('task', 'Do it.\n');
      const loop = await fleet.loop();
      await blocked(fleet);
      loop.kill('SIGKILL');
      await sleep(Math.max(0, resetOf(fleet) + 1000 - Date.now()));
      await fleet.loop();
      expect(await turnsWhenDone(fleet)).toEqual(TURNS);
    });
  });
});

/** Waits until the one task has met both limits, is parked, and nothing of it lives. */
async function blocked(fleet: SwapFleet): Promise<void> {
  await until(() => fleet.told('fleet.blocked').length > 0, RESETS_MS + 60_000);
  await until(() => fleet.told('task.parked').length === 2 && liveAgents(fleet.home).length === 0, 30_000);
}

/** When the first of the two accounts has quota again: by what its agent was told, epoch milliseconds. */
function resetOf(fleet: SwapFleet): number {
  const met = fleet.ledger().find(({ event }) => event === 'turn-end')?.at ?? 0;
  const [record] = fleet.records('task');
  expect(record).toMatchObject({ number: 1, launches: 2, end: null });
  const parked = record?.parkedUntil ?? 0;
  // To the second, as a reset is told.
  expect(Math.abs(parked - (met + RESETS_MS))).toBeLessThan(3000);
  return parked;
}

/** Account and result of each turn of the task's one conversation, once it is done. */
async function turnsWhenDone(fleet: SwapFleet): Promise<readonly (readonly (string | null)[])[]> {
  await fleet.reaches('task', 'done');
  const [record, ...others] = fleet.records('task');
  expect(others).toEqual([]);
  expect(record).toMatchObject({ number: 1, end: { result: 'done', reason: 'turn-ended' } });
  expect(new Set(fleet.ledgerOf('task').map(({ session }) => session)).size).toBe(1);
  expect(lineProblems(fleet)).toEqual([]);
  return fleet.turns('task').map(({ account, result }) => [account, result]);
}
