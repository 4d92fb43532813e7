import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AttemptRecord, PRIORITIES, REJECT_REASONS, TASK_REASONS } from '../../src/model/task.ts';
import { reasonText } from '../../src/queue/reason.ts';
import { parseRecord, recordText } from '../../src/queue/record.ts';

const RECORD: AttemptRecord = {
  version: 1,
  attempt: 'k3f9a0',
  inbox: 'secumon',
  id: 'fix-login',
  title: 'Mend the login',
  file: 'fix login.md',
  sha256: 'a'.repeat(64),
  bytes: 120,
  number: 1,
  session: 'ccl-auto-11',
  pool: 'auto',
  agent: 'claude',
  model: 'sonnet',
  account: 'main',
  cwd: '/home/op/secumon',
  conversation: '0d7c5a3e-1b2c-4d3e-8f90-a1b2c3d4e5f6',
  priority: 'normal',
  delivery: 'argv',
  timeoutMs: null,
  retries: null,
  startedAt: 1_795_392_000_000,
  launches: 1,
  launchedAt: 1_795_392_000_000,
  fleet: 'home',
  errors: 0,
  parkedUntil: null,
  end: null,
};

const ENDED: AttemptRecord = {
  ...RECORD,
  end: {
    result: 'done',
    reason: 'agent-said-so',
    detail: 'it said so',
    at: 1_795_392_100_000,
    lastLines: ['ok'],
  },
};

const time = fc.nat();
const words = fc.string({ unit: 'binary', maxLength: 30 });
const name = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,20}$/);

const arbRecord: fc.Arbitrary<AttemptRecord> = fc.record({
  version: fc.constant(1 as const),
  attempt: fc.stringMatching(/^[a-z0-9]{4,32}$/),
  inbox: name,
  id: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
  title: fc.option(words),
  file: words.filter((text) => !/[/\0]/.test(text)).map((text) => `a${text}.md`),
  sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
  bytes: time,
  number: fc.nat().map((count) => count + 1),
  session: name,
  pool: name,
  agent: name,
  model: fc.option(words),
  account: fc.option(name),
  cwd: words.map((text) => `/${text}`),
  conversation: fc.uuid(),
  priority: fc.constantFrom(...PRIORITIES),
  delivery: fc.constantFrom('argv', 'file', 'paste'),
  timeoutMs: fc.option(time),
  retries: fc.option(fc.nat(10)),
  startedAt: time,
  launches: fc.nat().map((count) => count + 1),
  launchedAt: time,
  fleet: fc.constant('home'),
  errors: fc.nat(),
  parkedUntil: fc.option(time),
  end: fc.option(
    fc.record({
      result: fc.constantFrom('done', 'failed', 'returned'),
      reason: fc.constantFrom(...TASK_REASONS),
      detail: words,
      at: time,
      lastLines: fc.array(words, { maxLength: 20 }),
    }),
  ),
});

/** Every place of a JSON value with something else there, or without it. */
function damaged(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  const other = Array.isArray(value)
    ? value.flatMap((item: unknown, at) => [42, ...damaged(item)].map((wrong) => value.with(at, wrong)))
    : Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
        const { [key]: _, ...without } = value as Record<string, unknown>;
        const wrong = [undefined, {}, true, -1.5, '', ...damaged(item)];
        return [without, ...wrong.map((each) => ({ ...value, [key]: each }))];
      });
  return Array.isArray(value) ? other : [...other, { ...value, more: 1 }];
}

// An empty text is as good as any other in these.
const ANY_TEXT = new Set(['title', 'model', 'detail', 'lastLines']);

describe('a record', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(arbRecord, (record) => {
        expect(parseRecord(recordText(record))).toEqual(record);
      }),
    );
  });

  it('with anything left out, added or of another kind is not believed at all', () => {
    const believed = damaged(ENDED).filter((wrong) => parseRecord(JSON.stringify(wrong)) !== null);
    const differing = believed.map((wrong) => differingKeys(wrong, ENDED));
    expect(differing.flat().filter((key) => !ANY_TEXT.has(key))).toEqual([]);
    expect(damaged(ENDED).length).toBeGreaterThan(150);
  });

  it.each([
    ['an attempt with a path', { attempt: '../../x' }],
    ['a conversation that is no UUID', { conversation: 'latest' }],
    ['a file elsewhere', { file: '../../.bashrc' }],
    ['a hidden file', { file: '.bashrc' }],
    ['an id with a path', { id: 'a/b' }],
    ['a session tmux would read otherwise', { session: '=x:1.2' }],
    ['a relative folder', { cwd: 'work' }],
    ['a time before all', { startedAt: -1 }],
    ['another version', { version: 2 }],
    ['a reason of another day', { end: { ...ENDED.end, reason: 'because' } }],
  ])('with %s is not believed', (_, wrong) => {
    expect(parseRecord(JSON.stringify({ ...RECORD, ...wrong }))).toBeNull();
  });

  it.each([
    ['nothing', ''],
    ['half of it', recordText(RECORD).slice(0, 300)],
    ['a list', '[]'],
    ['null', 'null'],
    ['a word', 'done'],
    ['a deep nest', '['.repeat(100_000)],
    ['a megabyte', recordText({ ...RECORD, title: 'x'.repeat(1_000_000) })],
    ['a prototype', recordText(RECORD).replace('{', '{"__proto__": {"a": 1},')],
  ])('of %s is none', (_, text) => {
    expect(parseRecord(text)).toBeNull();
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        expect(parseRecord(text)).toBeNull();
      }),
    );
  });
});

describe('the reason beside a rejected file', () => {
  it.each(REJECT_REASONS)('begins with its word alone: %s', (reason) => {
    const text = reasonText(reason, 'line 2: wrong\nline 3: wrong, too', 1_795_392_000_000);
    expect(text.split('\n').slice(0, 5)).toEqual([reason, '', 'line 2: wrong', 'line 3: wrong, too', '']);
    expect(text).toContain('2026-11-23T00:00:00.000Z');
    expect(text.endsWith('\n')).toBe(true);
  });
});

function differingKeys(one: unknown, other: unknown): string[] {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return [];
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].flatMap((key) => {
    const [left, right] = [one, other].map((each) => (each as Record<string, unknown>)[key]);
    if (JSON.stringify(left) === JSON.stringify(right)) return [];
    const inside = Array.isArray(left) ? [] : differingKeys(left, right);
    return inside.length > 0 ? inside : [key];
  });
}
