import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { watchPaths } from '../../src/loop/watch.ts';
import { until } from '../support/tmux.ts';

let folder: string;
let stop: (() => Promise<void>) | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-test-'));
});

afterEach(async () => {
  await stop?.();
  rmSync(folder, { recursive: true, force: true });
});

/** Watches one path of the folder from now on; its first look is behind it when this resolves. */
async function watched(name: string, follow: boolean): Promise<() => number> {
  let rings = 0;
  stop = watchPaths([join(folder, name)], [folder], () => (rings += 1), { follow });
  await new Promise((resolve) => setTimeout(resolve, 1200));
  return () => rings;
}

describe('a watched path', () => {
  it('rings when a folder takes the place of the file at once', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'one');
    const rings = await watched('file', true);
    rmSync(file);
    mkdirSync(file);
    expect(await until(() => rings() > 0, 3000)).toBe(true);
  });

  it('rings when what a link leads to is edited, where that is meant', async () => {
    mkdirSync(join(folder, 'elsewhere'));
    writeFileSync(join(folder, 'elsewhere', 'file'), 'one');
    symlinkSync('elsewhere/file', join(folder, 'link'));
    const rings = await watched('link', true);
    writeFileSync(join(folder, 'elsewhere', 'file'), 'another');
    expect(await until(() => rings() > 0, 3000)).toBe(true);
  });

  it('stays quiet while nothing of it changes, whatever goes on beside and behind it', async () => {
    mkdirSync(join(folder, 'shared'));
    symlinkSync('shared', join(folder, 'link'));
    const rings = await watched('link', false);
    writeFileSync(join(folder, 'shared', 'file'), 'x');
    writeFileSync(join(folder, 'beside'), 'x');
    await new Promise((resolve) => setTimeout(resolve, 2300));
    expect(rings()).toBe(0);
  });
});
