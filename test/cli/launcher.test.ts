import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const BIN = fileURLToPath(new URL('../../bin/rollcall.js', import.meta.url));
const OLD = ['/usr/bin/node'].find((node) => existsSync(node) && major(node) < 24);
const folder = mkdtempSync(join(tmpdir(), 'rollcall-bin-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function major(node: string): number {
  return Number(/^v(\d+)/.exec(execFileSync(node, ['--version'], { encoding: 'utf8' }))?.[1]);
}

describe('bin/rollcall.js', () => {
  test('hands arguments, output and exit code through', () => {
    expect(spawnSync(process.execPath, [BIN, 'version'], { encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(spawnSync(process.execPath, [BIN, 'pln'], { encoding: 'utf8' })).toMatchObject({
      status: 64,
      stdout: '',
    });
  });

  test('ends quietly where nobody reads on', () => {
    const { stderr, stdout } = spawnSync(
      'sh',
      ['-c', `"$1" "$2" schema | head -c 20`, 'sh', process.execPath, BIN],
      { encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(stdout).toHaveLength(20);
  });

  test.skipIf(OLD === undefined)(
    'runs a checkout under its own Node where the one at hand is too old',
    () => {
      const ran = spawnSync(OLD ?? '', [BIN, 'version', '-o', 'json'], { encoding: 'utf8' });
      expect(ran.status).toBe(0);
      expect(Number(JSON.parse(ran.stdout).node.split('.')[0])).toBeGreaterThanOrEqual(24);
      expect(spawnSync(OLD ?? '', [BIN, 'pln']).status).toBe(64);
    },
  );

  test.skipIf(OLD === undefined)('says in one sentence what to do where there is no other Node', () => {
    mkdirSync(join(folder, 'bin'));
    copyFileSync(BIN, join(folder, 'bin', 'rollcall.js'));
    copyFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), join(folder, 'package.json'));
    const ran = spawnSync(OLD ?? '', [join(folder, 'bin', 'rollcall.js'), 'version'], { encoding: 'utf8' });
    expect(ran.status).toBe(78);
    expect(ran.stderr).toMatch(/^rollcall: needs Node 24 or newer and this is [\d.]+: [^\n]+\n$/);
  });
});
