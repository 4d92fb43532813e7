import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { PRIORITIES, REJECT_REASONS } from '../../src/model/task.ts';
import { taskId } from '../../src/queue/file-name.ts';
import type { ReadTask } from '../../src/queue/read-task.ts';
import { TASK_KEYS } from '../../src/queue/task-keys.ts';
import { cpuMs } from '../support/cpu-time.ts';
import { keysOf, read } from './read.ts';

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Whatever was read, it is one of the two things the types say, and nothing in it can do harm where it goes. */
function expectFit(found: ReadTask): void {
  if (!found.ok) {
    expect(REJECT_REASONS).toContain(found.reason);
    for (const row of found.detail.split('\n'))
      expect(row).toMatch(/^[^\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]{1,400}$/u);
    return;
  }
  const { task } = found;
  expect(task.id).toMatch(ID);
  expect(task.title ?? 'x').toMatch(/^[^\p{Cc}\p{Cs}\u2028\u2029]{1,200}$/u);
  expect(task.model ?? 'x').toMatch(/^[A-Za-z0-9][A-Za-z0-9._:@/[\]-]{0,63}$/);
  expect(task.cwd ?? '/').toMatch(/^\/[^#\p{Cc}\p{Cs}]*$/u);
  expect((task.cwd ?? '/').split('/')).not.toContain('..');
  expect(task.agent ?? 'x').toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$/);
  expect(PRIORITIES).toContain(task.priority);
  for (const number of [task.timeoutMs, task.retries, task.notBefore]) {
    expect(number === null || (Number.isSafeInteger(number) && number >= 0)).toBe(true);
  }
  expect(found.body).toMatch(/\S/);
}

const arbKey = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<string>(...TASK_KEYS) },
  fc.constantFrom(
    '__proto__',
    'constructor',
    '<<',
    '*a',
    '&a b',
    '? x',
    '!!js',
    'idd',
    '"',
    "'",
    '{',
    '[',
    '- ',
  ),
  fc.string({ maxLength: 8 }),
);

const arbValue = fc.oneof(
  fc.constantFrom(
    '~',
    'null',
    '../../etc',
    '/',
    'x; rm -rf',
    '#(id)',
    '$(id)',
    '"\\e[201~"',
    '"\\ud800"',
    '1h',
    '3',
  ),
  fc.constantFrom(
    'high',
    '2026-11-23',
    '1795392000',
    'file',
    '|',
    '>-',
    '*a',
    '&a',
    '!!binary x',
    '{a: b}',
    '[a',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ maxLength: 20 }),
);

const arbText = fc
  .record({
    bom: fc.constantFrom('', '', '\ufeff'),
    first: fc.constantFrom('---', '---', '---', '---js', '--- ', ''),
    pairs: fc.array(fc.tuple(arbKey, arbValue), { maxLength: 6 }),
    last: fc.constantFrom('---', '---', '---', '...', ''),
    body: fc.oneof(fc.constant('do it'), fc.string({ unit: 'binary', maxLength: 20 })),
    end: fc.constantFrom('\n', '\n', '\r\n', '\r'),
  })
  .map(
    ({ bom, first, pairs, last, body, end }) =>
      bom + [first, ...pairs.map(([key, value]) => `${key}: ${value}`), last, body].join(end),
  );

