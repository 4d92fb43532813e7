/** A part of the pure core: what Stryker changes in it, and the tests that must notice. */
export interface Area {
  readonly mutate: readonly string[];
  readonly tests: readonly string[];
  /** Most cases of a law; as many as it has where left out. */
  readonly cases?: number;
}

/** In this order, the most dangerous first. */
export const AREAS: Readonly<Record<string, Area>> = {
  guard: {
    mutate: ['src/plan/guard*.ts', 'src/plan/sight.ts', 'src/plan/mass-removal.ts', 'src/plan/budget.ts'],
    tests: ['test/plan/**/*.test.ts'],
    cases: 40,
  },
  quota: { mutate: ['src/plan/quota/*.ts'], tests: ['test/plan/**/*.test.ts'], cases: 40 },
  queue: { mutate: ['src/queue/*.ts'], tests: ['test/queue/*.test.ts'] },
  desired: { mutate: ['src/desired/**/*.ts'], tests: ['test/desired/*.test.ts'] },
  agents: { mutate: ['src/agents/**/*.ts'], tests: ['test/agents/*.test.ts'] },
  plan: {
    mutate: [
      'src/plan/*.ts',
      '!src/plan/guard*.ts',
      '!src/plan/sight.ts',
      '!src/plan/mass-removal.ts',
      '!src/plan/budget.ts',
    ],
    tests: ['test/plan/**/*.test.ts'],
    cases: 40,
  },
};

/** Tests that say nothing of a mutant, or take long to say it: of time and size, with another program, of the whole tree. */
export const NOT_FOR_MUTANTS: readonly string[] = [
  'test/plan/size.test.ts',
  'test/plan/pure.test.ts',
  'test/desired/editor.test.ts',
  'test/desired/hostile-text.test.ts',
  'test/agents/hook-command.test.ts',
  'test/agents/hostile-screen.test.ts',
];
