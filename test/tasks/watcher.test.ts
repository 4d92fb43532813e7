import { copyFileSync, linkSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { watchPlaces } from './watch-places.ts';

describe('the watcher of places', () => {
  it('finds nothing where tasks move back and forth by rename, thousands of times', async () => {
    const { from, to, watched } = await watching();
    for (let i = 0; i < 3000; i += 1) {
      renameSync(from, to);
      if (i % 20 === 0) await sleep(1);
      renameSync(to, from);
    }
    const { violations, moments, moves } = await watched();
    expect(violations).toEqual([]);
    expect(moments).toBeGreaterThan(20);
    expect(moves).toBeGreaterThan(20);
  });

  it('finds a task that is gone', async () => {
    const { from, watched } = await watching();
    rmSync(from);
    await sleep(50);
    expect((await watched()).violations).toEqual([expect.stringMatching(/is nowhere/)]);
  });

  it('finds a task that is in two places under two names of one file', async () => {
    const { from, to, watched } = await watching();
    linkSync(from, to);
    await sleep(50);
    expect((await watched()).violations).toContain('claimed/one.md and inbox/one.md are one file');
  });

  it('finds a task that was copied and not renamed', async () => {
    const { from, to, watched } = await watching();
    copyFileSync(from, to);
    rmSync(from);
    await sleep(50);
    const { violations } = await watched();
    expect(violations.join('\n')).toMatch(/claimed\/one\.md is a file that was not there at first/);
    expect(violations.join('\n')).toMatch(/is nowhere/);
  });

  it('finds a task whose bytes have changed', async () => {
    const { from, watched } = await watching();
    writeFileSync(from, 'other words\n');
    await sleep(50);
    expect((await watched()).violations).toEqual(['inbox/one.md has other bytes']);
  });
});

/** An inbox with one task that is watched; it is in `from`, and `to` is its place in `claimed/`. */
async function watching() {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-watcher-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of ['inbox', 'claimed']) mkdirSync(join(folder, name));
  const from = join(folder, 'inbox/one.md');
  writeFileSync(from, 'words\n');
  const watcher = await watchPlaces(join(folder, 'inbox'));
  return { from, to: join(folder, 'claimed/one.md'), watched: () => watcher.end() };
}
