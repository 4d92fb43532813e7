import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import { readHook } from '../../src/agents/hook.ts';
import type { Profile } from '../../src/agents/profile.ts';
import { readConversation, readRegistry } from '../../src/agents/registry.ts';
import { resetTime } from '../../src/agents/reset-time.ts';
import { readScreenFact } from '../../src/agents/screen-fact.ts';
import { readTranscript } from '../../src/agents/transcript.ts';
import { readUsage } from '../../src/agents/usage.ts';
import { BUILTIN_AGENTS } from '../../src/model/agents.ts';
import { DIALOGS, EVIDENCE, SCREEN_STATES } from '../../src/model/screen.ts';
import { BANNERS } from '../agents/imitations.ts';
import { captures } from '../agents/captures.ts';
import { cpuMs } from '../support/cpu-time.ts';
import { fuzz, PATIENCE_MS } from './fuzz.ts';
import { mutated } from './mutate.ts';

const PROFILES = BUILTIN_AGENTS.map((name) => builtinProfile(name));
const NOW = Date.UTC(2026, 10, 22, 12);
const DAY = 86_400_000;
const SCREENS = captures().map(({ text }) => text);
const SCREEN_WORDS = [
  ...BANNERS,
  ...BANNERS.map((banner) => `  ⎿ \u00a0${banner}`),
  '─'.repeat(120),
  '❯\u00a0',
  '│ ',
  '● ',
  '✻ ',
  '\u001b[38;2;1;2;3m',
  '\u001b[7m',
  '\u001b[0m',
  'API Error: 529 overloaded_error',
  '  1. Yes\n  2. No',
  'Esc to cancel',
];

const arbProfile = fc.constantFrom(...PROFILES);

it(
  'a screen gives words of the closed lists and bounded text, whatever it shows',
  () => {
    const cases = fc.tuple(
      arbProfile,
      mutated(SCREENS, SCREEN_WORDS),
      fc.option(fc.string({ maxLength: 20 })),
    );
    expect(
      fuzz('screens', cases, ([profile, text, title]) => {
        const screen = { text, seenAt: NOW, title, zone: 'Europe/Paris' };
        const fact = readScreenFact(profile, screen);
        const { state, dialog, evidence, resetsAt, rule } = fact.verdict;
        if (!SCREEN_STATES.includes(state) || rule === '') return `state ${state} by ${rule}`;
        if (dialog !== null && !DIALOGS.includes(dialog)) return `dialog ${dialog}`;
        if (evidence !== null && !EVIDENCE.includes(evidence)) return `evidence ${evidence}`;
        if (resetsAt !== null && (evidence !== 'quota' || !isAhead(resetsAt)))
          return `reset ${String(resetsAt)}`;
        if (state === 'limited' && evidence !== 'quota') return `limited by ${String(evidence)}`;
        if (!areRows(fact.lastLines)) return 'long last lines';
        const said = [fact.question, fact.box?.text ?? null].filter((each) => each !== null);
        if (said.some((each) => each.length > 500 || /\p{Cc}/u.test(each))) return 'more than a row of text';
        // The same screen is the same fact: stalls are told by it.
        return JSON.stringify(readScreenFact(profile, screen)) === JSON.stringify(fact)
          ? null
          : 'differs the second time';
      }),
    ).toBeNull();
  },
  PATIENCE_MS,
);

function isAhead(at: number): boolean {
  return Number.isSafeInteger(at) && at >= NOW && at <= NOW + 8 * DAY;
}

function areRows(rows: readonly string[]): boolean {
  return rows.length <= 20 && rows.every((row) => row.length <= 200 && !row.includes('\n'));
}

it(
  'a reset time is ahead and within its window, or none',
  () => {
    const phrases = [
      'resets 8pm',
      'resets 11:30pm (America/Santiago)',
      'try again in 12 min',
      'try again in 1 hour 5 minutes',
      'resets Nov 25, 11:29pm (UTC)',
      'resets 2:39pm (Asia/Kolkata)',
      'try again at 2026-11-22T14:39:00Z',
      'resets 29 Feb, 12am (Pacific/Kiritimati)',
      'resets at 1795392000',
      ...BANNERS,
    ];
    const words = [
      'am',
      'pm',
      ' (',
      ')',
      ':',
      'UTC',
      'Etc/GMT+12',
      'Antarctica/Troll',
      'Feb 30',
      '13pm',
      '24:60',
      'in ',
      'days',
      'Dec 31, ',
      'tomorrow',
    ];
    const zones = [
      'UTC',
      'America/Santiago',
      'Australia/Lord_Howe',
      'Europe/Paris',
      'Nowhere/None',
      '',
      '__proto__',
    ];
    const windows = ['session', 'weekly', 'unknown'] as const;
    const cases = fc.tuple(
      mutated(phrases, words),
      fc.constantFrom(...zones),
      fc.constantFrom(...windows),
      fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2030, 0) }),
    );
    expect(
      fuzz('reset times', cases, ([text, zone, window, seenAt]) => {
        const at = resetTime(text, seenAt, zone, window);
        const most = { session: 5.25 * 3_600_000, weekly: 7 * DAY + 3_600_000, unknown: 8 * DAY }[window];
        return at === null || (Number.isSafeInteger(at) && at >= seenAt && at <= seenAt + most)
          ? null
          : String(at - seenAt);
      }),
    ).toBeNull();
  },
  PATIENCE_MS,
);

