import { defineConfig } from 'vitest/config';

/** The real agents: slow, and only inside the namespace that `main.ts` makes. */
export default defineConfig({
  test: {
    include: ['test/real-agents/*.agents.ts'],
    fileParallelism: false,
    // Each starts programs of hundreds of megabytes, and waits for the rest of its time.
    maxConcurrency: Number(process.env['ROLLCALL_AGENTS_AT_ONCE'] ?? 3),
    // The tests have patience of their own, by the load of the machine.
    testTimeout: 900_000,
    hookTimeout: 120_000,
    // What went well is worth its line, with its time.
    reporters: ['verbose'],
  },
});
