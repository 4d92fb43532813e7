import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { GUARD_MUTANTS } from './guard-mutants.ts';
import { MUTANTS } from './mutants.ts';
import { QUOTA_MUTANTS } from './quota-mutants.ts';
import { TASK_MUTANTS } from './task-mutants.ts';

const ROOT = join(import.meta.dirname, '../..');

/** `npm run mutants:laws` takes minutes; that a mutant has lost its place in the code shows here at once. */
it('finds the place of each mutant once in the code', () => {
  const lost = [...MUTANTS, ...GUARD_MUTANTS, ...TASK_MUTANTS, ...QUOTA_MUTANTS].filter(
    ({ file, text }) => readFileSync(join(ROOT, file), 'utf8').split(text).length !== 2,
  );
  expect(lost.map(({ name }) => name)).toEqual([]);
});
