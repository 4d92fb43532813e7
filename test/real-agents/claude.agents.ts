import { describe, expect, it } from 'vitest';
import { claudeKit, keyOf } from './claude-kit.ts';
import { versionsOf } from './kit.ts';
import { on } from './on.ts';
import { anthropic } from './stub/anthropic.ts';

describe.each(versionsOf('claude'))('Claude Code $version', ({ bin }) => {
  const kit = claudeKit(bin);

  it('works on a task that it is given, with no dialog left standing, and reports it', async () => {
    const script = (asked: { toolOutput: string | null }) =>
      asked.toolOutput === null
        ? ({ type: 'shell', command: 'rollcall task done' } as const)
        : ({ type: 'text', text: 'All is done.' } as const);
    await on({ kit, protocol: anthropic, script }, async (fleet) => {
      await fleet.loop();
      fleet.put('task', 'Say hello.\n');
      await fleet.reaches('task', 'done');
      expect(fleet.stub.turns().map(({ key }) => key)).toEqual([keyOf('main')]);
      expect(fleet.records('task')[0]?.end).toMatchObject({ result: 'done', reason: 'reported' });
    });
  });
});
