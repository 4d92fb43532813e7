import type { Diagnostic } from './diagnostic.ts';

/**
 * What looking gave: a value, or the reason why there is none. What could not be read is unknown, never
 * absent (SPEC §9.11), so there is no way to take one for the other.
 */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly diagnostic: Diagnostic };

export function read<T>(value: T): Reading<T> {
  return { ok: true, value };
}

export function unreadable(diagnostic: Diagnostic): Reading<never> {
  return { ok: false, diagnostic };
}
