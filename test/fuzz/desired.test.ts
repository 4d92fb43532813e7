import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { readDesired, readDesiredBytes } from '../../src/desired/read.ts';
import type { DesiredReading } from '../../src/model/seams.ts';
import { cpuMs } from '../support/cpu-time.ts';
import { fuzz, PATIENCE_MS } from './fuzz.ts';
import { mutatedBytes } from './mutate.ts';

const CONTEXT = { file: '/srv/fleet/desired-state.yaml', home: '/home/ann' };

const SMALL = `apiVersion: rollcall/v1
kind: Fleet
name: home
accounts:
  main: { home: ~/.claude-main }
  backup: { home: "~/.claude-backup", agent: claude }
activeAccount: { link: ~/.claude, prefer: [main, backup], select: sticky }
sharedState: { root: ~/.claude-shared, entries: [projects] }
dedicated: { ops-1: { cwd: ~/work, onSwap: resume } }
pools:
  auto: { prefix: ccl-auto-, startIndex: 11, min: 2, max: 10, cwd: ~/work, cooldown: 1h30m }
inboxes:
  work: { dir: ./.q/inbox, pool: auto, allow: { cwd: [~/w/**], models: [opus] } }
`;

const TINY = 'apiVersion: rollcall/v1\nkind: Fleet\nname: a\npools: { a: { prefix: a-, max: 1 } }\n';

const NOTIFY = `apiVersion: rollcall/v1
kind: Fleet
name: n
tasks: { models: { default: sonnet }, idleTimeout: 30m, maxBytes: 256KiB }
quota: { confirmations: 2, thresholds: { pool: 2, dedicated: 1 }, maxSwaps: 6/24h, switchAt: 95% }
notify:
  channels:
    phone: { telegram: { chat: "-1001234", token: { fromEnv: TELEGRAM_BOT_TOKEN } } }
  rules:
    - { events: [swap.done, "task.*"], to: [phone], group: 2m }
  quiet: { from: "23:00", to: "07:00", zone: Europe/Paris }
`;

const WHOLE = readFileSync(new URL('../../examples/two-accounts.yaml', import.meta.url), 'utf8');

const WORDS = [
  ': ',
  '\n  ',
  '\n    - ',
  '- ',
  '? ',
  '{ ',
  ' }',
  '[',
  ']',
  ', ',
  '#',
  '|\n',
  '>-\n',
  '&a ',
  '*a',
  '<<: ',
  '!!js/function ',
  '!!binary ',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  'name: home\n',
  'pools:\n',
  'max: ',
  '~',
  '~/',
  '1h',
  '0s',
  '256KiB',
  'builtin:claude',
  '{ fromEnv: X }',
  'yes',
  '0x10',
  '1_000',
];

/** What an answer may not be, whatever the text was. */
function wrongIn(reading: DesiredReading, text: string): string | null {
  const lines = text.split('\n').length;
  const problems = reading.ok ? reading.warnings : reading.problems;
  if (!reading.ok && problems.every(({ severity }) => severity !== 'error'))
    return 'refused without an error';
  for (const { line, column, frame, message, code, severity } of problems) {
    if (!Number.isSafeInteger(line) || line < 0 || line > lines) return `line ${String(line)}`;
    if (!Number.isSafeInteger(column) || column < 0) return `column ${String(column)}`;
    if (!/^[a-z][a-z0-9-]*$/.test(code)) return `code ${code}`;
    if (message === '') return `${code} says nothing`;
    if (reading.ok && severity === 'error') return `taken in spite of ${code}`;
    if (/(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(frame + message))
      return `${code} shows a control character`;
  }
  return reading.ok ? wrongState(reading.desired) : null;
}

/** Only plain, finite JSON; ranges as declared; every path absolute. */
function wrongState(desired: Extract<DesiredReading, { ok: true }>['desired']): string | null {
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(desired)), desired)) return 'not plain JSON';
  if (!/^[A-Za-z0-9_-]+$/.test(desired.name)) return `name ${desired.name}`;
  for (const { min, max, startIndex, cooldownMs, cwd, prefix } of Object.values(desired.pools)) {
    const numbers = [min, max, startIndex, cooldownMs];
    if (!numbers.every((each) => Number.isSafeInteger(each) && each >= 0))
      return `a pool of ${String(numbers)}`;
    if (min > max) return 'min over max';
    if (!cwd.startsWith('/') || !/^[A-Za-z0-9_-]+$/.test(prefix)) return `pool ${prefix} in ${cwd}`;
  }
  const paths = [
    ...Object.values(desired.accounts).map(({ home }) => home),
    ...Object.values(desired.inboxes).flatMap(({ dir, cwd }) => [dir, cwd]),
    ...Object.values(desired.dedicated).map(({ cwd }) => cwd),
  ];
  const odd = paths.find((path) => !path.startsWith('/') || path.split('/').includes('..'));
  return odd === undefined ? null : `path ${odd}`;
}

/** What it says when written by another hand: all but where it stands. */
function meaning(reading: DesiredReading): unknown {
  return reading.ok ? { ...reading.desired, hash: '', sources: {} } : null;
}

it(
  'the desired state is taken or refused with places, whatever the bytes, and means the same rewritten',
  () => {
    expect(
      fuzz('desired state', mutatedBytes([SMALL, TINY, NOTIFY, SMALL, TINY, WHOLE], WORDS), (bytes) => {
        const reading = readDesiredBytes(bytes, CONTEXT);
        const text = new TextDecoder().decode(bytes);
        const wrong = wrongIn(reading, text);
        if (wrong !== null || !reading.ok) return wrong;
        const again = readDesired(stringify(parse(text)), CONTEXT);
        return isDeepStrictEqual(meaning(again), meaning(reading))
          ? null
          : 'means something else when rewritten';
      }),
    ).toBeNull();
  },
  PATIENCE_MS,
);

it('64 KiB of YAML of any kind take at most 300 ms', () => {
  const filled = (unit: string): string => unit.repeat(Math.ceil(65_536 / unit.length)).slice(0, 65_536);
  const texts = [
    ...WORDS.filter((word) => word !== '').map(filled),
    filled(SMALL),
    filled('a: {b: '),
    filled('"\\x41'),
    filled('k: [[[[ '),
    `pools:\n${Array.from({ length: 1300 }, (_, i) => `  p${String(i)}: { prefix: p${String(i)}x-, max: 3 }`).join('\n')}`,
  ];
  for (const text of texts) {
    const took = cpuMs(() => readDesired(text, CONTEXT));
    expect({ text: text.slice(0, 20), quick: took < 300, took }).toMatchObject({ quick: true });
  }
});