describe('whatever lies in an inbox', () => {
  it('as bytes, is a task or has a reason', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.string({ unit: 'binary', maxLength: 4 }),
        (bytes, file) => {
          const found = read(bytes, `a${file}.md`);
          seen.add(found.ok ? 'a task' : found.reason);
          expectFit(found);
        },
      ),
      { numRuns: 1500 },
    );
    expect([...seen]).toEqual(
      expect.arrayContaining(['not-utf8', 'control-characters', 'bad-name', 'empty']),
    );
  });

  it('as text, is a task or has a reason', () => {
    const seen = { ok: 0, bad: 0 };
    fc.assert(
      fc.property(arbText, (text) => {
        const found = read(text);
        seen[found.ok ? 'ok' : 'bad'] += 1;
        expectFit(found);
      }),
      { numRuns: 3000 },
    );
    // The generator draws both kinds, or the law says nothing.
    expect(Math.min(seen.ok, seen.bad)).toBeGreaterThan(100);
  });

  it('has an id of harmless characters by its name, or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        const id = taskId(`${name}.md`);
        expect(id === null || ID.test(id)).toBe(true);
        if (ID.test(name)) expect(id).toBe(name);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['fix login.md', 'fix-login'],
    ['2026-11-23 a.b_c.md', '2026-11-23-a.b_c'],
    ['../../etc/passwd.md', 'etc-passwd'],
    ['$(rm -rf ~).md', 'rm--rf---'],
    ['a@b@c.md', 'a-b-c'],
    ['-rf.md', 'rf'],
    ['.md', null],
    ['@@@.md', null],
    ['🙂x.md', 'x'],
    [`${'a'.repeat(300)}.md`, 'a'.repeat(100)],
  ])('named %s is the task %s', (file, id) => {
    expect(taskId(file)).toBe(id);
  });
});

describe('a text that tries to escape', () => {
  const CANARY = 'rollcallTestPwned';

  it.each([
    [`---js\nglobalThis.${CANARY} = 1\n---\nx`],
    [`---javascript\nglobalThis.${CANARY} = 1\n---\nx`],
    ['---json\n{"id": "a"}\n---\nx'],
    ['---toml\nid = "a"\n---\nx'],
    [`---\nid: !!js/function "function () { globalThis.${CANARY} = 1 }"\n---\nx`],
    [`---\nid: !<tag:yaml.org,2002:js> x\n---\nx`],
  ])('in another language is refused and never run: %j', (text) => {
    expect(read(text)).toMatchObject({ ok: false, reason: 'malformed' });
    expect(globalThis).not.toHaveProperty(CANARY);
  });

  it.each([
    ['id: ../../x', 'is not an id'],
    ['id: a/b', 'is not an id'],
    ['id: a@b', 'is not an id'],
    ['id: .hidden', 'is not an id'],
    ['id: -rf', 'is not an id'],
    ['id: "a\\0b"', 'is not an id'],
    ['id: "a\\n"', 'is not an id'],
    ['model: "x; rm -rf"', 'is not the name of a model'],
    ['model: --dangerously-skip-permissions', 'is not the name of a model'],
    ['model: "opus\\n"', 'is not the name of a model'],
    ['agent: ../claude', 'is not the name of an agent'],
    ["cwd: 'a#(touch pwned)'", 'is not a folder'],
    ['cwd: "a\\e[201~"', 'is not a folder'],
    ['cwd: "a\\ud800"', 'is not a folder'],
    ['cwd: "a\\nb"', 'is not a folder'],
    ['title: "\\e[201~"', 'is not a title'],
    ['title: "\\u202egnol"', 'is not a title'],
    ['id: !!str x', 'without lists, maps, anchors'],
    ['id: &a x', 'without lists, maps, anchors'],
    ['title: *a', 'without lists, maps, anchors'],
    ['<<: {id: x}', 'unknown key "<<"'],
    ['%YAML 1.1', 'not YAML'],
  ])('in its frontmatter is refused: %s', (line, told) => {
    const detail = keysOf(line);
    expect(detail).toMatch(/^malformed: /);
    expect(detail).toContain(told);
  });

  it('in a path is no way out of what can be checked: it is made absolute and normal', () => {
    expect(keysOf('cwd: /')).toMatchObject({ cwd: '/' });
    expect(keysOf('cwd: ~/../../etc/./passwd/..')).toMatchObject({ cwd: '/etc' });
  });

  it('in its body is only text', () => {
    const body = 'fix; \n#(touch pwned) $(id) `id` \\\n/exit\n!sh\n--help;';
    expect(read(body)).toMatchObject({ ok: true, body });
  });
});

