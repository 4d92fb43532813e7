import type { Mutant } from './mutants.ts';

const GUARD = 'test/plan/guard.test.ts';
const DEDICATED = 'test/plan/dedicated-swap.test.ts';
const RESETS = 'test/agents/reset-time.test.ts';
const REACH = 'refuses to reach a dedicated session where';

/** Wrong versions of the second opinion on others' sessions and links, of times, and of what the fuzzing found. */
export const GUARD_MUTANTS: readonly Mutant[] = [
  {
    name: 'guard 6.10: an agent is ended where the file says leave',
    file: 'src/plan/guard-dedicated.ts',
    text: "[input.desired.dedicated[session.name]?.onSwap === 'resume', 'the file does not ask for it']",
    instead: "[true, 'the file does not ask for it']",
    test: DEDICATED,
    title: `${REACH} the file says leave`,
  },
  {
    name: 'guard 6.10: an agent is ended while somebody types',
    file: 'src/plan/guard-dedicated.ts',
    text: "[there?.typedAt == null || there.typedAt + 60_000 <= at, 'somebody types in it']",
    instead: "[at >= 0, 'somebody types in it']",
    test: DEDICATED,
    title: `${REACH} somebody types`,
  },
  {
    name: 'guard 6.10: an agent is ended though its account has quota',
    file: 'src/plan/guard-dedicated.ts',
    text: '[isExhausted(note.from, input), `',
    instead: '[isExhausted(note.from, input) || true, `',
    test: DEDICATED,
    title: `${REACH} its account has quota`,
  },
  {
    name: 'guard 6.10: goes on beside what was told to end',
    file: 'src/plan/guard-dedicated.ts',
    text: "[stopped?.alive === false, 'what was told to end lives']",
    instead: "[stopped !== undefined, 'what was told to end lives']",
    test: DEDICATED,
    title: `${REACH} it lives`,
  },
  {
    name: 'guard 6.10: one conversation in two places',
    file: 'src/plan/guard-dedicated.ts',
    text: "[!liveConversations(input).includes(note.conversation), 'its conversation is live']",
    instead: "[liveConversations(input).length >= 0, 'its conversation is live']",
    test: DEDICATED,
    title: `${REACH} its conversation is live`,
  },
  {
    name: 'guard 2: a link that nobody declared',
    file: 'src/plan/guard-links.ts',
    text: "[declared, 'no account declares it']",
    instead: "[declared || true, 'no account declares it']",
    test: GUARD,
    title: 'refuses a link where something stands, or that nobody declared',
  },
  {
    name: 'guard 4.4: the active link goes over what is there',
    file: 'src/plan/guard-links.ts',
    text: "[from === null ? absent : same, 'something else is there']",
    instead: "[absent || same || true, 'something else is there']",
    test: GUARD,
    title: 'refuses a link where something stands, or that nobody declared',
  },
  {
    name: 'time 6.4: what has just passed is tomorrow',
    file: 'src/agents/reset-time.ts',
    text: 'const JUST_PASSED = HOUR;',
    instead: 'const JUST_PASSED = 0;',
    test: RESETS,
    title: 'that passed within the last hour means now',
  },
  {
    name: 'time 6.4: a session limit may end in a week',
    file: 'src/agents/reset-time.ts',
    text: 'session: 5 * HOUR + 15 * MINUTE,',
    instead: 'session: 8 * DAY,',
    test: RESETS,
    title: 'further off than its window lasts is none',
  },
  {
    name: 'time 6.4: the zone in the text is not read',
    file: 'src/agents/reset-time.ts',
    text: 'zoneOf(moment.zone ?? machineZone)',
    instead: 'zoneOf(machineZone)',
    test: RESETS,
    title: 'is read from "resets 4:50pm (Asia/Kathmandu)"',
  },
  {
    name: 'file: a tag on a key is not seen',
    file: 'src/desired/walk.ts',
    text: ' || key.tag !== undefined',
    instead: '',
    test: 'test/desired/bad-files.test.ts',
    title: 'a key with a tag, which others read as another word',
  },
  {
    name: 'full disk: what cannot be written ends the loop',
    file: 'src/commands/launches.ts',
    text: 'return { ok: false, text: `${file} cannot be written: ${reasonOf(error)}` };',
    instead: 'throw new Error(reasonOf(error));',
    test: 'test/commands/launches.test.ts',
    title: 'a runtime folder that cannot be written',
  },
];
