import { describe, expect, it } from 'vitest';
import { HEAVY } from '../real/fleet-machine.ts';
import { seeded } from '../real/world.ts';
import { until } from '../support/tmux.ts';
import { liveAgents } from '../tasks/agents.ts';
import { does } from './limits.ts';
import { lineProblems, watchTwins } from './one-line.ts';
import { story } from './story.ts';
import { type Strike, strikes } from './strikes.ts';
import { type SwapFleet, swapFleet, type Turn } from './swap-fleet.ts';

const SEED = Number(process.env['ROLLCALL_SEED'] ?? 20_261_123);
const ACCOUNTS = ['main', 'backup', 'third'];
const SESSIONS = HEAVY ? 8 : 4;
const TASKS = Array.from({ length: HEAVY ? 24 : 5 }, (_, i) => `t${String(i).padStart(2, '0')}`);
const COOLDOWN_MS = 1000;
/** What is asked of an account in a turn, one after the other: any of them may be refused. */
const REQUESTS = [1, 2, 3].flatMap((part) => [
  { type: 'request', ms: 4000 } as const,
  { type: 'print', text: `Part ${String(part)} is done.` } as const,
]);

describe('limits that strike at random', () => {
  it(
    `lose none of ${String(TASKS.length)} tasks in ${String(SESSIONS)} sessions under ${String(ACCOUNTS.length)} accounts, and double none (seed ${String(SEED)})`,
    async () => {
      const fleet = swapFleet({
        min: SESSIONS,
        max: SESSIONS,
        accounts: ACCOUNTS,
        swapCooldown: `${String(COOLDOWN_MS)}ms`,
        rules: [does(REQUESTS)],
      });
      const twins = watchTwins(fleet);
      try {
        for (const id of TASKS) fleet.put(id, 'Go through all parts.\n');
        await fleet.loop();
        await until(() => fleet.ledger().some(({ event }) => event === 'turn-begin'), 30_000);
        const storm = strikes(fleet, ACCOUNTS, seeded(SEED), 2500);
        const limit = HEAVY ? 120_000 : 15_000;
        await until(() => allDone(fleet), limit).catch(() => undefined);
        const struck = await storm.end();
        const left = TASKS.filter((id) => fleet.whereIs(id) !== 'done').length;
        await until(() => allDone(fleet) && liveAgents(fleet.home).length === 0, 120_000);
        const { samples, twins: found } = twins.end();
        expect(found).toEqual([]);
        expect(lineProblems(fleet)).toEqual([]);
        expect(TASKS.flatMap((id) => taskProblems(fleet, id))).toEqual([]);
        expect(swapProblems(fleet, struck)).toEqual([]);
        const turns = TASKS.flatMap((id) => fleet.turns(id));
        const gaps = TASKS.flatMap((id) =>
          fleet
            .turns(id)
            .slice(1)
            .map(({ begunAt }, i) => begunAt - (fleet.turns(id)[i]?.endedAt ?? 0)),
        ).toSorted((a, b) => a - b);
        const figures = {
          seed: SEED,
          strikes: struck.length,
          swaps: fleet.told('swap.done').length,
          turns: turns.length,
          refused: gaps.length,
          blocked: fleet.told('fleet.blocked').length,
          leftByStorm: left,
          samples,
          medianGapMs: gaps[Math.floor(gaps.length / 2)] ?? null,
          worstGapMs: gaps.at(-1) ?? null,
        };
        process.stdout.write(`${JSON.stringify(figures)}\n`);
        // It has to be a storm.
        expect(struck.length).toBeGreaterThan(1);
        expect(gaps.length).toBeGreaterThan(1);
      } catch (error) {
        process.stdout.write(`${story(fleet)}\n`);
        throw error;
      } finally {
        twins.end();
        await fleet.cleanup();
      }
    },
    HEAVY ? 600_000 : 200_000,
  );
});

function allDone(fleet: SwapFleet): boolean {
  return TASKS.every((id) => fleet.whereIs(id) === 'done');
}

/** One attempt, one conversation; each turn of it but the last was refused. */
function taskProblems(fleet: SwapFleet, id: string): readonly string[] {
  const records = fleet.records(id);
  const results = fleet.turns(id).map(({ result }) => result);
  const refused = results.slice(0, -1).every((result) => result === 'failed:limit-5h');
  return [
    ...(records.length === 1 ? [] : [`${id} has ${String(records.length)} attempts`]),
    ...(records[0]?.errors === 0 ? [] : [`${id} counts errors`]),
    ...(refused && results.at(-1) === 'done' ? [] : [`${id} has the turns ${results.join(' ')}`]),
    ...(records[0]?.launches === results.length
      ? []
      : [`${id} was started ${String(records[0]?.launches)} times for ${String(results.length)} turns`]),
  ];
}

/** No swap too soon after the one before, none that no refusal asked for, and none to an account known to be at its limit. */
function swapProblems(fleet: SwapFleet, struck: readonly Strike[]): readonly string[] {
  const refusals = TASKS.flatMap((id) => fleet.turns(id)).filter(({ result }) =>
    result?.startsWith('failed'),
  );
  const swaps = fleet.told('swap.done').map(({ at, target }) => ({ at, to: target.split('/')[1] ?? '' }));
  return swaps.flatMap(({ at, to }, i) => {
    const before = swaps[i - 1];
    const from = before?.to ?? ACCOUNTS[0];
    const asked = refusals.some(
      ({ account, endedAt }) =>
        account === from && (endedAt ?? Infinity) < at && (endedAt ?? 0) > (before?.at ?? 0),
    );
    const known = struck.some(
      (strike) =>
        strike.account === to && strike.until - 1000 > at && refusals.some((turn) => isOf(strike, turn, at)),
    );
    return [
      ...(asked ? [] : [`nothing under ${String(from)} asked for swap ${String(i)} to ${to}`]),
      ...(at - (before?.at ?? 0) >= COOLDOWN_MS ? [] : [`swap ${String(i)} is too soon`]),
      ...(known ? [`swap ${String(i)} goes to ${to}, which was known to be at its limit`] : []),
    ];
  });
}

/** Whether a turn was refused because of this strike, and long enough ago to be known of. */
function isOf(strike: Strike, { account, endedAt }: Turn, at: number): boolean {
  return account === strike.account && endedAt !== null && endedAt >= strike.at && endedAt < at - 2000;
}
