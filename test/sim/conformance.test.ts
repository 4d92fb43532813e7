import { expect, it } from 'vitest';
import { difference, NAMES, sequence, STEP_KINDS } from './conformance.ts';
import { luckFrom } from './luck.ts';

/** Few here, for each asks a real server some thirty times; `npm run proof -- conformance` makes 2,000. */
it('the simulated tmux answers as the real one does', { timeout: 300_000 }, async () => {
  expect(STEP_KINDS.length).toBeGreaterThanOrEqual(20);
  for (let seed = 1; seed <= 8; seed += 1) {
    const steps = sequence(luckFrom(seed), 8);
    expect(await difference(steps), `seed ${String(seed)}: ${JSON.stringify(steps)}`).toBeNull();
  }
});

it.each([
  [
    'a pane whose only process is replaced stays',
    [
      { type: 'new-session', at: 0, name: 'one' },
      { type: 'respawn-other', at: 0, name: 'one' },
    ],
  ],
  [
    'an option of the pane, the window, all windows or the server shows before the session’s own',
    [
      { type: 'our-session', name: 'auto-1', anew: true },
      { type: 'option', at: 0, scope: 'global-session', option: '@rollcall_owner', value: 'evil' },
      { type: 'option', at: 0, scope: 'window', option: '@rollcall_owner', value: 'evil' },
      { type: 'option', at: 0, scope: 'window', option: '@rollcall_owner', value: null },
      { type: 'option', at: 0, scope: 'global-window', option: '@rollcall_owner', value: 'evil' },
      { type: 'our-fence', at: 0, fence: '', stale: false },
    ],
  ],
] as const)('%s', { timeout: 60_000 }, async (_, steps) => {
  expect(await difference(steps)).toBeNull();
});

it('names that hold what means something to tmux are taken as tmux takes them', {
  timeout: 120_000,
}, async () => {
  const steps = NAMES.map((name) => ({ type: 'new-session', at: 0, name }) as const);
  expect(await difference(steps)).toBeNull();
});
