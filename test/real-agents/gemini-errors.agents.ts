import { describe, expect, it } from 'vitest';
import { geminiKit, keyOf } from './gemini-kit.ts';
import type { Fleet } from './fleet.ts';
import { versionsOf } from './kit.ts';
import { on, type Setting } from './on.ts';
import { failing, reporting } from './scripts.ts';
import { gemini } from './stub/gemini.ts';
import type { Failure } from './stub/protocol.ts';

/** It tries again after these without end, for it takes each series of attempts for one. */
const RETRIED = ['throttled-429', 'server-500', 'unavailable-503'] as const;

describe.each(versionsOf('gemini'))('Gemini CLI $version whose service fails', ({ bin }) => {
  const kit = geminiKit(bin);
  const setting = (script: Setting['script']): Setting => ({ kit, protocol: gemini, script });

  it.concurrent.each(RETRIED)(
    '%s: nothing is swapped, and it goes on when the service does',
    async (kind) => {
      await on(setting(failing(kind, 4, reporting())), async (fleet) => {
        fleet.put('task', 'Do it.\n');
        await fleet.loop();
        await fleet.reaches('task', 'done', 200_000);
        expect(fleet.records('task')[0]).toMatchObject({ number: 1, launches: 1, end: { result: 'done' } });
        await nothingSwapped(fleet);
        tell(kind, fleet);
      });
    },
  );

  it.concurrent('is refused its login at once: nothing is swapped, and its task is not done', async () => {
    await on(setting(failing('auth-401', Infinity, reporting())), async (fleet) => {
      fleet.put('task', 'Do it.\n');
      await fleet.loop();
      await fleet.reaches('task', 'failed', 200_000);
      // It forgets a prompt that was never answered, so nothing is there to go on with.
      expect(fleet.records('task')[0]?.end).toMatchObject({ result: 'failed', reason: 'interrupted' });
      await nothingSwapped(fleet);
      tell('auth-401', fleet);
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
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  process.stdout.write(
    `    ${kind}: ${String(turns.length)} requests; over after ${seconds((record?.end?.at ?? 0) - first)}\n`,
  );
}
