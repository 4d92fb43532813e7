import { describe, expect, it } from 'vitest';
import { CONTEXT, keysOf, PLAIN, read } from './read.ts';

describe('a task', () => {
  it('needs no frontmatter: its id is made of its name', () => {
    expect(read('Mend the login.\n')).toEqual({ ok: true, task: PLAIN, body: 'Mend the login.\n' });
  });

  it('says everything it may say', () => {
    expect(
      keysOf(
        'id: login-7',
        'title: Mend the login',
        'priority: critical',
        'model: claude-opus-4.1[1m]',
        'cwd: app/../web',
        'agent: codex',
        'timeout: 1h30m',
        'retries: 2',
        'notBefore: 2026-11-23T08:00:30+01:00',
        'deliver: file',
      ),
    ).toEqual({
      id: 'login-7',
      title: 'Mend the login',
      priority: 'critical',
      model: 'claude-opus-4.1[1m]',
      cwd: '/home/op/work/web',
      agent: 'codex',
      timeoutMs: 5_400_000,
      retries: 2,
      notBefore: Date.parse('2026-11-23T07:00:30Z'),
      deliver: 'file',
    });
  });

  it.each([
    ['nothing', ''],
    ['a comment', '# later'],
    ['null', 'null'],
    ['a tilde', '~'],
    ['an empty map', '{}'],
    ['keys without values', 'title:\nmodel: ~\ncwd: null'],
  ])('may have a frontmatter that says %s', (_, lines) => {
    expect(keysOf(lines)).toEqual(PLAIN);
  });

  it.each([
    ['~', '/home/op'],
    ['~/app', '/home/op/app'],
    ['"~/app/"', '/home/op/app'],
    ['/srv/./x/', '/srv/x'],
    ['/', '/'],
    ['.', '/home/op/work'],
    ['../other', '/home/op/other'],
    ['../../../../..', '/'],
    ['dir with blanks', '/home/op/work/dir with blanks'],
  ])('takes cwd %s for %s', (written, meant) => {
    expect(keysOf(`cwd: ${written}`)).toEqual({ ...PLAIN, cwd: meant });
  });

  it.each([
    ['2026-11-23T08:00Z', '2026-11-23T08:00:00Z'],
    ['2026-11-23 08:00:30.5 -02:30', '2026-11-23T10:30:30.500Z'],
    ['"2026-11-23"', '2026-11-23T00:00:00Z'],
    ['2026-11-23', '2026-11-23T00:00:00Z'],
    ['2028-02-29', '2028-02-29T00:00:00Z'],
    ['1795392000', '2026-11-23T00:00:00Z'],
  ])('takes notBefore %s for %s', (written, meant) => {
    expect(keysOf(`notBefore: ${written}`)).toEqual({ ...PLAIN, notBefore: Date.parse(meant) });
  });

  it.each([
    ['id: 0042', { id: '0042' }],
    ['id: "null"', { id: 'null' }],
    ['id: 1e3', { id: '1e3' }],
    ['title: no', { title: 'no' }],
    ['title: |\n  one line', { title: 'one line' }],
    ['title: 2026-11-23', { title: '2026-11-23' }],
    ['model: 4.10', { model: '4.10' }],
    ['retries: "3"', { retries: 3 }],
  ])('reads %j as text, not as what YAML makes of it', (line, said) => {
    expect(keysOf(line)).toEqual({ ...PLAIN, ...said });
  });
});

