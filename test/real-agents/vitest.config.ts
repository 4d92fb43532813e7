import { defineConfig } from 'vitest/config';

/** The real agents: slow, and only inside the namespace that `main.ts` makes. */
export default defineConfig({
  test: {
    include: ['test/real-agents/*.agents.ts'],
    fileParallelism: false,
    maxConcurrency: 3,
    testTimeout: 240_000,
    hookTimeout: 120_000,
    // What went well is worth its line, with its time.
    reporters: ['verbose'],
  },
});