const RECORDS = fileURLToPath(new URL('../corpus/records', import.meta.url));
const FILES = readdirSync(RECORDS, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.jsonl?$/.test(name),
);
const TEXTS = FILES.map((name) => readFileSync(join(RECORDS, name), 'utf8'));
const LINES = TEXTS.flatMap((text) => text.split('\n')).filter((line) => line !== '' && line.length < 8000);
/** Some lines each: a whole transcript is mostly the same again. */
const TAILS = TEXTS.map((text) => text.split('\n').slice(-6).join('\n').slice(-16_000));
const JSON_WORDS = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  'null',
  '"type":"assistant",',
  '"isApiErrorMessage":true,',
  '"error":"rate_limit",',
  '"stop_reason":"end_turn",',
  '"__proto__":{"type":"user"},',
  '"constructor":1,',
  '"resets_at":1e999,',
  '"used_percentage":-5,',
  '"used_percentage":1e308,',
  '"status":"__proto__",',
  '"status":"constructor",',
  '[[[[[[[[[[[[[[[[[[[[',
  '{"a":'.repeat(500),
];

it(
  'a transcript gives a turn, an error and bounded words, whatever its lines are',
  () => {
    expect(
      fuzz('transcripts', fc.tuple(arbProfile, mutated(TAILS, JSON_WORDS)), ([profile, text]) => {
        const fact = readTranscript(profile, text, NOW, 'attempt abcd1234');
        if (fact === null) return null;
        const turns = ['open', 'ended', 'failed', 'interrupted', null];
        if (!turns.includes(fact.turn)) return `turn ${String(fact.turn)}`;
        if (fact.error !== null && !EVIDENCE.includes(fact.error)) return `error ${fact.error}`;
        if (fact.resetsAt !== null && (fact.error !== 'quota' || !Number.isSafeInteger(fact.resetsAt)))
          return 'reset';
        if (fact.prompted && !text.includes('abcd1234')) return 'prompted by nothing';
        return areRows(fact.lastLines) && fact.at === NOW ? null : 'long last lines';
      }),
    ).toBeNull();
  },
  PATIENCE_MS,
);

const PROCESS = { pid: 17_254, start: '12345' };

it(
  'a registry, a hook and a status line say what they say of their own process, or nothing',
  () => {
    expect(
      fuzz(
        'registries, hooks and status lines',
        fc.tuple(arbProfile, mutated(LINES, JSON_WORDS)),
        ([profile, text]) =>
          wrongRegistry(profile, text) ?? wrongHook(profile, text) ?? wrongUsage(profile, text),
      ),
    ).toBeNull();
  },
  PATIENCE_MS,
);

function wrongRegistry(profile: Profile, text: string): string | null {
  const told = readRegistry(profile, text, PROCESS);
  if (told !== null && !['idle', 'working', 'waiting'].includes(told.status)) return `status ${told.status}`;
  if (told !== null && !Number.isSafeInteger(told.at)) return `at ${String(told.at)}`;
  const id = readConversation(profile, text, PROCESS);
  if (id !== null && !/^[0-9a-f-]{36}$/i.test(id)) return `conversation ${id}`;
  return (told !== null || id !== null) && !text.includes('17254') ? 'of another process' : null;
}

function wrongHook(profile: Profile, text: string): string | null {
  const hook = readHook(profile, text, NOW);
  if (hook === null) return null;
  if (!['started', 'prompted', 'asked', 'turn-ended', 'turn-failed', 'ended'].includes(hook.event))
    return hook.event;
  if (hook.error !== null && !EVIDENCE.includes(hook.error)) return `error ${hook.error}`;
  if (!Number.isSafeInteger(hook.background)) return 'background';
  return hook.text === null || (hook.text.length <= 500 && !hook.text.includes('\n'))
    ? null
    : 'more than a row';
}

function wrongUsage(profile: Profile, text: string): string | null {
  for (const [window, { percent, resetsAt, at }] of Object.entries(readUsage(profile, text, NOW))) {
    if (!/^[A-Za-z][\w-]{0,39}$/.test(window) || window === '__proto__') return `window ${window}`;
    if (!(percent >= 0 && percent <= 100) || at !== NOW) return `percent ${String(percent)}`;
    if (resetsAt !== null && !Number.isSafeInteger(resetsAt)) return `reset ${String(resetsAt)}`;
  }
  return null;
}

it('256 KiB of any kind take at most 50 ms', () => {
  const filled = (unit: string): string => unit.repeat(Math.ceil(262_144 / unit.length)).slice(0, 262_144);
  const units = [
    ...JSON_WORDS,
    ...BANNERS,
    '\n',
    ' ',
    '{}\n',
    '{"type":"user"}\n',
    '{"type":"assistant","message":{}}\n',
    LINES[0] ?? 'x',
  ];
  for (const unit of units) {
    const text = filled(unit);
    for (const profile of PROFILES) {
      const took = Math.max(
        cpuMs(() => readTranscript(profile, text, NOW, 'attempt abcd1234')),
        cpuMs(() => readHook(profile, `{"a":"${text.replaceAll(/["\\\n]/g, ' ')}"}`, NOW)),
        cpuMs(() => resetTime(text, NOW, 'UTC')),
      );
      expect({ unit, agent: profile.name, quick: took < 50, took }).toMatchObject({ quick: true });
    }
  }
});