describe('a frontmatter written by a YAML library', () => {
  it('is read as it was meant', () => {
    const arb = fc.record(
      {
        id: fc.stringMatching(ID),
        title: fc
          .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
          .filter(
            (text) => text.trim() === text && !/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(text),
          ),
        priority: fc.constantFrom(...PRIORITIES),
        model: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:@/[\]-]{0,20}$/),
        agent: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,20}$/),
        retries: fc.integer({ min: 0, max: 10 }),
        timeout: fc.integer({ min: 1, max: 100_000 }).map((count) => `${String(count)}s`),
        notBefore: fc.integer({ min: 0, max: 4_000_000_000 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(arb, (keys) => {
        const { timeout, notBefore, ...same } = keys;
        expect(read(`---\n${stringify(keys)}---\ndo it`)).toMatchObject({
          ok: true,
          task: {
            ...same,
            ...(timeout === undefined ? {} : { timeoutMs: Number.parseInt(timeout, 10) * 1000 }),
            ...(notBefore === undefined ? {} : { notBefore: notBefore * 1000 }),
          },
        });
      }),
      { numRuns: 500 },
    );
  });

  it('leaves any body as it is', () => {
    const arb = fc
      .string({ unit: 'grapheme', maxLength: 200 })
      .filter((text) => /\S/.test(text) && !/(?!\r\n)[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/u.test(text));
    fc.assert(
      fc.property(arb, fc.boolean(), (body, windows) => {
        const end = windows ? '\r\n' : '\n';
        expect(read(`---${end}id: a${end}---${end}${body}`)).toMatchObject({ ok: true, body });
      }),
      { numRuns: 500 },
    );
  });
});

/** 16 KiB is the most that is looked at of a frontmatter; 256 KiB of a file. */
const COSTLY: Readonly<Record<string, string>> = {
  'open lists': '['.repeat(16_000),
  'open lists, few': '['.repeat(490),
  'open maps': '{a: '.repeat(4000),
  'nested questions': '? '.repeat(240),
  'nested dashes': '- '.repeat(240),
  'many keys': Array.from({ length: 3000 }, (_, index) => `${index.toString(36)}:`).join('\n'),
  anchors: '&a '.repeat(240),
  tags: '!a '.repeat(5000),
  aliases: '*a '.repeat(5000),
  'an alias bomb': `a: &a [x]\n${Array.from({ length: 40 }, (_, n) => `b${String(n)}: &b${String(n)} [*a,*a,*a]`).join('\n')}`,
  commas: `[${','.repeat(490)}`,
  escapes: `title: "${'\\e'.repeat(8000)}"`,
  'one long word': `id: ${'a'.repeat(16_000)}`,
  'a long key': `${'a'.repeat(16_000)}: x`,
  'a long duration': `timeout: ${'1'.repeat(16_000)}`,
  'many durations': `timeout: ${'1m'.repeat(8000)}x`,
  'a long path': `cwd: ${'../'.repeat(5000)}`,
  'rows of a scalar': 'a\n '.repeat(5000),
  'document ends': '...\n'.repeat(4000),
  'empty rows': '\n'.repeat(16_000),
  'half ends': '---x\n'.repeat(50_000),
};

describe('a file made to be slow', () => {
  it.each(Object.entries(COSTLY))('is refused within 100 ms: %s', (_, frontmatter) => {
    const text = `---\n${frontmatter}\n---\nx`;
    expect(cpuMs(() => read(text))).toBeLessThan(100);
  });

  it('of 10 MB is refused without being looked at', () => {
    const bytes = new Uint8Array(10 * 1024 * 1024);
    expect(read(bytes)).toMatchObject({ ok: false, reason: 'too-large' });
    expect(cpuMs(() => read(bytes))).toBeLessThan(5);
  });
});
