import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../support/tmux.ts';
import { codexKit, keyOf } from './codex-kit.ts';
import type { Fleet } from './fleet.ts';
import { versionsOf } from './kit.ts';
import { on, type Setting } from './on.ts';
import { operatorIn } from './operator.ts';
import { limited, reporting, says } from './scripts.ts';
import { responses } from './stub/responses.ts';
import type { Asked } from './stub/protocol.ts';

const MAIN = keyOf('main');
const HOUR = 3_600_000;

describe.each(versionsOf('codex'))('Codex $version of an operator', ({ bin }) => {
  const kit = codexKit(bin);

  it.concurrent.each(['leave', 'resume'] as const)(
    'gets not one byte, whatever becomes of the pool beside it, and it is said why: onSwap %s',
    async (onSwap) => {
      // Their own questions are answered under any account.
      const pool = limited({ [MAIN]: HOUR }, reporting());
      const script: Setting['script'] = (asked, before) =>
        isTheirs(asked)
          ? says('Good day.')
          : pool(
              asked,
              before.filter((each) => !isTheirs(each)),
            );
      const more = `dedicated: { mine: { cwd: ~/work, agent: codex, onSwap: ${onSwap} } }\n`;
      await on({ kit, protocol: responses, script, more }, async (fleet) => {
        await fleet.loop();
        const mine = await operatorIn(fleet, 'mine', theirEnv(fleet), `codex 'Good day to you'`, {
          recorded: true,
        });
        await until(() => mine.screen().includes('Good day.'), 60_000);
        await settled(() => mine.screen());
        const before = { keys: mine.keys(), screen: mine.screen(), agent: mine.agent(), said: said(fleet) };
        fleet.put('task', 'Do it.\n');
        await fleet.reaches('task', 'done', 120_000);
        expect(fleet.told('swap.done')).toHaveLength(1);
        // Who asks is told what to do.
        const { diagnostics } = await fleet.status();
        const left = diagnostics.find(({ code }) => code === 'swap-left');
        expect(left?.target).toBe('session/mine');
        const theirs = fleet.stub.turns().find(isTheirs)?.conversation;
        expect(left?.help).toContain(`CODEX_HOME=${fleet.homeOf('backup')} codex resume ${String(theirs)}`);
        expect((await fleet.status()).sessions['mine']?.conversation).toBe(theirs);
        expect({ keys: mine.keys(), screen: mine.screen(), agent: mine.agent(), said: said(fleet) }).toEqual(
          before,
        );
        expect(fleet.stub.turns().filter(isTheirs)).toHaveLength(1);
      });
    },
  );
});

function theirEnv(fleet: Fleet): Readonly<Record<string, string>> {
  return { ...fleet.kit.env(fleet.stub.url), CODEX_HOME: fleet.homeOf('main') };
}

function isTheirs({ prompts }: Asked): boolean {
  return prompts.some((text) => text.startsWith('Good day to you'));
}

/** Everything in the rollouts that is theirs. */
function said(fleet: Fleet): string {
  return globSync('shared/sessions/*/*/*/*.jsonl', { cwd: fleet.home })
    .map((file) => readFileSync(join(fleet.home, file), 'utf8'))
    .filter((text) => text.includes('Good day to you'))
    .join('\n');
}

/** Waits until a screen is the same for two seconds. */
async function settled(screen: () => string): Promise<void> {
  for (let last = ''; last !== screen(); ) {
    last = screen();
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}
