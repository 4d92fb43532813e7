import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesGlob } from '../../src/model/glob.ts';
import { cpuMs } from '../support/cpu-time.ts';

describe('a glob', () => {
  it.each([
    ['/a/b', '/a/b', true],
    ['/a/b', '/a/b/c', false],
    ['/a/b', '/a', false],
    ['/a/b', '/a/bc', false],
    ['/a/*', '/a/b', true],
    ['/a/*', '/a', false],
    ['/a/*', '/a/b/c', false],
    ['/a/**', '/a', true],
    ['/a/**', '/a/b/c', true],
    ['/a/**', '/ab', false],
    ['/a/**/z', '/a/z', true],
    ['/a/**/z', '/a/b/c/z', true],
    ['/a/**/z', '/a/b/zz', false],
    ['/**', '/', true],
    ['/*', '/', false],
    ['/', '/', true],
    ['/', '/a', false],
    ['/a/w-*', '/a/w-1', true],
    ['/a/w-*', '/a/w-', true],
    ['/a/w-*', '/a/w-1/x', false],
    ['/a/*-*-z', '/a/x-y-y-z', true],
    ['/a/w?', '/a/w🙂', true],
    ['/a/w?', '/a/w', false],
    ['/a?b', '/a/b', false],
    ['/a/b**c', '/a/b-c', true],
    ['/a/b**c', '/a/b/c', false],
    ['/a/[bc]', '/a/b', false],
    ['/a/[bc]', '/a/[bc]', true],
    ['/a/.*', '/a/b', false],
    ['/A', '/a', false],
  ])('%s for %s: %s', (glob, path, fits) => {
    expect(matchesGlob(glob, path)).toBe(fits);
  });

  it.each([
    ['/home/op/*', '/home/op/.ssh', false],
    ['/home/op/**', '/home/op/.ssh', false],
    ['/home/op/**', '/home/op/work/.git/hooks', false],
    ['/home/op/?ssh', '/home/op/.ssh', false],
    ['/home/op/.*', '/home/op/.ssh', true],
    ['/home/op/.config/**', '/home/op/.config/a/b', true],
    ['/home/op/**/.wt/*', '/home/op/work/.wt/one', true],
  ])('means a hidden folder only where it says so: %s for %s: %s', (glob, path, fits) => {
    expect(matchesGlob(glob, path)).toBe(fits);
  });

  it('says what its definition says', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'b', '.'), minLength: 1, maxLength: 3 });
    const globPart = fc.oneof(
      fc.constant('**'),
      fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), minLength: 1, maxLength: 4 }),
    );
    const seen = { true: 0, false: 0 };
    fc.assert(
      fc.property(fc.array(globPart, { maxLength: 4 }), fc.array(part, { maxLength: 4 }), (glob, path) => {
        const fits = namesFit(glob, path);
        seen[`${fits}`] += 1;
        expect(matchesGlob(`/${glob.join('/')}`, `/${path.join('/')}`)).toBe(fits);
      }),
      { numRuns: 5000 },
    );
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(100);
  });

  it.each([
    ['stars', `/${'*a'.repeat(500)}b`, `/${'a'.repeat(1000)}`],
    ['question marks', `/${'*?'.repeat(500)}`, `/${'a'.repeat(499)}`],
    ['double stars', `${'/**/a'.repeat(200)}/b`, '/a'.repeat(500)],
  ])('of many %s takes bounded time', (_, glob, path) => {
    const took = cpuMs(() => {
      expect(matchesGlob(glob, path)).toBe(false);
    });
    expect(took).toBeLessThan(150);
  });
});

/** The definition, tried in every way. */
function namesFit(glob: readonly string[], path: readonly string[]): boolean {
  const [step, ...steps] = glob;
  const [name, ...names] = path;
  if (step === undefined) return name === undefined;
  if (step === '**') {
    return namesFit(steps, path) || (name !== undefined && !name.startsWith('.') && namesFit(glob, names));
  }
  if (name === undefined || (name.startsWith('.') && !step.startsWith('.'))) return false;
  return charactersFit(Array.from(step), Array.from(name)) && namesFit(steps, names);
}

function charactersFit(glob: readonly string[], name: readonly string[]): boolean {
  const [step, ...steps] = glob;
  const [character, ...characters] = name;
  if (step === undefined) return character === undefined;
  if (step === '*')
    return charactersFit(steps, name) || (character !== undefined && charactersFit(glob, characters));
  return character !== undefined && (step === '?' || step === character) && charactersFit(steps, characters);
}
