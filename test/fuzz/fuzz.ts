import fc from 'fast-check';
import { FIGURES } from '../proof/parts.ts';

/** A wide run, for `npm run proof`, tries as many cases on each parser; the quick one a part of them. */
const WIDE = process.env['ROLLCALL_HEAVY'] === '1';
export const CASES = Number(process.env['ROLLCALL_CASES'] ?? (WIDE ? 100_000 : 1000));
const SEED = Number(process.env['ROLLCALL_SEED'] ?? 20_261_123);

/** So long a wide run of one parser may take: for the time limits of tests. */
export const PATIENCE_MS = WIDE ? 1_500_000 : 60_000;

/**
 * Holds a parser to its law on many cases: null, or the smallest case that breaks it and its seed. A law says what is
 * wrong with the answer to one case, null where nothing is; that a parser throws is wrong, too.
 */
export function fuzz<T>(
  parser: string,
  cases: fc.Arbitrary<T>,
  law: (input: T) => string | null,
): string | null {
  let slowest = 0;
  const property = fc.property(cases, (input) => {
    const before = process.threadCpuUsage();
    const wrong = law(input);
    const { user, system } = process.threadCpuUsage(before);
    slowest = Math.max(slowest, (user + system) / 1000);
    if (wrong !== null) throw new Error(wrong);
  });
  const result = fc.check(property, { numRuns: CASES, seed: SEED });
  const figures = { parser, cases: result.numRuns, 'slowest ms': Math.round(slowest), seed: SEED };
  process.stdout.write(`\n${FIGURES}${JSON.stringify(figures)}\n`);
  return fc.defaultReportMessage(result) ?? null;
}
