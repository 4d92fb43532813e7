const FIRST_MS = 2000;
const LONGEST_MS = 600_000;

/**
 * How long to wait after the `failures`-th failure in a row: twice as long each time, up to ten minutes, less up to a half
 * by chance (`random`, 0 to 1) so that not all come back at once; never less than the channel asked for.
 */
export function pauseMs(failures: number, askedMs: number | null, random: number): number {
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20));
  const pause = most * (1 - random / 2);
  return Math.ceil(Math.max(pause, askedMs ?? 0));
}
