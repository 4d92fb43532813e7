import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GUARD_MUTANTS } from './guard-mutants.ts';
import { type Mutant, MUTANTS } from './mutants.ts';
import { QUOTA_MUTANTS } from './quota-mutants.ts';
import { TASK_MUTANTS } from './task-mutants.ts';

/**
 * `npm run mutants:laws [WORD]`: puts each hand-written mutant (whose name holds WORD) into a copy of the tree and
 * runs the one test that must fail. Ends with 1 where one survives, or its text or test is not there any more.
 */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COPIED = [
  'src',
  'test',
  'bin',
  'examples',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
  'desired-state.schema.json',
];

const word = process.argv[2] ?? '';
const wanted = [...MUTANTS, ...GUARD_MUTANTS, ...TASK_MUTANTS, ...QUOTA_MUTANTS].filter(({ name }) =>
  name.includes(word),
);
const copy = mkdtempSync(join(tmpdir(), 'rollcall-mutants-'));
const temporary = join(copy, 'tmp');
let survivors = 0;
try {
  mkdirSync(temporary);
  for (const each of COPIED) cpSync(join(ROOT, each), join(copy, each), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const sound = new Set<string>();
  for (const mutant of wanted) {
    const key = `${mutant.test} ${mutant.title}`;
    if (!sound.has(key) && outcomeOf(mutant) !== 'passed') {
      say('NO TEST', mutant, `${key} does not pass without it`);
      continue;
    }
    sound.add(key);
    tryOut(mutant);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
process.stdout.write(`${String(wanted.length - survivors)} of ${String(wanted.length)} caught\n`);
process.exitCode = survivors === 0 ? 0 : 1;

function tryOut(mutant: Mutant): void {
  const path = join(copy, mutant.file);
  const source = readFileSync(path, 'utf8');
  const parts = source.split(mutant.text);
  if (parts.length !== 2) {
    say('NO TEXT', mutant, `${mutant.file} has its text ${String(parts.length - 1)} times`);
    return;
  }
  writeFileSync(path, parts.join(mutant.instead));
  const outcome = outcomeOf(mutant);
  writeFileSync(path, source);
  if (outcome === 'failed') say('caught', mutant, '');
  else say('SURVIVES', mutant, `${mutant.test} ${outcome}`);
}

/** `nothing`: no test of that title ran, or the file could not be loaded; a mutant must not be caught by that. */
function outcomeOf({ test, title }: Mutant): 'passed' | 'failed' | 'nothing' {
  const result = join(copy, 'result.json');
  rmSync(result, { force: true });
  const report = ['--reporter=json', `--outputFile=${result}`];
  const args = ['node_modules/vitest/vitest.mjs', 'run', test, '-t', escaped(title), ...report];
  spawnSync(process.execPath, args, {
    cwd: copy,
    env: { ...process.env, TMPDIR: temporary },
    stdio: 'ignore',
  });
  endStrays();
  if (!existsSync(result)) return 'nothing';
  const { numPassedTests, numFailedTests }: { numPassedTests: number; numFailedTests: number } = JSON.parse(
    readFileSync(result, 'utf8'),
  );
  return numFailedTests > 0 ? 'failed' : numPassedTests > 0 ? 'passed' : 'nothing';
}

/** A broken product may start what its test does not know of: a second tmux server. Told by the folder it was given. */
function endStrays(): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const environ = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      if (environ.some((each) => each.startsWith(`TMPDIR=${temporary}/`)))
        process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended, or is not ours to look at.
    }
  }
}

function escaped(title: string): string {
  return title.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function say(what: string, { name }: Mutant, why: string): void {
  if (what !== 'caught') survivors += 1;
  process.stdout.write(`${what.padEnd(9)} ${name}${why === '' ? '' : ` (${why})`}\n`);
}
