import { describe, expect, test } from 'vitest';
import { body, found } from './reading.ts';

const frameOf = (text: string): string | undefined => found(body(text))[0]?.frame;

describe('an error frame', () => {
  test('shows place, lines, caret and what to do', () => {
    expect(frameOf('pools:\n  auto:\n    prefix: a-\n    cooldwn: 5m  # rest\n    max: 3\n')).toBe(
      [
        'error: unknown key "cooldwn" in pools.auto',
        ' --> desired-state.yaml:7:5',
        '6 |     prefix: a-',
        '7 |     cooldwn: 5m  # rest',
        '  |     ^^^^^^^',
        '8 |     max: 3',
        '   = help: did you mean "cooldown"?',
      ].join('\n'),
    );
  });

  test('lines up numbers of different width and leaves out blank lines', () => {
    expect(
      frameOf(`pools: {}\n${'#\n'.repeat(4)}\nx: 1\ny: 1`)
        ?.split('\n')
        .slice(2, 5),
    ).toEqual(['10 | x: 1', '   | ^', '11 | y: 1']);
  });

  test('explains a bare ~', () => {
    expect(frameOf('dedicated: { a: { cwd: ~ } }')).toContain('write "~" in quotes for the home folder');
  });

  test('explains a number where a text is meant', () => {
    expect(
      frameOf('notify: { channels: { p: { telegram: { chat: -1, token: { fromEnv: A } } } } }'),
    ).toContain('YAML reads this as a number; put it in quotes');
  });

  test('explains why a folder may have no #', () => {
    expect(frameOf("dedicated: { a: { cwd: '#(x)' } }")).toContain('tmux runs #(…) in a path as a command');
  });

  test('says what a missing key is for', () => {
    expect(frameOf('pools: { a: { max: 1 } }')).toContain(
      'Session names are this and a number. Such as ccl-auto-',
    );
  });

  test('never holds what a terminal would obey', () => {
    const frames = found(body('"x\u202ey\\e[31m": 1\npools: { "a\\u0007b\u2066": { } }')).map(
      ({ frame }) => frame,
    );
    expect(frames.length).toBeGreaterThan(0);
    expect(frames.join('\n').replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test('cuts a long line around the caret', () => {
    const lines = frameOf(`pools: { ${'a: {}, '.repeat(3)}${' '.repeat(5000)}, b: 1 }`)?.split('\n') ?? [];
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(120);
  });

  test('marks the mistake and nothing beside it, far right in a long line', () => {
    const frame = frameOf(`pools: { ${' '.repeat(3000)}bad.name: { prefix: a-, max: 1 } }`) ?? '';
    const [shown = '', caret = ''] = frame.split('\n').slice(-3);
    expect(shown.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('bad.name');
  });

  test('thirty mistakes are thirty problems, sorted by place', () => {
    const pools = Array.from(
      { length: 30 },
      (_, index) => `  p${String(index)}: { prefix: p${String(index)}-, max: 1, typo${String(index)}: 1 }`,
    );
    const problems = found(body(`pools:\n${pools.join('\n')}`));
    expect(problems.map(({ line }) => line)).toEqual(pools.map((_, index) => index + 5));
    expect(problems.every(({ code, frame }) => code === 'unknown-key' && frame.includes('^^^^^'))).toBe(true);
  });

  test('errors of every kind come together', () => {
    const codes = found(
      body(
        'pools:\n  a.b: { max: no }\n  a: { prefix: x, max: 2 }\n  a: 1\ninboxes: { i: { dir: d, pool: z } }\ntypo: 1\n',
      ),
    ).map(({ code }) => code);
    expect(codes).toEqual([
      'bad-name',
      'missing-key',
      'bad-value',
      'duplicate-key',
      'no-such-pool',
      'unknown-key',
    ]);
  });
});
