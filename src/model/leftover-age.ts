import type { JanitorSpec } from './desired.ts';
import { type LeftoverKind, TEMPORARY_MS } from './leftovers.ts';

/** How long a thing of ours is kept after anything about it has changed, milliseconds. */
export function ageOf(janitor: JanitorSpec, kind: LeftoverKind): number {
  switch (kind) {
    case 'done':
      return janitor.keepDoneMs;
    case 'failed':
    case 'rejected':
    case 'runs':
    case 'memory':
      return janitor.keepFailedMs;
    case 'events':
      return janitor.keepEventsMs;
    case 'temporary':
      return TEMPORARY_MS;
  }
}
