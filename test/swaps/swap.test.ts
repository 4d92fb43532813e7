import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../support/tmux.ts';
import { liveAgents } from '../tasks/agents.ts';
import { fails } from './limits.ts';
import { lineProblems } from './one-line.ts';
import { on, PATIENCE_MS } from './swap-fleet.ts';

// Each has a machine of its own, and waits more than it works: they go on side by side.
describe.concurrent('a limit', { timeout: PATIENCE_MS }, () => {
  it.each(['limit-5h', 'limit-weekly'] as const)(
    '%s moves the active account once, and the same conversation goes on under the next one',
    async (kind) => {
      await on({ min: 1, max: 1, rules: [fails(kind, { account: 'main' })] }, async (fleet) => {
        fleet.put('task', 'Do it.\n');
        await fleet.loop();
        await fleet.reaches('task', 'done');
        const [record, ...others] = fleet.records('task');
        expect(others).toEqual([]);
        expect(record).toMatchObject({
          number: 1,
          launches: 2,
          errors: 0,
          account: 'backup',
          parkedUntil: null,
          end: { result: 'done', reason: 'turn-ended' },
        });
        const turns = fleet.turns('task');
        expect(turns.map(({ account, result }) => [account, result])).toEqual([
          ['main', `failed:${kind}`],
          ['backup', 'done'],
        ]);
        expect(lineProblems(fleet)).toEqual([]);
        // The home itself, and never the link that has just moved.
        const homes = fleet.ledger().flatMap((line) => (line.event === 'start' ? [line] : []));
        expect(homes.map(({ home, realHome }) => home === realHome)).toEqual([true, true]);
        expect(homes.map(({ resumed }) => resumed)).toEqual([false, true]);
        expect(fleet.active()).toBe('backup');
        expect(fleet.told('swap.done').map(({ target }) => target)).toEqual(['account/backup']);
        expect(fleet.told('task.parked')).toHaveLength(1);
        expect(fleet.told('task.continued')).toHaveLength(1);
        const status = await fleet.status();
        expect(status.accounts['main']).toMatchObject({ active: false });
        expect(Date.parse(status.accounts['main']?.exhaustedUntil ?? '') - Date.now()).toBeGreaterThan(
          3_600_000,
        );
        expect(status.accounts['backup']).toMatchObject({ active: true, exhaustedUntil: null });
        expect(status.inboxes['work']).toMatchObject({ done: 1, failed: 0, parked: 0, running: 0 });
        await until(() => liveAgents(fleet.home).length === 0, 10_000);
      });
    },
  );

  it('that stands on the screen of a conversation which goes on is that of the account before, and moves nothing', async () => {
    await on({ min: 1, max: 1, rules: [fails('limit-5h', { account: 'main' })] }, async (fleet) => {
      // Its own hook holds it up between what was said before and its prompt.
      slowStart(join(fleet.home, '.claude-backup'), 4);
      fleet.put('task', 'Do it.\n');
      await fleet.loop();
      await fleet.reaches('task', 'done');
      expect(fleet.records('task')).toMatchObject([{ launches: 2, account: 'backup' }]);
      expect(fleet.told('swap.done')).toHaveLength(1);
      expect(fleet.told('task.parked')).toHaveLength(1);
      expect((await fleet.status()).accounts['backup']?.exhaustedUntil).toBe(null);
    });
  });
});

/** An operator's own hook that takes its seconds at each start of an agent under this home. */
function slowStart(home: string, seconds: number): void {
  const file = join(home, 'settings.json');
  const settings = JSON.parse(readFileSync(file, 'utf8'));
  const hooks = [{ type: 'command', command: `sleep ${String(seconds)}` }];
  writeFileSync(file, JSON.stringify({ ...settings, hooks: { SessionStart: [{ hooks }] } }));
}
