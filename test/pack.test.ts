import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  cpSync,
  globSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DECLARED = z
  .object({ version: z.string(), files: z.array(z.string()) })
  .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));

const folder = mkdtempSync(join(tmpdir(), 'rollcall-pack-'));
const home = join(folder, 'home');
const temporary = join(folder, 'tmp');
const place = join(folder, 'place');
const socket = join(folder, 's');
const installed = join(place, 'node_modules', 'rollcall');
/** The Node that runs the tests first, so that `#!/usr/bin/env node` and npm use it. */
const PATH = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
const ENV = { PATH, HOME: home, TMPDIR: temporary, LC_ALL: 'C.UTF-8', SHELL: '/bin/sh', TERM: 'xterm' };
const OLD = oldNode();

let packed: readonly string[] = [];

beforeAll(() => {
  for (const each of [home, join(home, 'main'), temporary, place]) mkdirSync(each);
  // A copy: the build makes dist/, and beside other tests the checkout must not change.
  const copy = join(folder, 'copy');
  cpSync(ROOT, copy, { recursive: true, filter: (path) => !LEFT_OUT.has(path.slice(ROOT.length + 1)) });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const tarball = npm(copy, ['pack', '--json', '--pack-destination', folder]);
  const [pack] = z
    .array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }))
    .parse(JSON.parse(tarball));
  packed = pack?.files.map(({ path }) => path) ?? [];
  writeFileSync(join(place, 'package.json'), '{ "private": true, "type": "module" }\n');
  npm(place, ['install', '--no-audit', '--no-fund', '--prefer-offline', join(folder, pack?.filename ?? '')]);
}, 120_000);

afterAll(() => {
  spawnSync('tmux', ['-S', socket, 'kill-server'], { env: ENV, stdio: 'ignore' });
  rmSync(folder, { recursive: true, force: true });
});

const LEFT_OUT = new Set(['node_modules', '.git', 'dist']);

/**
 * npm with the operator's own settings and cache: where packages come from is theirs to say. Not with what the npm that
 * may run these tests says of its own project.
 */
function npm(cwd: string, args: readonly string[]): string {
  const { npm_config_local_prefix: _, ...env } = process.env;
  const ran = spawnSync('npm', args, { cwd, encoding: 'utf8', env: { ...env, PATH } });
  if (ran.status !== 0) throw new Error(`npm ${args.join(' ')}: ${ran.stderr}${ran.stdout}`);
  return ran.stdout;
}

function rollcall(args: readonly string[], node: string = process.execPath): SpawnSyncReturns<string> {
  const bin = join(installed, 'bin', 'rollcall.js');
  return spawnSync(node, [bin, ...args], { cwd: place, env: ENV, encoding: 'utf8' });
}

function fleet(): void {
  writeFileSync(
    join(place, 'desired-state.yaml'),
    [
      'apiVersion: rollcall/v1',
      'kind: Fleet',
      'name: pack',
      `tmux: { socket: ${socket} }`,
      `accounts: { main: { home: ${join(home, 'main')} } }`,
      `pools: { auto: { prefix: pack-, max: 2, cwd: ${place} } }`,
      '',
    ].join('\n'),
  );
}

function oldNode(): string | undefined {
  const nodes = (process.env['PATH'] ?? '').split(delimiter).map((each) => join(each, 'node'));
  return ['/usr/bin/node', ...nodes].find((node) => {
    const ran = spawnSync(node, ['--version'], { encoding: 'utf8' });
    return ran.status === 0 && Number(/^v(\d+)/.exec(ran.stdout)?.[1]) < 24;
  });
}

