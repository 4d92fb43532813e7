import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hookCommand } from '../../src/agents/launch-settings.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-hooks-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** As an agent runs it, with nothing on the PATH but what the command may need. */
function fire(command: string, input: string): Promise<{ readonly code: number; readonly said: string }> {
  const path = join(folder, 'only');
  mkdirSync(path, { recursive: true });
  for (const tool of ['cat', 'mv', 'mktemp']) {
    try {
      symlinkSync(
        execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim(),
        join(path, tool),
      );
    } catch {
      // It is there from the event before.
    }
  }
  return new Promise((resolve) => {
    const child = execFile('/bin/sh', ['-c', command], { env: { PATH: path } }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), said: out + err }),
    );
    child.stdin?.end(input);
  });
}

const kept = (hooks: string): readonly string[] =>
  readdirSync(hooks).map((name) => readFileSync(join(hooks, name), 'utf8'));

describe('the command that keeps an event', () => {
  test.each(['plain', 'o\'clock and "more"', 'with space $(touch pwned) `id`', 'ümläut'])(
    'keeps every one of 30 at once, in a folder named %s',
    async (name) => {
      const hooks = join(folder, name);
      mkdirSync(hooks);
      const events = Array.from({ length: 30 }, (_, index) =>
        JSON.stringify({ index, text: 'x'.repeat(20_000) }),
      );
      const ended = await Promise.all(events.map((event) => fire(hookCommand(hooks), event)));
      expect(ended.filter(({ code, said }) => code !== 0 || said !== '')).toEqual([]);
      expect(readdirSync(hooks).filter((file) => !/^[^.].*\.json$/.test(file))).toEqual([]);
      expect(kept(hooks).toSorted()).toEqual(events.toSorted());
    },
  );

  test('says nothing and ends well where the folder is not there', async () => {
    expect(await fire(hookCommand(join(folder, 'gone')), '{}')).toEqual({ code: 0, said: '' });
  });
});
