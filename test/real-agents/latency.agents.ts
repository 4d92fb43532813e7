import { loadavg } from 'node:os';
import { describe, expect, it } from 'vitest';
import { claudeKit, keyOf } from './claude-kit.ts';
import { codexKit } from './codex-kit.ts';
import { versionsOf } from './kit.ts';
import { on } from './on.ts';
import { until } from './patient.ts';
import { conversations, limited, reporting, says } from './scripts.ts';
import { anthropic } from './stub/anthropic.ts';
import { responses } from './stub/responses.ts';
import { tellTimes } from './times.ts';

const TIMES = 10;
const HOUR = 3_600_000;
/** One conversation goes through so many limits, each under another account. */
const ACCOUNTS = Array.from({ length: TIMES + 1 }, (_, i) => `a${String(i)}`);
const LAST = ACCOUNTS.at(-1) ?? '';

const MEASURED = [
  ...versionsOf('claude')
    .slice(0, 1)
    .map(({ version, bin }) => ({
      name: `Claude Code ${version}`,
      kit: claudeKit(bin),
      protocol: anthropic,
    })),
  ...versionsOf('codex').map(({ version, bin }) => ({
    name: `Codex ${version}`,
    kit: codexKit(bin),
    protocol: responses,
  })),
];

// A measurement, `npm run test:agents -- latency`: one after the other, for each would make the other slower.
describe.each(MEASURED)('how soon $name', ({ kit, protocol }) => {
  it('asks its service, from a task that is dropped', { timeout: 600_000 }, async () => {
    await on({ kit, protocol, script: () => says('Done.') }, async (fleet) => {
      await fleet.loop();
      const times: number[] = [];
      for (let i = 0; i < TIMES; i += 1) {
        await until(async () => (await fleet.status()).sessions['auto-1']?.state === 'free', 60_000);
        const at = fleet.put(`task-${String(i)}`, 'Do it.\n');
        await until(() => fleet.stub.turns().length > i, 60_000);
        times.push((fleet.stub.turns()[i]?.at ?? 0) - at);
        await fleet.reaches(`task-${String(i)}`, 'done');
      }
      expect(tellTimes('a task is dropped -> first request', times).median).toBeLessThan(onThisMachine(8000));
    });
  });

  it('asks it under the next account, from its limit', { timeout: 900_000 }, async () => {
    const forMs = Object.fromEntries(
      ACCOUNTS.filter((name) => name !== LAST).map((name) => [keyOf(name), HOUR]),
    );
    const setting = { kit, protocol, script: limited(forMs, reporting()), accounts: ACCOUNTS };
    await on(setting, async (fleet) => {
      await fleet.loop();
      fleet.put('task', 'Do it.\n');
      await fleet.reaches('task', 'done', 600_000);
      const turns = fleet.stub.turns().slice(0, ACCOUNTS.length);
      expect(turns.map(({ key }) => key)).toEqual(ACCOUNTS.map(keyOf));
      expect(conversations(turns)).toHaveLength(1);
      const times = turns.slice(1).map(({ at }, i) => at - (turns[i]?.at ?? 0));
      const { median } = tellTimes('a limit -> first request under the next account', times);
      expect(median).toBeLessThan(onThisMachine(12_000));
    });
  });
});

/** Of a machine that has nothing else to do; others may be at work on it. */
function onThisMachine(ms: number): number {
  return ms * Math.max(1, (loadavg()[0] ?? 0) / 2);
}