describe('a body', () => {
  it.each([
    ['\n\n  two empty lines before it\n\n\n'],
    ['windows\r\nlines\r\n'],
    ['no line end'],
    ['---\nid: not a key\n---\n'],
    ['tabs\tand ünïcode 🙂 \u200d\u2028 and \ufeff in it'],
  ])('is everything behind the frontmatter, byte for byte: %j', (body) => {
    for (const head of ['---\nid: a\n---\n', '---\r\nid: a\r\n---\r\n', '\ufeff---\n---\n']) {
      expect(read(head + body)).toMatchObject({ ok: true, body });
    }
  });

  it('is the whole file where there is no frontmatter, without a byte order mark', () => {
    expect(read('\ufeffdo it\n--- \n')).toMatchObject({ ok: true, body: 'do it\n--- \n' });
  });

  it('is not what stands behind a line that only looks like the end of the frontmatter', () => {
    for (const line of ['--- ', ' ---', '----', '---x', '\u2028---']) {
      expect(read(`---\nid: a\n${line}\ndo it\n`)).toMatchObject({ ok: false, reason: 'malformed' });
    }
  });

  it('begins behind a newline and no other line end', () => {
    expect(read('---\nid: a # x\u2028---\ndo it\n')).toMatchObject({ ok: false, reason: 'malformed' });
  });

  it.each([[''], ['\n \t\r\n'], ['---\nid: a\n---'], ['---\nid: a\n---\n\u00a0\n'], ['\ufeff']])(
    'of blanks only is empty: %j',
    (text) => {
      expect(read(text)).toMatchObject({ ok: false, reason: 'empty' });
    },
  );
});

describe('a mistake in a frontmatter', () => {
  it.each([
    ['modle: opus', 'line 2: unknown key "modle"; did you mean "model"?'],
    ['owner: me', 'line 2: unknown key "owner"; the keys are id, title, priority, model'],
    ['__proto__: x', 'line 2: unknown key "__proto__"'],
    ['priority: hihg', 'is not one of critical, high, normal, low; did you mean "high"?'],
    ['deliver: argv', 'is not one of inline, file'],
    ['retries: 11', 'is not a whole number from 0 to 10'],
    ['retries: -1', 'is not a whole number'],
    ['retries: 2.0', 'is not a whole number'],
    ['timeout: 90', 'such as 90s, 5m'],
    ['timeout: 0s', 'a duration from 1s'],
    ['timeout: 9999999d', 'to ten years'],
    ['notBefore: 2026-11-23T08:00', 'is not a time: 2026-11-23T08:00Z'],
    ['notBefore: 2026-02-30', 'is not a time'],
    ['notBefore: 2026-11-23T24:00Z', 'is not a time'],
    ['notBefore: 1795392000000', 'epoch seconds'],
    ['notBefore: 999999999999', 'epoch seconds'],
    ['notBefore: tomorrow', 'is not a time'],
    ['id: a b', 'is not an id'],
    ['id: ""', 'is not an id'],
    [`id: ${'a'.repeat(101)}`, 'is not an id'],
    [`title: ${'é'.repeat(201)}`, 'one line of at most 200 characters'],
    ['title: "one\\ntwo"', 'one line'],
    ['title: "one\\u2028two"', 'one line'],
    ['title: ""', 'is not a title'],
    ['cwd: ""', 'is not a folder'],
    ['cwd: ~root', 'is not a folder'],
    ['agent: builtin:claude', 'is not the name of an agent'],
    ['id: [a]', 'line 2: id: write one value'],
    ['id: {a: b}', 'line 2: id: write one value'],
    ['? [id]\n: a', 'a key must be a plain word'],
    ['id: a\nid: b', 'line 3: "id" is there twice'],
    ['title: Mend: the login', 'line 2: not YAML'],
    ['title: "open', 'not YAML'],
    ['- id: a', 'line 2: one "key: value" to a line'],
    ['just text', 'line 2: one "key: value" to a line'],
    [`# ${'a long comment '.repeat(1200)}`, 'more than 16 KiB'],
    [Array.from({ length: 300 }, () => '# short').join('\n'), 'words and marks'],
    ['id: a\n...\nid: b', 'line 4: a second YAML document'],
  ])('%j is told with its line and what to do', (lines, told) => {
    expect(keysOf(...lines.split('\n'))).toMatch(/^malformed: (?:line \d+: |the frontmatter has more than )/);
    expect(keysOf(...lines.split('\n'))).toContain(told);
  });

  it('does not hide the others', () => {
    expect(keysOf('priority: urgent', '# a comment', 'modle: opus', 'id: ../x')).toBe(
      [
        'malformed: line 2: priority: "urgent" is not one of critical, high, normal, low',
        'line 4: unknown key "modle"; did you mean "model"?',
        'line 5: id: "../x" is not an id: letters, digits, ".", "_" and "-" only, at most 100, beginning with a letter or digit',
      ].join('\n'),
    );
  });

  it('is told on its line of a file with CRLF, too', () => {
    expect(read('---\r\nid: a\r\n\r\nmodle: x\r\n---\r\ndo it')).toMatchObject({
      detail: expect.stringContaining('line 4: unknown key "modle"'),
    });
  });

  it('of a hundred kinds is told in a few rows', () => {
    const found = read(
      `---\n${Array.from({ length: 60 }, (_, index) => `k${String(index)}: x\n`).join('')}---\nx`,
    );
    const rows = found.ok ? [] : found.detail.split('\n');
    expect([rows.length, rows.at(-1)]).toEqual([11, 'and 50 more']);
  });
});

