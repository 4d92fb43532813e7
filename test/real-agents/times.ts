import { availableParallelism, loadavg } from 'node:os';

/** Median and worst of some milliseconds, told to whoever reads the run, with the load of the machine. */
export function tellTimes(
  what: string,
  times: readonly number[],
): { readonly median: number; readonly worst: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const worst = sorted.at(-1) ?? 0;
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  const load = `load ${(loadavg()[0] ?? 0).toFixed(1)} on ${String(availableParallelism())} cores`;
  process.stdout.write(
    `    ${what}: median ${seconds(median)}, worst ${seconds(worst)} of ${String(times.length)} (${load}): ${sorted.map(seconds).join(', ')}\n`,
  );
  return { median, worst };
}
