import { durationMs } from '../../model/units.ts';

/** The same keys with other values. */
export function mapValues<T, U>(
  map: Readonly<Record<string, T>>,
  change: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value, key)]));
}

/** Milliseconds of a duration the checks have passed. */
export function ms(duration: string): number {
  return checked(durationMs(duration), duration);
}

/** The value; null is a bug: a check let something through that cannot be resolved. */
export function checked<T>(value: T | null, written: string): T {
  if (value === null) throw new Error(`unchecked value: ${written}`);
  return value;
}
