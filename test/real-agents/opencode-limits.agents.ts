import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Fleet } from './fleet.ts';
import { versionsOf } from './kit.ts';
import { on, type Setting } from './on.ts';
import { keyOf, opencodeKit } from './opencode-kit.ts';
import { conversations, course, failing, limited, reporting } from './scripts.ts';
import { chat } from './stub/chat.ts';

const [MAIN, BACKUP] = [keyOf('main'), keyOf('backup')];
const HOUR = 3_600_000;

describe.each(versionsOf('opencode'))('OpenCode $version without quota', { timeout: 900_000 }, ({ bin }) => {
  const kit = opencodeKit(bin);
  const setting = (script: Setting['script']): Setting => ({ kit, protocol: chat, script });

  it.concurrent('goes on with its conversation under the next account, and is done there', async () => {
    // Its first request is answered, so that there is something to go on with.
    const script: Setting['script'] = (asked, before) =>
      before.length === 0
        ? { type: 'shell', command: 'pwd' }
        : limited({ [MAIN]: HOUR }, reporting())(asked, before.slice(1));
    await on(setting(script), async (fleet) => {
      fleet.put('task', 'Do it.\n');
      await fleet.loop();
      await fleet.reaches('task', 'done', 700_000);
      const turns = fleet.stub.turns();
      expect(course(turns).slice(0, 3)).toEqual([
        [MAIN, 'shell'],
        [MAIN, 'limit'],
        [BACKUP, 'shell'],
      ]);
      oneConversation(fleet, 2);
      expect(fleet.active() ?? 'backup').toBe('backup');
      expect(fleet.told('swap.done')).toHaveLength(1);
      expect(fleet.told('task.parked')).toHaveLength(1);
      const { accounts } = await fleet.status();
      // It is told when it may try again, not the end itself.
      const until = Date.parse(accounts['main']?.exhaustedUntil ?? '');
      expect(Math.abs(until - resetOf(fleet))).toBeLessThan(30_000);
    });
  });
});

describe.each(versionsOf('opencode'))(
  'OpenCode $version whose service fails',
  { timeout: 900_000 },
  ({ bin }) => {
    const setting = (script: Setting['script']): Setting => ({
      kit: opencodeKit(bin),
      protocol: chat,
      script,
    });

    it.concurrent.each(['throttled-429', 'server-500', 'unavailable-503'] as const)(
      '%s: nothing is swapped, and it goes on when the service does',
      async (kind) => {
        await on(setting(failing(kind, 2, reporting())), async (fleet) => {
          fleet.put('task', 'Do it.\n');
          await fleet.loop();
          await fleet.reaches('task', 'done', 700_000);
          expect(fleet.records('task')[0]).toMatchObject({ number: 1, launches: 1, end: { result: 'done' } });
          nothingSwapped(fleet);
        });
      },
    );

    it.concurrent('is refused its login: nothing is swapped, its conversation goes on, and is done when it is let in', async () => {
      await on(setting(failing('auth-401', 1, reporting())), async (fleet) => {
        fleet.put('task', 'Do it.\n');
        await fleet.loop();
        await fleet.reaches('task', 'done', 700_000);
        expect(fleet.records('task')[0]).toMatchObject({ number: 1, launches: 2, end: { result: 'done' } });
        oneConversation(fleet, 2);
        nothingSwapped(fleet);
      });
    });
  },
);

/** All that was asked is in one conversation of the task's one attempt, and that is in its own database. */
function oneConversation(fleet: Fleet, launches: number): void {
  const records = fleet.records('task');
  expect(records.map(({ number, launches: starts }) => [number, starts])).toEqual([[1, launches]]);
  expect(conversations(fleet.stub.turns())).toHaveLength(1);
  const last = fleet.stub.turns().at(-1);
  expect(last?.prompts.filter((text) => text.includes('Do it.'))).toHaveLength(1);
  const run = join(fleet.home, 'run/rollcall/real/runs', records[0]?.attempt ?? '');
  expect(existsSync(join(run, 'opencode.db'))).toBe(true);
}

function nothingSwapped(fleet: Fleet): void {
  expect(new Set(fleet.stub.turns().map(({ key }) => key))).toEqual(new Set([MAIN]));
  for (const type of ['swap.done', 'quota.exhausted', 'quota.suspected', 'task.parked']) {
    expect([type, fleet.told(type)]).toEqual([type, []]);
  }
}

/** What the first account was told: when its limit ends, epoch milliseconds. */
function resetOf(fleet: Fleet): number {
  const turn = fleet.stub.turns().find(({ answer }) => answer?.type === 'limit');
  if (turn?.answer?.type !== 'limit') throw new Error('nobody was limited');
  return turn.answer.resetsAt;
}
