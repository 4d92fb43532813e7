import { loadavg } from 'node:os';
import { until as untilIn } from '../support/tmux.ts';

/** So much longer on a machine with much else to do, as it is now: milliseconds that would do on one without. */
export function patient(ms: number): number {
  return Math.round(ms * Math.max(1, (loadavg()[0] ?? 0) / 6));
}

/** Waits until `look` gives something; throws after `ms`, or longer on a machine with much else to do. */
export function until<T>(look: () => T | null | false | Promise<T | null | false>, ms = 5000): Promise<T> {
  return untilIn(look, patient(ms));
}
