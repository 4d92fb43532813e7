import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { NOT_FOR_MUTANTS } from './areas.ts';

/** Of the tests, only those of the area in hand (`ROLLCALL_MUTANTS_TESTS`), and fewer cases of each law. */
export default defineConfig({
  resolve: { alias: { 'fast-check': fileURLToPath(new URL('few-cases.ts', import.meta.url)) } },
  test: {
    include: (process.env['ROLLCALL_MUTANTS_TESTS'] ?? '').split(',').filter((each) => each !== ''),
    exclude: [...NOT_FOR_MUTANTS],
    testTimeout: 60_000,
  },
});
