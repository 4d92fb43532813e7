import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Area, AREAS } from './areas.ts';
import { scoreOf, tableOf } from './score.ts';

/*
 * `npm run mutants [-- AREA|FILE ...]`: Stryker on the pure core, area by area or only these files, and one table of scores. It is no dependency
 * of the project: with these exact versions it is installed beside a copy of the tree, in $ROLLCALL_MUTANTS_DIR or the
 * user's cache. What an area's mutants came to is kept there, so that the next run tries only what has changed.
 */

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PINS = { '@stryker-mutator/core': '10.1.1', '@stryker-mutator/vitest-runner': '10.1.1' } as const;
/** Of the project's own, what the tests of the pure core need. */
const NEEDED = ['fast-check', 'vitest', 'fast-json-patch', 'temporal-polyfill', 'yaml', 'zod', 'commander'];
// Without a tsconfig.json: Stryker would read it by an interface that TypeScript 7 has no more.
const COPIED = ['src', 'test', 'bin', 'docs', 'examples', 'desired-state.schema.json'];

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(AREAS);
const areas = wanted.map((name) => ({ name, area: AREAS[name] ?? ofFile(name) }));

const folder = prepared();
const scores = areas.map(({ name, area }) => {
  const began = performance.now();
  const report = tried(name.replaceAll(/\W+/g, '-'), area);
  const score = scoreOf(report);
  process.stdout.write(`${score.survivors.join('\n')}\n`);
  return { name, score, seconds: Math.round((performance.now() - began) / 1000) };
});
process.stdout.write(`\n${tableOf(scores)}\n`);

/** One file, with the tests of the area that it is part of by its folder. */
function ofFile(path: string): Area {
  const area = Object.values(AREAS).find(({ mutate }) => mutate.some((glob) => sharesFolder(glob, path)));
  if (area !== undefined && existsSync(join(ROOT, path))) return { ...area, mutate: [path] };
  throw new Error(`there is no area or file ${path}; areas: ${Object.keys(AREAS).join(', ')}`);
}

function sharesFolder(glob: string, path: string): boolean {
  return glob.split('/').slice(0, 2).join('/') === path.split('/').slice(0, 2).join('/');
}

/** The folder with Stryker in it and a fresh copy of the tree. */
function prepared(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const dir = process.env['ROLLCALL_MUTANTS_DIR'] ?? join(cache, 'rollcall-mutants');
  mkdirSync(dir, { recursive: true });
  for (const each of COPIED) {
    rmSync(join(dir, each), { recursive: true, force: true });
    cpSync(join(ROOT, each), join(dir, each), { recursive: true });
  }
  const text = `${JSON.stringify({ private: true, type: 'module', dependencies: { ...ours(), ...PINS } }, null, 2)}\n`;
  const path = join(dir, 'package.json');
  if (existsSync(join(dir, 'node_modules')) && readFileSync(path, 'utf8') === text) return dir;
  writeFileSync(path, text);
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund'], { cwd: dir, stdio: 'inherit' });
  if (status !== 0) throw new Error('Stryker could not be installed');
  return dir;
}

function ours(): Readonly<Record<string, string>> {
  const { dependencies, devDependencies }: Readonly<Record<string, Readonly<Record<string, string>>>> =
    JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const all = { ...dependencies, ...devDependencies };
  return Object.fromEntries(NEEDED.map((name) => [name, all[name] ?? '']));
}

/** The path of the report on one area's mutants. */
function tried(name: string, { mutate, tests, cases = 10_000 }: Area): string {
  const report = join(folder, 'reports', `${name}.json`);
  const config = {
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'test/mutants/stryker/vitest.config.ts' },
    mutate,
    coverageAnalysis: 'perTest',
    ignoreStatic: true,
    // Texts are for people; a mutant of one is not wrong in what it does.
    mutator: { excludedMutations: ['StringLiteral'] },
    concurrency: Number(process.env['ROLLCALL_MUTANTS_AT_ONCE'] ?? 2),
    incremental: true,
    incrementalFile: `reports/${name}-incremental.json`,
    reporters: ['json', 'progress-append-only'],
    jsonReporter: { fileName: report },
    dryRunTimeoutMinutes: 60,
    timeoutMS: 20_000,
    timeoutFactor: 3,
    tempDirName: `.stryker-${name}`,
  };
  writeFileSync(join(folder, 'stryker.config.json'), JSON.stringify(config));
  const { status } = spawnSync(join(folder, 'node_modules/.bin/stryker'), ['run'], {
    cwd: folder,
    env: { ...process.env, ROLLCALL_MUTANTS_TESTS: tests.join(','), ROLLCALL_MUTANTS_CASES: String(cases) },
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`Stryker ended with ${String(status)}`);
  return report;
}
