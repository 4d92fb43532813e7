import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BANNERS } from '../agents/imitations.ts';
import { HEAVY } from '../real/fleet-machine.ts';
import type { FailureKind } from '../scripted-agent/turn/failures.ts';
import type { WrittenRule } from '../scripted-agent/scenario/written.ts';
import { until } from '../support/tmux.ts';
import { does, fails, ofTask } from './limits.ts';
import { on, PATIENCE_MS, type SwapFleet } from './swap-fleet.ts';

/** Errors that are no limit. */
const KINDS: readonly FailureKind[] = HEAVY
  ? ['429', '429-subscription', '500', '503', '529', '401', '401-oauth', 'not-logged-in', 'credit']
  : ['429', '529', '401-oauth', 'credit'];
/** Each in two sessions at a time: what two agree on counts for more. */
const ERRORS = KINDS.flatMap((kind) => [1, 2].map((n) => ({ kind, id: `error-${kind}-${String(n)}` })));
/** What is shown, one after the other. */
const SHOWN = HEAVY ? BANNERS : BANNERS.filter((_, i) => i % 3 === 1);
const LINES = BANNERS.join('\n');
/** As the limit menu asks it. */
const MENU = {
  question: 'What do you want to do?',
  options: ['Stop and wait for limit to reset', 'Upgrade your plan'].map((label) => ({ label })),
};

/** Tasks whose agents show the words of a limit for a while, each in a way of its own; none of them is at one. */
const IMITATIONS: Readonly<Record<string, { readonly body: string; readonly rule: WrittenRule['steps'] }>> = {
  'says-it': { body: 'Say it.\n', rule: spoken((text) => ({ type: 'print', text })) },
  'says-it-last': { body: 'Say it.\n', rule: [{ type: 'print', text: BANNERS[1] ?? '' }] },
  'runs-it': { body: 'Read it.\n', rule: spoken((text) => ({ type: 'run', argv: ['echo', text] })) },
  'reads-it': { body: 'Read it.\n', rule: [{ type: 'run', argv: ['cat', 'limits.log'] }, shown()] },
  'is-told-it': { body: `Find out why this was shown:\n${LINES}\n`, rule: [shown()] },
  'begins-with-it': { body: `${BANNERS[1] ?? ''}\n`, rule: [shown()] },
};

// Each has a machine of its own, and waits more than it works: they go on side by side.
describe.concurrent('the active account stays as it is', { timeout: PATIENCE_MS }, () => {
  it('when its agents fail one and all, for reasons that are no limit', async () => {
    await on(
      {
        min: 4,
        max: 4,
        speed: 8,
        rules: KINDS.map((kind) => fails(kind, { prompt: ofTask(`error-${kind}-\\d`) })),
      },
      async (fleet) => {
        for (const { id } of ERRORS) fleet.put(id, '---\nretries: 0\n---\nDo it.\n');
        await fleet.loop();
        for (const { id } of ERRORS) {
          await fleet.reaches(id, 'failed');
          expect(fleet.records(id)).toMatchObject([{ launches: 1, end: { reason: 'agent-error' } }]);
        }
        await unmoved(fleet);
      },
    );
  });

  it('when agents, tasks and files show what a limit looks like', async () => {
    const rules = Object.entries(IMITATIONS).map(([id, { rule }]) =>
      does(rule ?? [], { prompt: ofTask(id) }),
    );
    const asks = does([{ type: 'question', ...MENU }], { prompt: ofTask('asks-it') });
    await on({ min: 4, max: 4, speed: 1, rules: [...rules, asks] }, async (fleet) => {
      writeFileSync(join(fleet.work, 'limits.log'), `${LINES}\n`);
      for (const [id, { body }] of Object.entries(IMITATIONS)) fleet.put(id, body);
      fleet.put('asks-it', 'Ask it.\n');
      await fleet.loop();
      for (const id of Object.keys(IMITATIONS)) {
        await fleet.reaches(id, 'done');
        expect(fleet.records(id)).toMatchObject([{ launches: 1, end: { reason: 'turn-ended' } }]);
      }
      const asking = await until(async () => {
        const { sessions } = await fleet.status();
        return Object.values(sessions).find(({ task }) => task?.includes('asks-it')) ?? null;
      });
      expect(asking.state).toBe('waiting');
      await unmoved(fleet);
    });
  });
});

/** Nobody was taken to be at a limit, nothing was parked, and nothing was ever started under another account. */
async function unmoved(fleet: SwapFleet): Promise<void> {
  expect(fleet.active()).toBe('main');
  const types = fleet.events().map(({ type }) => type);
  expect(types.filter((type) => /^(?:quota\.|swap\.|task\.parked)/.test(type))).toEqual([]);
  const { accounts } = await fleet.status();
  expect(Object.values(accounts).map(({ exhaustedUntil }) => exhaustedUntil)).toEqual([null, null]);
  const homes = fleet.ledger().flatMap((line) => (line.event === 'start' ? [line.realHome] : []));
  expect(new Set(homes)).toEqual(new Set([join(fleet.home, '.claude-main')]));
}

/** Each line by itself, long enough on the screen for a look. */
function spoken(
  say: (text: string) => NonNullable<WrittenRule['steps']>[number],
): NonNullable<WrittenRule['steps']> {
  return SHOWN.flatMap((text) => [say(text), { type: 'work', ms: 600 } as const]);
}

function shown(): NonNullable<WrittenRule['steps']>[number] {
  return { type: 'work', ms: 4000 };
}
