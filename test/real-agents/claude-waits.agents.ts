import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claudeKit } from './claude-kit.ts';
import type { Fleet } from './fleet.ts';
import { versionsOf } from './kit.ts';
import { on, type Setting } from './on.ts';
import { until } from './patient.ts';
import { conversations, reporting, says } from './scripts.ts';
import { anthropic } from './stub/anthropic.ts';

const QUESTION = 'Which of the two colours do you want?';

describe.concurrent.each(versionsOf('claude'))('Claude Code $version that waits for somebody', ({ bin }) => {
  const kit = claudeKit(bin);
  const setting = (script: Setting['script'], more: Partial<Setting> = {}): Setting => ({
    kit,
    protocol: anthropic,
    script,
    ...more,
  });

  it('has a question: it is told once, left standing, and goes on when somebody answers', async () => {
    const script: Setting['script'] = ({ toolOutput }) =>
      toolOutput === null
        ? { type: 'ask', question: QUESTION, options: ['Red', 'Blue'] }
        : says(`It is: ${toolOutput}`);
    await on(setting(script), async (fleet) => {
      fleet.put('task', 'Ask me.\n');
      await fleet.loop();
      await waiting(fleet);
      expect(fleet.told('task.waiting').map(({ message }) => message)).toEqual([
        expect.stringContaining(QUESTION),
      ]);
      const { diagnostics } = await fleet.status();
      const told = diagnostics.find(({ code }) => code === 'task-waiting');
      expect(told?.detail).toContain(QUESTION);
      expect(fleet.stub.turns()).toHaveLength(1);
      // The second row.
      fleet.machine.tmux('send-keys', '-t', '=auto-1:', 'Down');
      fleet.machine.tmux('send-keys', '-t', '=auto-1:', 'Enter');
      await fleet.reaches('task', 'done');
      expect(fleet.stub.turns().at(-1)?.toolOutput).toContain('Blue');
      expect(conversations(fleet.stub.turns())).toHaveLength(1);
    });
  });

  it('asks for a permission: nothing is allowed by itself, and it goes on when somebody does', async () => {
    const script: Setting['script'] = ({ toolOutput }) =>
      toolOutput === null ? { type: 'shell', command: 'touch allowed-by-a-person' } : says('Done.');
    await on(setting(script), async (fleet) => {
      const made = join(fleet.work, 'allowed-by-a-person');
      fleet.put('task', 'Make a file.\n');
      await fleet.loop();
      await waiting(fleet);
      expect(existsSync(made)).toBe(false);
      expect(fleet.told('task.waiting').map(({ message }) => message)).toEqual([
        expect.stringContaining('touch allowed-by-a-person'),
      ]);
      fleet.machine.tmux('send-keys', '-t', '=auto-1:', 'Enter');
      await fleet.reaches('task', 'done');
      expect(existsSync(made)).toBe(true);
    });
  });

  it('meets the dialogs of a first start where nobody said that the folder is trusted: named, and not answered', async () => {
    await on(setting(reporting(), { trusted: false, also: onboarded }), async (fleet) => {
      fleet.put('task', 'Do it.\n');
      await fleet.loop();
      await waiting(fleet);
      expect(fleet.told('task.waiting').map(({ message }) => message)).toEqual([
        expect.stringContaining('trust'),
      ]);
      expect(fleet.stub.turns()).toEqual([]);
      expect((await fleet.cli('task', 'cancel', 'work/task')).code).toBe(0);
      await fleet.reaches('task', 'failed');
    });
  });
});

/** As somebody leaves it who has started it once, elsewhere. */
function onboarded(home: string): void {
  writeFileSync(join(home, '.claude.json'), '{ "hasCompletedOnboarding": true }');
}

/** Waits until status says that its session waits; then for a while, for nothing may come of it by itself. */
async function waiting(fleet: Fleet): Promise<void> {
  const state = async (): Promise<string | undefined> => (await fleet.status()).sessions['auto-1']?.state;
  await until(async () => (await state()) === 'waiting', 60_000);
  await fleet.tells('task.waiting');
  await new Promise((resolve) => setTimeout(resolve, 8000));
  expect([await state(), fleet.whereIs('task')]).toEqual(['waiting', 'claimed']);
}
