import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { until } from '../support/tmux.ts';
import { does, fails, ofTask } from './limits.ts';
import { lineProblems } from './one-line.ts';
import { on, PATIENCE_MS, type SwapFleet } from './swap-fleet.ts';

const RESETS_MS = 8_000;

// Each has a machine of its own, and waits more than it works: they go on side by side.
describe.concurrent('the active account', { timeout: PATIENCE_MS }, () => {
  it('that is preferred is gone back to once its limit has ended, and nobody is taken out of a turn for it', async () => {
    const rules = [
      fails('limit-5h', { prompt: ofTask('task'), turn: 1, resetsInMs: RESETS_MS }),
      // Longer than the limit lasts.
      does([{ type: 'work', ms: 48_000 }], { prompt: ofTask('task'), turn: 2 }),
    ];
    await on({ min: 1, max: 1, select: 'preferred', rules }, async (fleet) => {
      fleet.put('task', 'Do it.\n');
      await fleet.loop();
      await fleet.reaches('task', 'done');
      const [limited, worked] = fleet.turns('task');
      expect([limited?.account, worked?.account]).toEqual(['main', 'backup']);
      expect((worked?.endedAt ?? 0) - (limited?.endedAt ?? 0)).toBeGreaterThan(RESETS_MS);
      await until(() => fleet.told('swap.done').length > 1, 60_000);
      expect(fleet.active()).toBe('main');
      const [away, back, ...more] = fleet.told('swap.done');
      expect([away?.target, back?.target, more]).toEqual(['account/backup', 'account/main', []]);
      expect(back?.at).toBeGreaterThan(worked?.endedAt ?? Infinity);
      fleet.put('next', 'Do it, too.\n');
      await fleet.reaches('next', 'done');
      expect(fleet.turns('next').map(({ account }) => account)).toEqual(['main']);
    });
  });

  it('that is not preferred is stayed with when the limit of the first one has ended', async () => {
    const rules = [fails('limit-5h', { prompt: ofTask('task'), turn: 1, resetsInMs: RESETS_MS })];
    await on({ min: 1, max: 1, select: 'sticky', rules }, async (fleet) => {
      fleet.put('task', 'Do it.\n');
      await fleet.loop();
      await fleet.reaches('task', 'done');
      const reset = (fleet.turns('task')[0]?.endedAt ?? 0) + RESETS_MS;
      await sleep(Math.max(0, reset + 4000 - Date.now()));
      expect(fleet.active()).toBe('backup');
      expect(fleet.told('swap.done')).toHaveLength(1);
    });
  });

  it('stays where an operator reaches it through the link, and our own work goes on under the next one meanwhile', async () => {
    await on({ min: 1, max: 1, rules: [fails('limit-5h', { account: 'main' })] }, async (fleet) => {
      await fleet.loop();
      startOperator(fleet);
      fleet.put('task', 'Do it.\n');
      await fleet.reaches('task', 'done');
      expect(fleet.turns('task').map(({ account }) => account)).toEqual(['main', 'backup']);
      expect(fleet.active()).toBe('main');
      fleet.put('next', 'Do it, too.\n');
      await fleet.reaches('next', 'done');
      expect(fleet.turns('next').map(({ account }) => account)).toEqual(['backup']);
      expect(fleet.active()).toBe('main');
      expect((await fleet.status()).diagnostics.map(({ code }) => code)).toContain('link-in-use');
      expect(fleet.told('swap.done')).toEqual([]);
      // Once nobody is in the way it moves.
      fleet.machine.tmux('kill-session', '-t', '=mine');
      await until(() => fleet.told('swap.done').length > 0, 60_000);
      expect(fleet.active()).toBe('backup');
      expect(fleet.told('swap.done').map(({ target }) => target)).toEqual(['account/backup']);
      expect(lineProblems(fleet)).toEqual([]);
    });
  });
});

/** A session of somebody's own on the same server, with an agent that was told the link for its home. */
function startOperator({ machine, home }: SwapFleet): void {
  const variables = {
    CLAUDE_CONFIG_DIR: join(home, '.claude'),
    SCRIPTED_AGENT_LEDGER: join(home, 'ledger-of-operator'),
  };
  const given = Object.entries(variables).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  machine.tmux('new-session', '-d', '-s', 'mine', ...given, join(machine.folder, 'bin/claude'));
}
