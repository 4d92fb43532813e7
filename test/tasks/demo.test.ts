import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

describe('the demo', () => {
  it('works off real task files, shows what became of them, and leaves nothing behind, within half a minute', {
    timeout: 240_000,
  }, async () => {
    const temp = mkdtempSync(join(tmpdir(), 'rollcall-demo-test-'));
    onTestFinished(() => rmSync(temp, { recursive: true }));
    const begun = Date.now();
    const { code, out } = await demo(temp, '--once');
    expect([code, out]).toEqual([0, expect.anything()]);
    expect(Date.now() - begun).toBeLessThan(30_000 * busyness());
    const rows = out.split('\n');
    const shows = (...words: readonly string[]): boolean =>
      rows.some((row) => words.every((word) => row.includes(word)));
    for (const id of ['1-say-hello', '2-count-the-files', '5-tidy-up'])
      expect([id, out]).toEqual([id, expect.stringMatching(new RegExp(`${id}.*done|done.*${id}`))]);
    expect(shows('4-fetch-the-moon', 'failed')).toBe(true);
    expect(out).toContain('Which colour is the bicycle shed to have?');
    expect(existsSync(join(ROOT, '.demo'))).toBe(false);
    expect(readdirSync(temp)).toEqual([]);
    expect(processesUnder(temp)).toEqual([]);
  });
});

/** `npm start -- ARGS` with a folder of its own for sockets. */
function demo(
  temp: string,
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly out: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'demo/start.ts'), ...args], {
    env: { ...process.env, TMPDIR: temp },
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (out += text));
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, out }));
  });
}

/** How many times as long things take here, where more is asked of the machine than it has cores. */
function busyness(): number {
  return Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());
}

/** Command lines of the live processes that were started with this folder for temporary files. */
function processesUnder(temp: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const environ = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
        return environ.includes(`TMPDIR=${temp}`) ? [readFileSync(`/proc/${name}/cmdline`, 'utf8')] : [];
      } catch {
        return [];
      }
    });
}
