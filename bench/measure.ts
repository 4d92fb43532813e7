import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

/** Milliseconds that `work` took. */
export async function timed(work: () => void | Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

export function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}

/**
 * Median milliseconds of each contender, by name. They take turns, so that all see the same machine; the order is
 * reversed every other round, so that none always follows the same one.
 */
export async function takingTurns<Name extends string>(
  rounds: number,
  contenders: Readonly<Record<Name, () => number | Promise<number>>>,
): Promise<Readonly<Record<Name, number>>> {
  const names = Object.keys(contenders).filter((name): name is Name => name in contenders);
  const times: Partial<Record<Name, number[]>> = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed())
      (times[name] ??= []).push(await contenders[name]());
  }
  const medians: Partial<Record<Name, number>> = {};
  for (const name of names) medians[name] = median(times[name] ?? []);
  return medians as Readonly<Record<Name, number>>;
}

/** The machine, as far as it matters: `2 cores, tmux 3.3a, Node 24.21.0, Linux`. */
export function machine(): string {
  const tmux = execFileSync('tmux', ['-V'], { encoding: 'utf8' }).trim();
  return `${String(cpus().length)} cores, ${tmux}, Node ${process.versions.node}, Linux`;
}

/** A Markdown table; the first column is a name or a size, the others are numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---:')), ...rows.map(line)].join('\n');
}
