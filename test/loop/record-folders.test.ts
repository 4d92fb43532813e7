import { expect, test } from 'vitest';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import { recordFoldersOf } from '../../src/loop/record-folders.ts';
import { BUILTIN_AGENTS } from '../../src/model/agents.ts';
import { desired } from '../support/fleet.ts';
import { claim, record } from '../support/queue.ts';

const SPEC = { extends: 'builtin:codex', args: [], env: {}, trust: [], models: {}, overrides: {} };
const FIX = claim('sec', 'fix', 'auto-0', 'at0001');
const startedAt = Date.UTC(2026, 10, 23, 12);
const state = desired({
  accounts: {
    work: { agent: 'codex', home: '/home/op/.codex-work' },
    main: { agent: 'claude', home: '/home/op/.claude-main' },
  },
});
const folders = recordFoldersOf({
  desired: state,
  userHome: '/home/op',
  agentOf: (name) => {
    const known = BUILTIN_AGENTS.find((each) => each === name);
    return known === undefined ? null : { name, profile: builtinProfile(known), spec: SPEC };
  },
});

function of(agent: string, account: string | null): readonly string[] {
  return folders(record(FIX, { agent, account, startedAt }));
}

test('what an agent writes down wakes the loop: where it registers, and where its conversation is to be found', () => {
  expect(of('claude', 'main')).toEqual(['/home/op/.claude-main/sessions']);
  expect(of('codex', 'work')).toEqual([
    '/home/op/.codex-work/sessions/2026/11/23',
    '/home/op/.codex-work/sessions/2026/11/22',
    '/home/op/.codex-work/sessions/2026/11/24',
  ]);
});

test('without an account it is that of the default home, but for what others register there', () => {
  expect(of('codex', null)[0]).toBe('/home/op/.codex/sessions/2026/11/23');
  expect(of('claude', null)).toEqual([]);
});

test('of an account or an agent that is not declared nothing is watched', () => {
  expect([of('codex', 'gone'), of('nobody', null)]).toEqual([[], []]);
});
