import { basename } from 'node:path';
import { readObject } from '../records/home.ts';
import type { StepEnd } from './steps.ts';

/** How a turn ends whose account (by the real path of its home) is at its limit now; null: it is not. */
export function refusal(limits: string | null, home: string): StepEnd | null {
  const until = limits === null ? undefined : readObject(limits)[basename(home)];
  const resetsInMs = typeof until === 'number' ? until - Date.now() : 0;
  return resetsInMs > 0 ? { type: 'failed', kind: 'limit-5h', resetsInMs, retries: 0 } : null;
}
