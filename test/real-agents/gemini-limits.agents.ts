import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../support/tmux.ts';
import { geminiKit, keyOf } from './gemini-kit.ts';
import type { Fleet } from './fleet.ts';
import { versionsOf } from './kit.ts';
import { on, type Setting } from './on.ts';
import { liveOn } from './processes.ts';
import { course, limited, reporting, says } from './scripts.ts';
import { gemini } from './stub/gemini.ts';

const [MAIN, BACKUP] = [keyOf('main'), keyOf('backup')];
const HOUR = 3_600_000;
/** It tells the end of a limit to the minute, and so may we be too early by as much. */
const MINUTE = 60_000;

// It goes on no sooner than 75 s after it began.
describe.each(versionsOf('gemini'))('Gemini CLI $version without quota', { timeout: 600_000 }, ({ bin }) => {
  const kit = geminiKit(bin);
  const setting = (script: Setting['script']): Setting => ({ kit, protocol: gemini, script });

  it.concurrent('goes on with its conversation under the next account, and is done there', async () => {
    // Its first request is answered, so that there is something to go on with.
    const script = limited({ [MAIN]: HOUR }, turning(reporting()), { from: 1 });
    await on(setting(script), async (fleet) => {
      fleet.put('task', 'Do it.\n');
      await fleet.loop();
      await fleet.reaches('task', 'done', 300_000);
      expect(course(fleet.stub.turns()).slice(0, 3)).toEqual([
        [MAIN, 'shell'],
        [MAIN, 'limit'],
        [BACKUP, 'shell'],
      ]);
      oneConversation(fleet, 2);
      expect(fleet.active()).toBe('backup');
      expect(fleet.told('swap.done')).toHaveLength(1);
      expect(fleet.told('task.parked')).toHaveLength(1);
      const { accounts } = await fleet.status();
      const until = Date.parse(accounts['main']?.exhaustedUntil ?? '');
      expect(Math.abs(until - resetOf(fleet, MAIN))).toBeLessThanOrEqual(MINUTE);
      expect(accounts['backup']?.exhaustedUntil).toBe(null);
    });
  });

  it.concurrent('waits where no account is left, and goes on by itself at the first reset', async () => {
    const script = limited({ [MAIN]: 240_000, [BACKUP]: HOUR }, reporting());
    await on(setting(script), async (fleet) => {
      fleet.put('task', 'Do it.\n');
      await fleet.loop();
      await fleet.tells('fleet.blocked', 240_000);
      await until(() => liveOn(fleet.home).every(({ argv }) => !argv.includes('-i')), 30_000);
      const status = await fleet.status();
      expect([status.phase, status.inboxes['work']?.['parked']]).toEqual(['Blocked', 1]);
      const asked = fleet.stub.turns().length;
      await fleet.reaches('task', 'done', 300_000);
      const turns = fleet.stub.turns();
      expect(course(turns.slice(0, asked))).toEqual([
        [MAIN, 'limit'],
        [BACKUP, 'limit'],
      ]);
      expect(turns.at(-1)?.key).toBe(MAIN);
      expect(turns.findLast(({ answer }) => answer?.type === 'shell')?.at).toBeGreaterThanOrEqual(
        resetOf(fleet, MAIN),
      );
    });
  });

  it.concurrent('goes on through a loop that is killed while it works, and through one that is killed at its limit', async () => {
    const script = limited(
      { [MAIN]: HOUR },
      turning(() => says('It is done.', 6000)),
      { from: 1 },
    );
    await on(setting(script), async (fleet) => {
      fleet.put('task', 'Do it.\n');
      const first = await fleet.loop();
      await until(() => fleet.stub.turns().length > 0, 90_000);
      first.kill('SIGKILL');
      await first.ended;
      // It goes on without us, up to its limit.
      await until(() => fleet.stub.turns().length > 1, 90_000);
      const second = await fleet.loop();
      await fleet.tells('task.parked', 90_000);
      second.kill('SIGKILL');
      await second.ended;
      await fleet.loop();
      await fleet.reaches('task', 'done', 60_000);
      expect(course(fleet.stub.turns())).toEqual([
        [MAIN, 'shell'],
        [MAIN, 'limit'],
        [BACKUP, 'text'],
      ]);
      oneConversation(fleet, 2);
    });
  });
});

/** The first turn runs a command that needs no permission; then as said. */
function turning(then: Setting['script']): Setting['script'] {
  return (asked, before) =>
    before.length === 0 ? { type: 'shell', command: 'pwd' } : then(asked, before.slice(1));
}

/** All that was asked is in the one conversation of the task's one attempt, and that is in one file. */
function oneConversation(fleet: Fleet, launches: number): void {
  const records = fleet.records('task');
  expect(records.map(({ number, launches: starts }) => [number, starts])).toEqual([[1, launches]]);
  const id = records[0]?.conversation ?? '';
  const pattern = `shared/tmp/*/chats/session-*-${id.slice(0, 8)}.jsonl`;
  const texts = globSync(pattern, { cwd: fleet.home })
    .map((file) => readFileSync(join(fleet.home, file), 'utf8'))
    .filter((text) => text.includes('Do it.'));
  expect(texts).toHaveLength(1);
  expect(texts[0]).toContain(`"sessionId":"${id}"`);
  // All that was said before goes with what is said under the other account.
  const last = fleet.stub.turns().at(-1);
  expect(last?.prompts.filter((text) => text.includes('Do it.'))).toHaveLength(1);
}

/** What an account was told: when its limit ends, epoch milliseconds. */
function resetOf(fleet: Fleet, key: string): number {
  const turn = fleet.stub.turns().find((each) => each.key === key && each.answer?.type === 'limit');
  if (turn?.answer?.type !== 'limit') throw new Error(`${key} was never limited`);
  return turn.answer.resetsAt;
}
