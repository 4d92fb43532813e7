import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import { readScreenFact } from '../../src/agents/screen-fact.ts';
import { BUILTIN_AGENTS } from '../../src/model/agents.ts';
import type { ScreenFact } from '../../src/model/run.ts';
import { type Capture, capture, captures, verdictOn } from './captures.ts';
import { idleScreen } from './imitations.ts';
import { cutAt, redrawnAt } from './rewrap.ts';

const ALL = captures();
const WIDTHS = [60, 61, 66, 72, 80, 97, 100, 110, 119, 140, 170, 200];

function factOn({ agent, seenAt, title, text: own }: Capture, text = own): ScreenFact {
  return readScreenFact(builtinProfile(agent), { text, seenAt, title, zone: 'UTC' });
}

/** What stands in a box that is not empty. */
const TYPED: Readonly<Record<string, string>> = {
  'claude/22-typed-not-submitted': 'hello there',
  'claude/91-pasted-20KB-in-box': '[Pasted text #331 +199 lines]',
  'claude/94-pasted-short-in-box': '[Pasted text #332 +4 lines]',
  'gemini/31-pasted': '[Pasted Text: 200 lines]',
  'opencode/31-pasted': '[Pasted ~200 lines]',
};

const QUESTIONS: Readonly<Record<string, RegExp>> = {
  'claude/02-onboarding-theme': /Choose the text style that looks best/,
  'claude/03-apikey-approval': /Do you want to use this API key\?$/,
  'claude/04-login-method': /Select login method:$/,
  'claude/08-trust-folder': /^Accessing workspace: · \/home\/ada\/project\/proj\/one · Quick safety check/,
  'claude/10-bypass-dialog-sandbox': /^WARNING: Claude Code running in Bypass Permissions mode/,
  'claude/40-permission-bash':
    /^Bash command Create a marker file · touch \/home\/ada\/project\/made-by-agent · Do you want to proceed\?$/,
  'claude/42-permission-write':
    /^Create file \.\.\/written\.txt · 1 hello · Do you want to create written\.txt\?$/,
  'claude/44-askuserquestion': /^☐ Colour · Which colour do you want\?$/,
  'claude/51-e-limit7d-oat-final': /^What do you want to do\?$/,
  'claude/62-limit5h-noauto-dialog': /^What do you want to do\?$/,
  'claude/a5-status-screen': /^Settings Status Config Usage Stats/,
  'codex/01-first-start': /Choose how you want to use Codex\.$/,
  'codex/05-trust-dialog': /^Folder access \/home\/ada\/project\/proj\/cxgit · Trust this folder\?/,
  'codex/06-hooks-review': /^Hooks need review/,
  'codex/08-approval':
    /^Would you like to run the following command\? .* \$ touch \/home\/ada\/project\/made-by-codex$/,
  'codex/21-usagelimit-final': /^Approaching rate limits Switch to gpt-6-luna for lower credit usage\?$/,
  'codex/60-question': /^Which of the two colours do you want\?$/,
  'gemini/01-first-start': /^Do you trust the files in this folder\?/,
  'gemini/06-permission': /^\? Shell touch .* Allow execution of \[Shell\]\?$/,
  'gemini/10-quota': /^Usage limit reached for gemini-3\.5-flash-lite\./,
  'opencode/05-permission': /^△ Permission required ← Access external directory \/home\/ada\/project/,
};

const named = ({ name }: Capture): string => name.replace(' (colours)', '');
const each = ALL.map((one) => [one.name, one] as const);
const letters = (text: string | null | undefined): string =>
  (text ?? '').replaceAll(/[^\p{L}\p{N}]/gu, '').slice(0, 300);

