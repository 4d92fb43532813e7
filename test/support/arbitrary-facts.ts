import fc from 'fast-check';
import type { AgentFacts, HookFact, RegistryFact, ScreenFact, TranscriptFact } from '../../src/model/run.ts';
import { NO_FACTS } from '../../src/model/run.ts';
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

/** Our own text in an input box, whichever attempt it is of. */
const OURS = Array.from({ length: 9 }, (_, i) => `at000${String(i)}`).join(' ');

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
    { text: OURS, pasted: true },
  ),
  question: fc.constantFrom(null, 'May I?'),
  hash: fc.constantFrom('h1', 'h2'),
  lastLines: fc.constant(['>']),
});

/** Each witness by itself: they may well contradict each other. */
const arbAny: fc.Arbitrary<AgentFacts> = fc.record({
  registry: fc.option(arbRegistry, { freq: 2 }),
  hooks: fc
    .array(arbHook, { maxLength: 3 })
    .map((hooks) => hooks.toSorted((a: HookFact, b: HookFact) => a.at - b.at)),
  transcript: fc.option(arbTranscript, { freq: 2 }),
  screen: fc.option(arbScreen, { freq: 3 }),
  usage: fc.constant({}),
});

/** What they say when all is as it should be: at work, done, failed, and ready for a text. */
const STORIES: readonly AgentFacts[] = [
  facts('working', { event: 'prompted' }, null),
  facts('idle', { event: 'turn-ended' }, { text: '', pasted: false }),
  facts('error', { event: 'turn-failed', error: 'server-error' }, { text: '', pasted: false }),
  facts('idle', { event: 'started' }, { text: '', pasted: false }),
  facts('idle', { event: 'started' }, { text: OURS, pasted: true }),
  facts('waiting', { event: 'asked', text: 'May I?' }, null),
];

/** What an agent may show of itself. */
export const arbFacts: fc.Arbitrary<AgentFacts> = fc.oneof(arbAny, fc.constantFrom(...STORIES));

function facts(
  state: ScreenFact['verdict']['state'],
  hook: Partial<HookFact> & Pick<HookFact, 'event'>,
  box: ScreenFact['box'],
): AgentFacts {
  const at = NOW - MINUTE;
  const verdict = { state, dialog: null, evidence: null, resetsAt: null, rule: 'rule' };
  const status = state === 'working' || state === 'waiting' ? state : 'idle';
  return {
    ...NO_FACTS,
    registry: { status, waitingFor: null, at },
    hooks: [{ at, error: null, background: 0, text: null, ...hook }],
    screen: { at: NOW, verdict, box, question: null, hash: 'h1', lastLines: ['>'] },
    usage: {},
  };
}
