import { mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadLastGood, saveLastGood } from '../../src/host/state/last-good.ts';
import { fileSource } from '../../src/loop/desired-source.ts';
import { fileKeeper, startWith } from '../../src/loop/in-force.ts';

const yaml = (name: string, max = 1): string =>
  `apiVersion: rollcall/v1\nkind: Fleet\nname: ${name}\npools: { auto: { prefix: auto-, max: ${String(max)} } }\n`;

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-test-'));
  file = join(folder, 'desired-state.yaml');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function keeper() {
  writeFileSync(file, yaml('home'));
  const source = fileSource(file, folder);
  const { inForce } = await startWith(source, [], folder);
  if (inForce === null) throw new Error('the file is good');
  return fileKeeper(source, folder, inForce);
}

describe('the file in force', () => {
  it('changes when two looks agree, and is then the last good one on disk', async () => {
    const kept = await keeper();
    expect((await kept.look()).type).toBe('same');
    writeFileSync(file, yaml('home', 7));
    expect((await kept.look()).type).toBe('unsettled');
    expect(kept.now().desired.pools['auto']?.max).toBe(1);
    expect((await kept.look()).type).toBe('accepted');
    expect(kept.now().desired.pools['auto']?.max).toBe(7);
    const stored = loadLastGood(folder);
    expect(stored.ok && stored.value?.text).toBe(yaml('home', 7));
    expect((await kept.look()).type).toBe('same');
  });

  it('does not change while the file does', async () => {
    const kept = await keeper();
    for (let max = 2; max < 9; max += 1) {
      writeFileSync(file, yaml('home', max));
      expect((await kept.look()).type).toBe('unsettled');
    }
    expect(kept.now().desired.pools['auto']?.max).toBe(1);
  });

  it('outlasts a file that is bad, empty, cut off, missing, or another fleet, and says so once', async () => {
    const kept = await keeper();
    const good = kept.now().desired;
    const bad = ['', '# nothing\n', yaml('home').slice(0, 40), 'a: [', yaml('other'), '\u0000'];
    for (const text of bad) {
      writeFileSync(file, text);
      expect((await kept.look()).type).toBe('unsettled');
      expect((await kept.look()).type).toBe('rejected');
      expect((await kept.look()).type).toBe('same');
      expect(kept.now().desired).toBe(good);
      expect(kept.now().problems.length).toBeGreaterThan(0);
    }
    unlinkSync(file);
    await kept.look();
    expect((await kept.look()).type).toBe('rejected');
    expect(kept.now().desired).toBe(good);
    writeFileSync(file, yaml('home'));
    await kept.look();
    expect((await kept.look()).type).toBe('accepted');
    expect(kept.now().problems).toEqual([]);
  });
});

describe('a start', () => {
  it('takes the last good one of the same file where the file is bad, and nothing where there never was one', async () => {
    const source = fileSource(file, folder);
    expect((await startWith(source, [folder], folder)).inForce).toBeNull();
    saveLastGood(folder, { file, text: yaml('home', 3) });
    writeFileSync(file, 'half: {');
    const { inForce, problems } = await startWith(source, [folder], folder);
    expect(inForce?.desired.pools['auto']?.max).toBe(3);
    expect(problems.length).toBeGreaterThan(0);
    const elsewhere = await startWith(fileSource(join(folder, 'other.yaml'), folder), [folder], folder);
    expect(elsewhere.inForce).toBeNull();
    expect(readFileSync(file, 'utf8')).toBe('half: {');
  });
});
