import { describe, expect, it } from 'vitest';
import { claudeKit, keyOf } from './claude-kit.ts';
import type { Fleet } from './fleet.ts';
import { versionsOf } from './kit.ts';
import { on, type Setting } from './on.ts';
import { conversations, course, failing, reporting } from './scripts.ts';
import { anthropic } from './stub/anthropic.ts';
import type { Failure } from './stub/protocol.ts';

/** What each failure is, by the words of ours. */
const MEANS: Readonly<Record<Failure, string>> = {
  'throttled-429': 'throttled',
  'server-500': 'server-error',
  'unavailable-503': 'server-error',
  'overloaded-529': 'server-error',
  'auth-401': 'auth',
};
const FAILURES = Object.entries(MEANS).map(
  ([kind, means]) => ({ kind, means }) as { kind: Failure; means: string },
);

describe.concurrent.each(versionsOf('claude'))('Claude Code $version whose service fails', ({ bin }) => {
  const kit = claudeKit(bin);
  // By itself it tries eleven times in three minutes: `npm run test:agents -- patience`.
  const env = { CLAUDE_CODE_MAX_RETRIES: '1' };
  const setting = (script: Setting['script']): Setting => ({ kit, protocol: anthropic, script, env });

  it.each(FAILURES)(
    '$kind is $means: nothing is swapped, its conversation goes on, and after `retries` its task has failed',
    async ({ kind, means }) => {
      await on(setting(failing(kind, Infinity, reporting())), async (fleet) => {
        fleet.put('task', '---\nretries: 1\n---\nDo it.\n');
        await fleet.loop();
        await fleet.reaches('task', 'failed', 120_000);
        const [record] = fleet.records('task');
        expect(record).toMatchObject({ number: 1, launches: 2 });
        expect(record?.end).toMatchObject({ result: 'failed', reason: 'agent-error' });
        expect(record?.end?.detail).toContain(means);
        expect(conversations(fleet.stub.turns())).toEqual([record?.conversation]);
        await nothingSwapped(fleet);
        tell(kind, fleet);
      });
    },
  );

  it('goes on with its conversation when the service works again, and its task is done', async () => {
    await on(setting(failing('server-500', 2, reporting())), async (fleet) => {
      fleet.put('task', 'Do it.\n');
      await fleet.loop();
      await fleet.reaches('task', 'done', 120_000);
      const turns = fleet.stub.turns();
      const [record] = fleet.records('task');
      expect(record).toMatchObject({ number: 1, launches: 2, end: { result: 'done' } });
      expect(conversations(turns)).toEqual([record?.conversation]);
      expect(course(turns).slice(0, 3)).toEqual([
        [keyOf('main'), 'fails'],
        [keyOf('main'), 'fails'],
        [keyOf('main'), 'shell'],
      ]);
      // It was told to go on, with all that was said before.
      expect(turns[2]?.prompts.at(-1)).toContain('You were interrupted. Go on with this task');
      expect(turns[2]?.prompts.join('\n')).toContain('Do it.');
      await nothingSwapped(fleet);
    });
  });
});

/** Nobody thinks that the account has no quota, and all asked under it. */
async function nothingSwapped(fleet: Fleet): Promise<void> {
  expect(new Set(fleet.stub.turns().map(({ key }) => key))).toEqual(new Set([keyOf('main')]));
  expect(fleet.active()).toBe('main');
  for (const type of ['swap.done', 'quota.exhausted', 'quota.suspected', 'task.parked']) {
    expect([type, fleet.told(type)]).toEqual([type, []]);
  }
  const { accounts } = await fleet.status();
  expect(Object.values(accounts).map(({ exhaustedUntil }) => exhaustedUntil)).toEqual([null, null]);
}

/** How long it took to give up, for whoever reads the run. */
function tell(kind: Failure, fleet: Fleet): void {
  const turns = fleet.stub.turns();
  const [record] = fleet.records('task');
  const first = turns[0]?.at ?? 0;
  const again = turns.find(({ prompts }) => prompts.at(-1)?.includes('You were interrupted'))?.at ?? 0;
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  process.stdout.write(
    `    ${kind}: ${String(turns.length)} requests; went on after ${seconds(again - first)}, given up after ${seconds((record?.end?.at ?? 0) - first)}\n`,
  );
}
