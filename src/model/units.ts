const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const UNIT_BYTES: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** Longest duration taken: ten years, far above any sense and far below what numbers hold exactly. */
export const MAX_DURATION_MS = 3650 * 86_400_000;

/** Milliseconds of `90s`, `1h30m`, `14d`; null where it is none or is longer than ten years. */
export function durationMs(text: string): number | null {
  if (!/^(\d+(ms|s|m|h|d))+$/.test(text)) return null;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|s|m|h|d)/g)) {
    total += Number(count) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
  }
  return total <= MAX_DURATION_MS ? total : null;
}

/** Bytes of `256KiB`; null where it is none. */
export function sizeBytes(text: string): number | null {
  const [, count, unit] = /^(\d{1,10})(B|KiB|MiB|GiB)$/.exec(text) ?? [];
  return count === undefined ? null : Number(count) * (UNIT_BYTES[unit ?? ''] ?? Number.NaN);
}

/** Percent of `30%`, 0 to 100; null where it is none. */
export function percent(text: string): number | null {
  const [, count] = /^(\d{1,3})%$/.exec(text) ?? [];
  return count === undefined || Number(count) > 100 ? null : Number(count);
}

/** `6/24h`: how many in how many milliseconds; null where it is none. */
export function rate(text: string): { readonly count: number; readonly perMs: number } | null {
  const [, count, per] = /^(\d{1,6})\/(.+)$/.exec(text) ?? [];
  const perMs = per === undefined ? null : durationMs(per);
  return perMs === null || perMs === 0 ? null : { count: Number(count), perMs };
}
