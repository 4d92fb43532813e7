import fc from 'fast-check';
import type { AgentFacts, HookFact, RegistryFact, ScreenFact, TranscriptFact } from '../../src/model/run.ts';
import { EVIDENCE, SCREEN_STATES } from '../../src/model/screen.ts';
import { MINUTE, NOW } from './fleet.ts';

/** Before the run was launched, long ago, a while ago, just now, and by a clock that runs ahead. */
const arbTime = fc.constantFrom(NOW - 20 * MINUTE, NOW - 9 * MINUTE, NOW - 61_000, NOW - 1_000, NOW + MINUTE);
const arbError = fc.constantFrom(null, ...EVIDENCE);

const arbRegistry: fc.Arbitrary<RegistryFact> = fc.record({
  status: fc.constantFrom('idle' as const, 'working' as const, 'waiting' as const),
  waitingFor: fc.constantFrom(null, 'permission prompt'),
  at: arbTime,
});

const arbHook: fc.Arbitrary<HookFact> = fc.record({
  event: fc.constantFrom('started', 'prompted', 'asked', 'turn-ended', 'turn-ended', 'turn-failed', 'ended'),
  at: arbTime,
  error: arbError,
  background: fc.constantFrom(0, 0, 1),
  text: fc.constantFrom(null, 'May I?'),
});

const arbTranscript: fc.Arbitrary<TranscriptFact> = fc.record({
  at: arbTime,
  prompted: fc.boolean(),
  turn: fc.constantFrom(null, 'open' as const, 'ended' as const, 'failed' as const, 'interrupted' as const),
  error: arbError,
  resetsAt: fc.constantFrom(null, NOW + MINUTE),
  lastLines: fc.constantFrom([], ['All done.']),
});

const arbScreen: fc.Arbitrary<ScreenFact> = fc.record({
  at: fc.constant(NOW),
  verdict: fc.record({
    state: fc.constantFrom(...SCREEN_STATES),
    dialog: fc.constantFrom(null, null, 'permission' as const, 'trust' as const),
    evidence: fc.constantFrom(null, 'none' as const, 'quota' as const),
    resetsAt: fc.constant(null),
    rule: fc.constant('rule'),
  }),
  box: fc.constantFrom(
    null,
    { text: '', pasted: false },
    { text: '', pasted: false },
    { text: 'a draft', pasted: false },
    { text: 'Task fix, attempt at0000 at0001 at0002 at0003', pasted: true },
  ),
  question: fc.constantFrom(null, 'May I?'),
  hash: fc.constantFrom('h1', 'h2'),
  lastLines: fc.constant(['>']),
});

/** What an agent may show of itself, each witness by itself: they may well contradict each other. */
export const arbFacts: fc.Arbitrary<AgentFacts> = fc.record({
  registry: fc.option(arbRegistry, { freq: 2 }),
  hooks: fc
    .array(arbHook, { maxLength: 3 })
    .map((hooks) => hooks.toSorted((a: HookFact, b: HookFact) => a.at - b.at)),
  transcript: fc.option(arbTranscript, { freq: 2 }),
  screen: fc.option(arbScreen, { freq: 3 }),
});