describe('a file', () => {
  it('of exactly the most bytes is read, of one more is too large', () => {
    expect(read('x'.repeat(CONTEXT.maxBytes))).toMatchObject({ ok: true });
    expect(read('x'.repeat(CONTEXT.maxBytes + 1))).toMatchObject({ ok: false, reason: 'too-large' });
  });

  it.each([
    ['latin-1', Uint8Array.from([0x0a, 0x68, 0xe9, 0x0a]), 'line 2: what stands near byte 4 '],
    ['cut off', Uint8Array.from([0x68, 0xc3]), 'line 1: what stands near byte 2 '],
    ['UTF-16', Uint8Array.from([0xff, 0xfe, 0x68, 0x00]), 'the file is UTF-16'],
    ['a surrogate', Uint8Array.from([0x68, 0xed, 0xa0, 0x80]), 'line 1: what stands near byte 3 '],
    ['a picture', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a]), 'line 1: what stands near byte 1 '],
  ])('that is no UTF-8 is told where: %s', (_, bytes, told) => {
    expect(read(bytes)).toMatchObject({
      ok: false,
      reason: 'not-utf8',
      detail: expect.stringContaining(told),
    });
  });

  it.each([
    ['a\n  \0', 'line 2, column 3: control character U+0000'],
    ['\u001b[31mred', 'line 1, column 1: control character U+001B'],
    ['a\rb', 'line 1, column 2: control character U+000D'],
    ['a\r', 'U+000D'],
    ['a\r\r\n', 'U+000D'],
    ['a\u007f', 'U+007F'],
    ['a\u0085', 'U+0085'],
    ['a\u009b31m', 'U+009B'],
    ['a\u202eb', 'U+202E'],
    ['a\u2066b', 'U+2066'],
    ['---\ntitle: a\u0007\n---\nx', 'line 2, column 9: control character U+0007'],
  ])('with a character that a terminal or a reader is misled by is refused: %j', (text, told) => {
    expect(read(text)).toMatchObject({
      ok: false,
      reason: 'control-characters',
      detail: expect.stringContaining(told),
    });
  });

  it.each([
    ['...md', 'does not begin with a dot'],
    ['a\nb.md', 'rename it'],
    ['a\u001b[2J.md', 'rename it'],
    ['a\u202etxt.md', 'rename it'],
    [`${'é'.repeat(100)}.md`, 'at most 200'],
    ['--.md', 'no id can be made'],
    ['日本.md', 'no id can be made'],
  ])('named %j is no task', (file, told) => {
    expect(read('do it', file)).toMatchObject({
      ok: false,
      reason: 'bad-name',
      detail: expect.stringContaining(told),
    });
  });

  it('whose name gives no id may give one in its frontmatter', () => {
    expect(read('---\nid: nihon\n---\ndo it', '日本.md')).toMatchObject({ ok: true, task: { id: 'nihon' } });
  });
});