describe('a captured screen', () => {
  test.each(each)('%s has the verdict of its rules, and a box unless something hides it', (_, one) => {
    const fact = factOn(one);
    expect(fact.verdict).toEqual(verdictOn(one));
    expect(fact.at).toBe(one.seenAt);
    const hidden = one.label.dialog !== null || one.label.state === 'exited';
    const text = TYPED[named(one)] ?? '';
    expect(fact.box).toEqual(hidden ? null : { text, pasted: text.includes('asted') });
  });

  test.each(each)('%s says what it asks, and only where it asks', (_, one) => {
    const { question } = factOn(one);
    const asks = QUESTIONS[named(one)];
    expect(asks === undefined ? question === null : asks.test(question ?? '')).toBe(true);
  });

  test('of an agent that has ended asks nothing, whatever stands below it', () => {
    const ended = capture('claude/98-exit-slash_exit', false);
    expect(factOn(ended, `${ended.text.trimEnd()}\n  2. Reboot`)).toMatchObject({
      verdict: { state: 'exited' },
      question: null,
    });
  });

  test('has every question of the table above', () => {
    const names = new Set(ALL.map(named));
    expect(Object.keys(QUESTIONS).filter((name) => !names.has(name))).toEqual([]);
  });

  test.each(WIDTHS)('has the same in its box and asks the same at %d columns', (width) => {
    const ways = [cutAt, redrawnAt];
    const wrong = ALL.flatMap((one) =>
      ways.flatMap((way) => {
        const [as, at] = [factOn(one), factOn(one, way(one.text, width))];
        const box =
          as.box?.pasted === at.box?.pasted &&
          (as.box === null) === (at.box === null) &&
          letters(as.box?.text) === letters(at.box?.text);
        // Frames and gutters cannot be imitated at another width: what is left of them is cut.
        const framed = ['gemini', 'opencode'].includes(one.agent) && width < 120;
        return box && (framed || letters(as.question) === letters(at.question)) ? [] : [one.name];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('has the same in its box and asks the same without the rows above its last 20', () => {
    const claude = ALL.filter(({ agent, label }) => agent === 'claude' && label.dialog === null);
    const wrong = claude.filter((one) => {
      const rows = one.text.trimEnd().split('\n');
      const at = factOn(one, rows.slice(-20).join('\n'));
      return JSON.stringify(factOn(one).box) !== JSON.stringify(at.box);
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test('shows as last rows what may be shown: at most 20 of 200 characters, none that steers a terminal', () => {
    const rows = ALL.map((one) => factOn(one).lastLines);
    expect(rows.filter((all) => all.length > 20 || all.some((row) => row.length > 200))).toEqual([]);
    expect(rows.flat().filter((row) => /\p{Cc}/u.test(row) || !/[\p{L}\p{N}]/u.test(row))).toEqual([]);
    expect(factOn(capture('claude/31-finished', true)).lastLines.at(-1)).toBe(
      '✻ Crunched for 8s · done 11:55 AM',
    );
  });
});

const IDLE = capture('claude/23-idle-manual', false);

/** An idle screen with this in its box, as the agent wraps it: a sign or two spaces before, the cursor behind. */
function withDraft(text: string, width: number): string {
  const rows: string[] = [];
  let rest = text;
  while (rest.length > width - 3) {
    const space = rest.lastIndexOf(' ', width - 3);
    const at = space > 0 ? space : width - 3;
    rows.push(rest.slice(0, at));
    rest = rest.slice(at).trimStart();
  }
  const box = [...rows, rest].map((row, index) => `${index === 0 ? '❯\u00a0' : '  '}${row}`);
  return idleScreen(['❯ go', '', '● Hello.'], width).replace(/^❯\u00a0.*$/m, () => box.join('\n'));
}

describe('a draft in the input box', () => {
  const word = fc.string({
    unit: fc.constantFrom(...'abcXYZ019.,:;/()[]"$`{}é'.split('')),
    minLength: 1,
    maxLength: 30,
  });
  const draft = fc.array(word, { minLength: 1, maxLength: 25 }).map((words) => words.join(' '));

  test('is read whole, however it is wrapped, but for where its spaces were', () => {
    const law = fc.property(draft, fc.integer({ min: 60, max: 200 }), (text, width) => {
      const box = factOn(IDLE, withDraft(text, width)).box;
      const bare = (value: string): string => value.replaceAll(/\s/g, '');
      const read = bare(box?.text ?? '');
      return text.length > 450 ? read.length > 300 : read === bare(text);
    });
    expect(() => fc.assert(law, { numRuns: 300 })).not.toThrow();
  });

  test('holds a paste only where the marker itself stands in it', () => {
    const pasted = (text: string, width: number): boolean | undefined =>
      factOn(IDLE, withDraft(text, width)).box?.pasted;
    const sentence = 'Rollcall task secumon/fix-login (attempt k3f9a2): do what the text behind this asks.';
    for (const width of [60, 66, 80, 90, 100, 120, 200]) {
      expect(pasted(`${sentence} [Pasted text #1 +199 lines]`, width)).toBe(true);
      expect(pasted(`${sentence} [Pasted text #12]`, width)).toBe(true);
      expect(pasted(sentence, width)).toBe(false);
      expect(pasted('the [Pasted text] of yesterday', width)).toBe(false);
    }
  });

  test('that a task or an answer only shows is none', () => {
    const shown = idleScreen(['❯ [Pasted text #1 +9 lines]', '', '● ❯\u00a0draft', '  ❯\u00a0draft'], 100);
    expect(factOn(IDLE, shown).box).toEqual({ text: '', pasted: false });
  });
});

describe('a suggestion in the input box', () => {
  const [DIM, INVERSE, OFF] = ['\u001b[0;2m', '\u001b[7m', '\u001b[0m'];
  const boxed = (inside: string): string =>
    idleScreen(['\u001b[38;5;231m❯ go\u001b[39m'], 100).replace(/^❯\u00a0$/m, () => `❯\u00a0${inside}${OFF}`);

  test('is nothing that stands there, in whatever words', () => {
    expect(factOn(IDLE, boxed(`${INVERSE}r${DIM}un the tests again`)).box?.text).toBe('');
    expect(factOn(IDLE, boxed(`${DIM}run the tests again`)).box?.text).toBe('');
  });

  test('behind a draft leaves the draft', () => {
    expect(factOn(IDLE, boxed(`run${INVERSE} ${DIM}the tests`)).box?.text).toBe('run');
    expect(factOn(IDLE, boxed(`run the ${INVERSE}t${DIM}ests`)).box?.text).toBe('run the');
  });

  test('is not taken for one where it is not dim', () => {
    expect(factOn(IDLE, boxed('run the tests again')).box?.text).toBe('run the tests again');
    expect(factOn(IDLE, boxed(`r${INVERSE}u${OFF}n`)).box?.text).toBe('run');
  });
});

describe('what stands still on a screen', () => {
  const working = capture('claude/30-working-slow', true);
  const hash = (text: string): string => factOn(working, text).hash;

  test('is the same while only the spinner, its seconds and its tokens move', () => {
    const plain = capture('claude/30-working-slow', false);
    const spinner = /^[·✢*✶✻✽✳] \S+… \(.*$/m;
    expect(plain.text).toMatch(spinner);
    const seen = [
      '✽ Roosting… (4s · ↓ 12 tokens)',
      '· Baking… (1m 59s · ↑ 99.1k tokens · esc to interrupt)',
      '',
    ];
    const hashes = seen.map((row) => hash(plain.text.replace(spinner, row)));
    expect(new Set(hashes).size).toBe(1);
  });

  test('is the same whatever the rows below the box say', () => {
    const text = idleScreen(['❯ go', '', '● Hello.'], 100, ['  12:01:07 · 1.2k tokens']);
    expect(hash(text)).toBe(hash(idleScreen(['❯ go', '', '● Hello.'], 100, ['  12:01:09 · 1.3k tokens'])));
  });

  test('is another with one more word of an answer, or in the box', () => {
    const one = idleScreen(['❯ go', '', '● Hello.'], 100);
    const others = [
      idleScreen(['❯ go', '', '● Hello you.'], 100),
      idleScreen(['❯ go', '', '● Hello.', '● 45 %'], 100),
      withDraft('x', 100),
    ];
    expect(new Set([one, ...others].map(hash)).size).toBe(4);
  });

  test('differs between all captures that look different', () => {
    const plain = ALL.filter(({ coloured, label }) => !coloured && label.state !== 'working');
    const texts = new Set(plain.map((one) => JSON.stringify([factOn(one).lastLines, factOn(one).box])));
    expect(new Set(plain.map((one) => factOn(one).hash)).size).toBeGreaterThanOrEqual(texts.size);
  });
});

describe('a hostile screen', () => {
  const PROFILES = BUILTIN_AGENTS.map((name) => builtinProfile(name));

  test('of any text never throws, and shows nothing that steers a terminal', () => {
    const rows = [...new Set(ALL.flatMap(({ text }) => text.split('\n')))];
    const piece = fc.oneof(fc.constantFrom(...rows), fc.string({ unit: 'binary', maxLength: 60 }));
    const law = fc.property(fc.array(piece, { maxLength: 40 }), (pieces) =>
      PROFILES.every((profile) => {
        const fact = readScreenFact(profile, { text: pieces.join('\n'), seenAt: 0, title: null });
        const shown = [fact.question ?? '', fact.box?.text ?? '', ...fact.lastLines];
        return shown.every((text) => !/[\p{Cc}\p{Cs}]/u.test(text) && text.length <= 500);
      }),
    );
    expect(() => fc.assert(law, { numRuns: 300 })).not.toThrow();
  });

  test.each([
    ['boxes', `${'─'.repeat(60)}\n❯\u00a0x\n`.repeat(4000)],
    ['one box without end', `${'─'.repeat(60)}\n❯\u00a0${'x '.repeat(100_000)}\n${'─'.repeat(60)}`],
    [
      'a box of many rows',
      `${'─'.repeat(99)}\n❯\u00a0${`${'ab '.repeat(32)}\n  `.repeat(118)}\n${'─'.repeat(99)}`,
    ],
    ['dialogs', ' Do you want to proceed?\n ❯ 1. Yes\n  Esc to cancel\n'.repeat(5000)],
    ['spinners', `✻ ${'a… '.repeat(160)}\n`.repeat(540)],
    ['dim rows', `\u001b[2m${'x'.repeat(400)}\n`.repeat(600)],
  ])('of 256 KiB of %s takes under 60 ms', (_, text) => {
    for (const profile of PROFILES) {
      const times = [0, 1, 2].map(() => {
        const before = performance.now();
        readScreenFact(profile, { text: text.slice(-256 * 1024), seenAt: 0, title: null });
        return performance.now() - before;
      });
      expect({ agent: profile.name, ms: Math.min(...times) }).toSatisfy(({ ms }: { ms: number }) => ms < 60);
    }
  });
});
