import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claudeKit, keyOf } from './claude-kit.ts';
import type { Fleet } from './fleet.ts';
import { versionsOf } from './kit.ts';
import { on, type Setting } from './on.ts';
import { patient, until } from './patient.ts';
import { liveOn } from './processes.ts';
import { conversations, course, limited, reporting, says } from './scripts.ts';
import { anthropic } from './stub/anthropic.ts';

const [MAIN, BACKUP] = [keyOf('main'), keyOf('backup')];
const HOUR = 3_600_000;
/** 2.1.197 tells no more of a reset. */
const TO_THE_MINUTE = { toThe: 60_000 };
/** Time enough to meet the limits of both accounts, and to ask what is said of it, on a machine with much else to do. */
const SOON = Math.min(120_000, patient(25_000));

describe.concurrent.each(versionsOf('claude'))('Claude Code $version without quota', ({ bin }) => {
  const kit = claudeKit(bin);
  const setting = (script: Setting['script']): Setting => ({ kit, protocol: anthropic, script });

  it.each(['five-hour', 'seven-day'] as const)(
    'goes on with its conversation under the next account, and is done there: %s',
    async (window) => {
      // Its first request is answered, so that there is something to go on with.
      const script = limited({ [MAIN]: HOUR }, turning(reporting()), { window, from: 1, ...TO_THE_MINUTE });
      await on(setting(script), async (fleet) => {
        fleet.put('task', 'Do it.\n');
        await fleet.loop();
        await fleet.reaches('task', 'done', 120_000);
        expect(course(fleet.stub.turns()).slice(0, 3)).toEqual([
          [MAIN, 'shell'],
          [MAIN, 'limit'],
          [BACKUP, 'shell'],
        ]);
        oneConversation(fleet, 2);
        expect(fleet.active()).toBe('backup');
        expect(fleet.told('swap.done')).toHaveLength(1);
        expect(fleet.told('task.parked')).toHaveLength(1);
        const reset = resetOf(fleet, MAIN);
        const { accounts } = await fleet.status();
        expect(accounts['main']?.exhaustedUntil).toBe(new Date(reset).toISOString());
        expect(accounts['backup']?.exhaustedUntil).toBe(null);
      });
    },
  );

  it('waits where no account is left, and goes on by itself at the first reset', async () => {
    const script = limited({ [MAIN]: SOON, [BACKUP]: HOUR }, reporting(), TO_THE_MINUTE);
    await on(setting(script), async (fleet) => {
      fleet.put('task', 'Do it.\n');
      await fleet.loop();
      await fleet.tells('fleet.blocked', 90_000);
      await until(() => liveOn(fleet.home).every(({ argv }) => !argv.includes('--session-id')), 20_000);
      const status = await fleet.status();
      expect([status.phase, status.inboxes['work']?.['parked']]).toEqual(['Blocked', 1]);
      const asked = fleet.stub.turns().length;
      await fleet.reaches('task', 'done', 180_000);
      const turns = fleet.stub.turns();
      expect(course(turns.slice(0, asked))).toEqual([
        [MAIN, 'limit'],
        [BACKUP, 'limit'],
      ]);
      expect(course(turns.slice(asked, asked + 1))).toEqual([[MAIN, 'shell']]);
      expect(turns[asked]?.at).toBeGreaterThanOrEqual(resetOf(fleet, MAIN));
      oneConversation(fleet, 3);
      expect(fleet.told('fleet.blocked')).toHaveLength(1);
    });
  });

  it('goes on through a loop that is killed while it works, and through one that is killed at its limit', async () => {
    const script = limited(
      { [MAIN]: HOUR },
      turning(() => says('It is done.', 6000)),
      { from: 1 },
    );
    await on(setting(script), async (fleet) => {
      fleet.put('task', 'Do it.\n');
      const first = await fleet.loop();
      await until(() => fleet.stub.turns().length > 0, 60_000);
      first.kill('SIGKILL');
      await first.ended;
      // It goes on without us, up to its limit.
      await until(() => fleet.stub.turns().length > 1, 60_000);
      const second = await fleet.loop();
      await fleet.tells('task.parked');
      second.kill('SIGKILL');
      await second.ended;
      await fleet.loop();
      await fleet.reaches('task', 'done', 120_000);
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
  expect(conversations(fleet.stub.turns())).toEqual([id]);
  const files = globSync('shared/projects/*/*.jsonl', { cwd: fleet.home });
  expect(files.map((file) => file.split('/').at(-1))).toEqual([`${id}.jsonl`]);
  const text = readFileSync(join(fleet.home, files[0] ?? ''), 'utf8');
  // The task was said once.
  expect(
    text.split('\n').filter((line) => line.includes('"type":"user"') && line.includes('Do it.')),
  ).toHaveLength(1);
}

/** What an account was told: when its limit ends, epoch milliseconds. */
function resetOf(fleet: Fleet, key: string): number {
  const turn = fleet.stub.turns().find((each) => each.key === key && each.answer?.type === 'limit');
  if (turn?.answer?.type !== 'limit') throw new Error(`${key} was never limited`);
  return turn.answer.resetsAt;
}