describe('the package', () => {
  test('holds what package.json lists and nothing else', () => {
    const listed = (path: string): boolean =>
      path === 'package.json' ||
      DECLARED.files.some((file) => (file.endsWith('/') ? path.startsWith(file) : path === file));
    expect(packed.length).toBeGreaterThan(50);
    expect(packed.filter((path) => !listed(path))).toEqual([]);
    // What is listed is there.
    expect(DECLARED.files.filter((file) => !packed.some((path) => path.startsWith(file)))).toEqual([]);
  });

  test('holds no sources and no tests', () => {
    // Node refuses to run TypeScript under node_modules.
    expect(packed.filter((path) => /(?<!\.d)\.ts$|\.test\.|(^|\/)(src|test)\//.test(path))).toEqual([]);
    const scripts = globSync('**/*.js', { cwd: join(installed, 'dist') });
    expect(scripts.length).toBeGreaterThan(50);
    const named = scripts.filter((file) =>
      /(?:from|import\()\s*['"][^'"]+\.ts['"]/.test(readFileSync(join(installed, 'dist', file), 'utf8')),
    );
    expect(named).toEqual([]);
  });

  test('names no path of the machine that built it', () => {
    const texts = globSync('{bin,dist}/**/*.{js,ts,yaml,json}', { cwd: installed });
    expect(texts.length).toBeGreaterThan(100);
    const local = texts.filter((file) => {
      const text = readFileSync(join(installed, file), 'utf8');
      return text.includes(ROOT) || text.includes(folder);
    });
    expect(local).toEqual([]);
  });

  test('gives a `rollcall` on the PATH that says its version', () => {
    const ran = spawnSync(join(place, 'node_modules', '.bin', 'rollcall'), ['version'], {
      env: ENV,
      encoding: 'utf8',
    });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toContain(DECLARED.version);
  });

  test('validates, plans, and brings the fleet up', () => {
    fleet();
    expect(rollcall(['validate'])).toMatchObject({ status: 0, stderr: '' });
    const planned = rollcall(['plan', '--detailed-exitcode']);
    expect(planned).toMatchObject({ status: 2, stderr: '' });
    expect(planned.stdout).toContain('Plan: 2 to create.');
    expect(rollcall(['apply', '--yes']).status).toBe(0);
    const names = spawnSync('tmux', ['-S', socket, 'list-sessions', '-F', '#{session_name}'], {
      env: ENV,
      encoding: 'utf8',
    });
    expect(names.stdout.trim().split('\n').toSorted()).toEqual(['pack-0', 'pack-1']);
    expect(rollcall(['plan', '--detailed-exitcode']).status).toBe(0);
  });

  test('writes nothing anywhere in `plan`: not in the home, the temporary folder, or its own', () => {
    fleet();
    // What earlier calls may have left there, a cache say, must not hide that this one would write it.
    for (const each of [home, temporary]) rmSync(each, { recursive: true });
    for (const each of [join(home, 'main'), temporary]) mkdirSync(each, { recursive: true });
    const before = everything();
    expect(rollcall(['plan']).status).toBe(0);
    expect(everything()).toEqual(before);
  });

  test('brings the built-in agent profiles along', () => {
    fleet();
    const ran = rollcall(['env', '--account', 'main']);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toContain(`CLAUDE_CONFIG_DIR='${join(home, 'main')}'`);
  });

  test('prints the schema it ships', () => {
    const shipped = JSON.parse(readFileSync(join(installed, 'desired-state.schema.json'), 'utf8'));
    expect(JSON.parse(rollcall(['schema']).stdout)).toEqual(shipped);
  });

  test('is a library with types', () => {
    writeFileSync(
      join(place, 'use.ts'),
      [
        "import { type DesiredReading, readDesired } from 'rollcall';",
        "const reading: DesiredReading = readDesired('kind: Fleet\\n', { file: '/f.yaml', home: '/h' });",
        'export const problems: readonly string[] = reading.ok ? [] : reading.problems.map(({ code }) => code);',
        '',
      ].join('\n'),
    );
    writeFileSync(
      join(place, 'tsconfig.json'),
      '{ "compilerOptions": { "module": "nodenext", "target": "es2024", "strict": true, "types": [], "skipLibCheck": false, "noEmit": true }, "files": ["use.ts"] }\n',
    );
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const checked = spawnSync(process.execPath, [tsc, '-p', place], { cwd: place, encoding: 'utf8' });
    expect(checked.stdout).toBe('');
    expect(checked.status).toBe(0);
    expect(existsSync(join(installed, 'dist', 'index.d.ts'))).toBe(true);
    const used = spawnSync(
      process.execPath,
      ['-e', "import('./use.ts').then(({ problems }) => console.log(JSON.stringify(problems)))"],
      { cwd: place, encoding: 'utf8', env: ENV },
    );
    expect(used.stderr).toBe('');
    expect(JSON.parse(used.stdout)).not.toEqual([]);
  });

  test.skipIf(OLD === undefined)('says in one sentence what to do on an older Node', () => {
    const ran = rollcall(['version'], OLD);
    expect(ran).toMatchObject({ status: 78, stdout: '' });
    expect(ran.stderr).toMatch(/^rollcall: needs Node 24 or newer and this is [\d.]+: [^\n]+\n$/);
  });
});

/** Every file there is, with kind, size and time. */
function everything(): readonly string[] {
  const found = spawnSync('find', [home, temporary, place, '-printf', '%p %y %s %T@\n'], {
    encoding: 'utf8',
  });
  return found.stdout.trim().split('\n').toSorted();
}
