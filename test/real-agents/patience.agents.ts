import { describe, expect, it } from 'vitest';
import { claudeKit, keyOf } from './claude-kit.ts';
import { versionsOf } from './kit.ts';
import { on } from './on.ts';
import { until } from './patient.ts';
import { anthropic } from './stub/anthropic.ts';
import { FAILURES } from './stub/protocol.ts';
import type { Logged, Script } from './stub/server.ts';

/** Each task fails as it is called. */
const script: Script = ({ prompts }) => {
  const kind = FAILURES.find((each) => prompts.some((text) => text.includes(`task work/${each}`)));
  return kind === undefined ? { type: 'text', text: 'Which one?' } : { type: 'fails', kind };
};

// Minutes of waiting: `npm run test:agents -- patience`.
describe.each(versionsOf('claude').slice(0, 1))(
  'Claude Code $version with the patience it has by itself',
  ({ bin }) => {
    it('tries for as long as it does, and counts as working; then its conversation goes on, and nothing is swapped', {
      timeout: 600_000,
    }, async () => {
      const setting = { kit: claudeKit(bin), protocol: anthropic, script, sessions: FAILURES.length };
      await on(setting, async (fleet) => {
        for (const kind of FAILURES) fleet.put(kind, 'Do it.\n');
        await fleet.loop();
        const of = (kind: string): readonly Logged[] =>
          fleet.stub
            .turns()
            .filter(({ prompts }) => prompts.some((text) => text.includes(`task work/${kind}`)));
        await until(() => FAILURES.every((kind) => of(kind).length > 1), 120_000);
        // A login that is refused is refused at once.
        const { sessions } = await fleet.status();
        const trying = Object.values(sessions).filter(
          ({ task }) => task !== null && !task.includes('auth-401'),
        );
        expect(trying.map(({ state }) => state)).toEqual(['working', 'working', 'working', 'working']);
        const again = ({ prompts }: Logged): boolean =>
          prompts.at(-1)?.includes('You were interrupted') === true;
        await until(() => FAILURES.every((kind) => of(kind).some(again)), 400_000);
        for (const kind of FAILURES) {
          const turns = of(kind);
          const first = turns[0]?.at ?? 0;
          const tries = turns.findIndex(again);
          const seconds = (at: number | undefined): string => (((at ?? 0) - first) / 1000).toFixed(0);
          const last = seconds(turns[tries - 1]?.at);
          process.stdout.write(
            `    ${kind}: ${String(tries)} requests in ${last} s; went on after ${seconds(turns[tries]?.at)} s\n`,
          );
        }
        expect(new Set(fleet.stub.turns().map(({ key }) => key))).toEqual(new Set([keyOf('main')]));
        expect(fleet.told('swap.done')).toEqual([]);
        expect(fleet.told('quota.suspected')).toEqual([]);
      });
    });
  },
);
