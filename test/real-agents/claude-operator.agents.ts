import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claudeKit, keyOf } from './claude-kit.ts';
import type { Fleet } from './fleet.ts';
import { versionsOf } from './kit.ts';
import { on, type Setting } from './on.ts';
import { operatorIn } from './operator.ts';
import { until } from './patient.ts';
import { conversations, limited, reporting, says } from './scripts.ts';
import { anthropic } from './stub/anthropic.ts';
import type { Asked } from './stub/protocol.ts';

const [MAIN, BACKUP] = [keyOf('main'), keyOf('backup')];
const HOUR = 3_600_000;

describe.concurrent.each(versionsOf('claude'))('Claude Code $version of an operator', ({ bin }) => {
  const kit = claudeKit(bin);
  const setting = (script: Setting['script'], onSwap: 'leave' | 'resume'): Setting => ({
    kit,
    protocol: anthropic,
    script,
    also: setUp,
    more: `dedicated: { mine: { cwd: ~/work, onSwap: ${onSwap} } }\n`,
  });

  it('gets not one byte, whatever becomes of the pool beside it', async () => {
    // Their own questions are answered under any account.
    const pool = limited({ [MAIN]: HOUR }, reporting());
    const script: Setting['script'] = (asked, before) =>
      isTheirs(asked)
        ? says('Good day.')
        : pool(
            asked,
            before.filter((each) => !isTheirs(each)),
          );
    await on(setting(script, 'leave'), async (fleet) => {
      await fleet.loop();
      const mine = await operatorIn(fleet, 'mine', theirEnv(fleet), `claude 'Good day to you'`, {
        recorded: true,
      });
      await until(() => mine.screen().includes('Good day.'), 60_000);
      await settled(() => mine.screen());
      const theirs = () => ({
        keys: mine.keys(),
        screen: withoutHint(mine.screen()),
        agent: mine.agent(),
        said: said(fleet),
      });
      const before = theirs();
      // The terminal has answered what the agent asked it at its start: what comes is written down.
      expect(before.keys.length).toBeGreaterThan(60);
      fleet.put('task', 'Do it.\n');
      await fleet.reaches('task', 'done', 120_000);
      expect(fleet.told('swap.done')).toHaveLength(1);
      // Who asks is told what to do.
      const { diagnostics } = await fleet.status();
      expect(diagnostics.find(({ code }) => code === 'swap-left')?.target).toBe('session/mine');
      const after = theirs();
      expect(after.keys).toBe(before.keys);
      expect(after).toEqual(before);
      expect(fleet.stub.turns().filter(isTheirs)).toHaveLength(1);
    });
  });

  it('goes on with its own conversation and flags under the next account, where the file says so', async () => {
    const script = limited({ [MAIN]: HOUR }, () => says('It goes on.'));
    await on(setting(script, 'resume'), async (fleet) => {
      await fleet.loop();
      const mine = await operatorIn(
        fleet,
        'mine',
        theirEnv(fleet),
        `claude --model sonnet 'Good day to you'`,
      );
      const before = mine.agent();
      await until(() => mine.agent()?.argv.includes('--resume') === true, 90_000);
      const [id] = conversations(fleet.stub.turns());
      const after = mine.agent();
      expect(after?.pid).not.toBe(before?.pid);
      expect(after?.argv).toEqual(expect.arrayContaining(['--model', 'sonnet', '--resume', id ?? '']));
      // Not their prompt once more, and nothing of what our own starts are given.
      expect(after?.argv).not.toContain('Good day to you');
      expect(after?.argv.join(' ')).not.toMatch(/--allowedTools|--settings|\{|rollcall/);
      expect(fleet.active()).toBe('backup');
      // Nothing was said for them; what they say themselves goes to the new account, in the same conversation.
      await until(() => mine.screen().includes('❯'), 30_000);
      await settled(() => mine.screen());
      expect(fleet.stub.turns().map(({ key }) => key)).toEqual([MAIN]);
      mine.type('And now?');
      await settled(() => mine.screen());
      mine.press('Enter');
      await until(() => fleet.stub.turns().length > 1, 30_000);
      const turn = fleet.stub.turns().at(-1);
      expect([turn?.key, turn?.conversation]).toEqual([BACKUP, id]);
      expect(turn?.prompts.map((text) => text.trim()).filter((text) => text !== ITS_OWN)).toEqual([
        'Good day to you',
        'And now?',
      ]);
    });
  });
});

/** 2.1.197 tells itself so, where a conversation goes on behind a turn that a limit ended. */
const ITS_OWN = 'Continue from where you left off.';

/** As a home is after its first day. */
function setUp(home: string): void {
  const work = join(dirname(home), 'work');
  const state = { hasCompletedOnboarding: true, projects: { [work]: { hasTrustDialogAccepted: true } } };
  writeFileSync(join(home, '.claude.json'), JSON.stringify(state));
}

function theirEnv(fleet: Fleet): Readonly<Record<string, string>> {
  return { ...fleet.kit.env(fleet.stub.url), CLAUDE_CONFIG_DIR: fleet.homeOf('main') };
}

function isTheirs({ prompts }: Asked): boolean {
  return prompts.some((text) => text.startsWith('Good day to you'));
}

/** Everything in the transcripts that is theirs. */
function said(fleet: Fleet): string {
  return globSync('shared/projects/*/*.jsonl', { cwd: fleet.home })
    .map((file) => readFileSync(join(fleet.home, file), 'utf8'))
    .filter((text) => text.includes('Good day to you'))
    .join('\n');
}

/** The conversation; hints come and go by themselves, above the box and below it, and may scroll the greeting above it away. */
function withoutHint(screen: string): string {
  const rows = screen
    .split('\n')
    .filter((row) => !/focus-events off|\/effort|checking for updates/i.test(row));
  const box = rows.findLastIndex((row) => row.startsWith('────'));
  return rows
    .slice(
      rows.findIndex((row) => row.startsWith('❯')),
      box,
    )
    .map((row) => row.trimEnd())
    .filter((row) => row !== '')
    .join('\n');
}

/** Waits until a screen is the same for two seconds. */
async function settled(screen: () => string): Promise<void> {
  for (let last = ''; last !== screen(); ) {
    last = screen();
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}
