import type { DesiredState } from '../model/desired.ts';
import type { ActionOf } from '../model/plan.ts';
import { sourceOf } from '../model/source.ts';
import type { Reason } from '../model/words.ts';
import type { Hold } from './draft.ts';

export type SessionAction =
  | ActionOf<'session.create'>
  | ActionOf<'session.recreate'>
  | ActionOf<'session.stop'>;

/** A change to one session, and what holds it back, if anything does. */
export interface Proposal {
  readonly action: SessionAction;
  readonly hold: Hold | null;
}

/** What people are told of a change; `pointer` is the key of the file that asks for it. */
export function words(
  desired: DesiredState,
  target: string,
  reason: Reason,
  because: string,
  pointer: string,
  disrupts: boolean,
) {
  return { target, reason, because, source: sourceOf(desired.sources, pointer), disrupts };
}
