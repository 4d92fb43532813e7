import type { SessionState } from '../model/words.ts';
import type { Case } from './judge.ts';
import type { TurnEvidence } from './run-witnesses.ts';

/** An agent without records has rested when its screen has shown the same prompt for so long. */
const SCREEN_REST_MS = 5_000;
/** One with records that do not speak of the turn: so long, for its hooks may just be late. */
const RECORDS_REST_MS = 60_000;
/** A screen still shows what was there before the prompt was taken. */
const START_MS = 10_000;

/** Why an agent counts as resting at its prompt with its turn over; null: it does not. */
export function restsAt(given: Case, state: SessionState, turn: TurnEvidence | null): string | null {
  const { record, traits, run, screenSince, promptGiven, now } = given;
  const { screen, registry, transcript } = run.facts;
  if (state !== 'idle' || !promptGiven || screen?.verdict.state !== 'idle' || screenSince === null)
    return null;
  // A draft in its box is somebody's, or ours that was not sent.
  if (screen.box !== null && screen.box.text !== '') return null;
  const rested = now - screenSince;
  if (!traits.hasRecords) {
    const shown = now - record.launchedAt >= START_MS && rested >= SCREEN_REST_MS;
    return shown ? `it rests at its prompt for ${String(Math.round(rested / 1000))} s` : null;
  }
  // Where its records speak of the turn they decide, and say `interrupted` where somebody pressed Escape.
  if (turn !== null || registry?.status !== 'idle' || transcript?.prompted !== true) return null;
  return rested >= RECORDS_REST_MS && now - registry.at >= RECORDS_REST_MS
    ? `it rests at its prompt for ${String(Math.round(rested / 1000))} s and its records say nothing of a turn`
    : null;
}
