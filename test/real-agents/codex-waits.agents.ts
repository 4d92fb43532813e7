import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../support/tmux.ts';
import { codexKit } from './codex-kit.ts';
import type { Fleet } from './fleet.ts';
import { versionsOf } from './kit.ts';
import { on, type Setting } from './on.ts';
import { conversations, reporting, says } from './scripts.ts';
import { responses } from './stub/responses.ts';

const QUESTION = 'Which of the two colours do you want?';

describe.each(versionsOf('codex'))('Codex $version that waits for somebody', ({ bin }) => {
  const kit = codexKit(bin);
  const setting = (script: Setting['script'], more: Partial<Setting> = {}): Setting => ({
    kit,
    protocol: responses,
    script,
    ...more,
  });

  it.concurrent('has a question: it is told once, left standing, and goes on when somebody answers', async () => {
    const script: Setting['script'] = ({ toolOutput }) =>
      toolOutput === null
        ? { type: 'ask', question: QUESTION, options: ['Red', 'Blue'] }
        : says(`It is: ${toolOutput}`);
    // Its tool for that has to be switched on.
    const args = ['--enable', 'default_mode_request_user_input'];
    await on(setting(script, { args }), async (fleet) => {
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
      press(fleet, 'Down');
      press(fleet, 'Enter');
      await fleet.reaches('task', 'done');
      expect(fleet.stub.turns().at(-1)?.toolOutput).toContain('Blue');
      expect(conversations(fleet.stub.turns())).toHaveLength(1);
    });
  });

  it.concurrent('asks for a permission: nothing is allowed by itself, and it goes on when somebody does', async () => {
    const command = 'touch allowed-by-a-person';
    const script: Setting['script'] = ({ toolOutput }) =>
      toolOutput === null ? { type: 'shell', command, needsLeave: true } : says('Done.');
    const args = ['--ask-for-approval', 'on-request'];
    await on(setting(script, { kit: { ...kit, args: ['--sandbox', 'read-only'] }, args }), async (fleet) => {
      const made = join(fleet.work, 'allowed-by-a-person');
      fleet.put('task', 'Make a file.\n');
      await fleet.loop();
      await waiting(fleet);
      expect(existsSync(made)).toBe(false);
      expect(fleet.told('task.waiting').map(({ message }) => message)).toEqual([
        expect.stringContaining(command),
      ]);
      press(fleet, 'Enter');
      await fleet.reaches('task', 'done');
      expect(existsSync(made)).toBe(true);
    });
  });

  it.concurrent('meets the dialog of a first start where nobody said that the folder is trusted: named, and not answered', async () => {
    await on(setting(reporting(), { trusted: false, also: inARepository }), async (fleet) => {
      fleet.put('task', 'Do it.\n');
      await fleet.loop();
      await waiting(fleet);
      expect(fleet.told('task.waiting').map(({ message }) => message)).toEqual([
        expect.stringContaining('Trust this folder?'),
      ]);
      expect(fleet.stub.turns()).toEqual([]);
      // Nothing was begun, so nothing can go on.
      expect((await fleet.status()).sessions['auto-1']?.conversation).toBe(null);
      expect((await fleet.cli('task', 'cancel', 'work/task')).code).toBe(0);
      await fleet.reaches('task', 'failed');
    });
  });
});

/** It asks only where settings of a project could be. */
function inARepository(home: string): void {
  const git = join(dirname(home), 'work/.git');
  for (const folder of ['objects', 'refs']) mkdirSync(join(git, folder), { recursive: true });
  writeFileSync(join(git, 'HEAD'), 'ref: refs/heads/main\n');
}

function press(fleet: Fleet, key: string): void {
  fleet.machine.tmux('send-keys', '-t', '=auto-1:', key);
}

/** Waits until status says that its session waits; then for a while, for nothing may come of it by itself. */
async function waiting(fleet: Fleet): Promise<void> {
  const state = async (): Promise<string | undefined> => (await fleet.status()).sessions['auto-1']?.state;
  await until(async () => (await state()) === 'waiting', 60_000);
  await fleet.tells('task.waiting');
  await new Promise((resolve) => setTimeout(resolve, 8000));
  expect([await state(), fleet.whereIs('task')]).toEqual(['waiting', 'claimed']);
}
