import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { HEAVY } from '../real/fleet-machine.ts';
import { fails } from './limits.ts';
import { lineProblems } from './one-line.ts';
import { PATIENCE_MS, type SwapFleet, swapFleet } from './swap-fleet.ts';

const DEAF_LOOP = fileURLToPath(new URL('deaf-loop.ts', import.meta.url));
/** One conversation goes through so many limits, each under another account. */
const LIMITS = HEAVY ? 10 : 3;
const ACCOUNTS = Array.from({ length: LIMITS + 1 }, (_, i) => `a${String(i)}`);
const LAST = ACCOUNTS.at(-1) ?? '';

// Side by side each would make the other slower.
// A measurement, and a minute of waiting: with the heavy tests.
describe.skipIf(!HEAVY)(
  'from a limit to the first turn under the next account',
  {
    timeout: PATIENCE_MS,
  },
  () => {
    it('a fleet that is woken by events takes seconds, however seldom it looks by itself', async () => {
      const gaps = await measured('60s', async (prepared) => {
        await prepared.loop();
      });
      tell('woken by events', gaps);
      expect(median(gaps)).toBeLessThan(onThisMachine(4000));
    });

    it('a fleet that no event reaches takes some of its looks', async () => {
      const gaps = await measured('2s', (prepared) => {
        prepared.run(process.execPath, DEAF_LOOP, prepared.file);
        return Promise.resolve();
      });
      tell('polling every 2 s', gaps);
      expect(median(gaps)).toBeLessThan(onThisMachine(8000));
    });
  },
);

/** Milliseconds from the end of each turn that met a limit to the begin of the one after it. */
async function measured(
  every: string,
  start: (fleet: SwapFleet) => Promise<void>,
): Promise<readonly number[]> {
  const rules = ACCOUNTS.filter((account) => account !== LAST).map((account) =>
    fails('limit-5h', { account, afterMs: 400 }),
  );
  const fleet = swapFleet({ min: 1, max: 1, accounts: ACCOUNTS, every, rules });
  try {
    fleet.put('task', 'Go through all of them.\n');
    await start(fleet);
    await fleet.reaches('task', 'done', 60_000 + LIMITS * 15_000);
    expect(fleet.active()).toBe(LAST);
    expect(fleet.told('swap.done')).toHaveLength(LIMITS);
    const turns = fleet.turns('task');
    expect(turns.map(({ account }) => account)).toEqual(ACCOUNTS);
    expect(lineProblems(fleet)).toEqual([]);
    return turns.slice(1).map(({ begunAt }, i) => begunAt - (turns[i]?.endedAt ?? 0));
  } finally {
    await fleet.cleanup();
  }
}

function tell(what: string, gaps: readonly number[]): void {
  process.stdout.write(
    `${JSON.stringify({ what, swaps: gaps.length, medianMs: median(gaps), worstMs: Math.max(...gaps), load: loadavg()[0] })}\n`,
  );
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** The time a machine has of which more is asked than it has cores. */
function onThisMachine(ms: number): number {
  return ms * Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());
}
