import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // For two cores: the tests on real tmux wait about a third of their time.
    maxWorkers: 3,
    // A machine that stalls for some seconds is no fault of the commit; what fails twice is.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
