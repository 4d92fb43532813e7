import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { STEPS } from '../../demo/recording.ts';
import { cast } from '../../scripts/record/cast.ts';
import { svg } from '../../scripts/record/svg.ts';

const read = (file: string): string =>
  readFileSync(new URL(`../../docs/demo/${file}`, import.meta.url), 'utf8');

describe('the recording', () => {
  test('is a cast of version 2 that plays each command in its order, and names nobody’s folder', () => {
    const [header, ...events] = read('rollcall.cast')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(header).toMatchObject({ version: 2, width: 100, height: 28 });
    const times = events.map(([at]) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const shown = events.map(([, , text]) => text).join('');
    let from = 0;
    for (const { line } of STEPS) {
      const at = shown.indexOf(`$ ${line}`, from);
      expect([line, at >= from]).toEqual([line, true]);
      from = at + 1;
    }
    expect(shown).not.toMatch(/\/tmp\/rc-|\/root\//);
    expect(shown).toContain('Converged.');
  });

  test('is readable as a picture, light and dark, and stands still at its end', () => {
    const picture = read('rollcall.svg');
    expect(picture).toContain('prefers-color-scheme:dark');
    expect(picture.match(/<g class="f /g)).toHaveLength(2 * STEPS.length);
    expect(picture).toContain('.f:last-child{opacity:1}');
    expect(picture).not.toMatch(/<script|href=|\/tmp\/rc-|\/root\//);
  });

  test('draws foreign text as text, each word at its own column, in the colour it had', () => {
    const screen = '\u001b[32mok\u001b[39m  <b>&amp;\n\u001b[1;31mbad';
    const picture = svg([{ line: 'x', pause: 1, output: '', screen }], { columns: 20, rows: 2 });
    expect(picture).toContain(
      '<tspan x="0.0" textLength="16.8" lengthAdjust="spacingAndGlyphs" class="c2">ok</tspan>',
    );
    expect(picture).toContain(
      '<tspan x="33.6" textLength="67.2" lengthAdjust="spacingAndGlyphs">&lt;b&gt;&amp;amp;</tspan>',
    );
    expect(picture).toContain('class="b c1">bad</tspan>');
  });

  test('has the same times for the same session', () => {
    const played = [{ line: 'rollcall plan', pause: 2, output: 'a\r\nb\r\n', screen: '' }];
    expect(cast(played, { columns: 80, rows: 24 })).toBe(cast(played, { columns: 80, rows: 24 }));
    expect(cast(played, { columns: 80, rows: 24 })).not.toContain('timestamp');
  });
});
