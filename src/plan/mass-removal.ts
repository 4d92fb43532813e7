import type { DesiredState } from '../model/desired.ts';
import type { Accepted } from '../model/memory.ts';
import type { PlanInput } from '../model/plan-input.ts';
import { canonical } from './canonical.ts';
import type { Hold } from './draft.ts';
import { eventualRemovals } from './removal.ts';
import type { Sighting } from './sight.ts';
import { ownedCount, sightings } from './sight.ts';

/** More than this many, and more than the share below, is a mass removal (SPEC §2). */
const REMOVALS_ALLOWED = 2;
const SHARE_ALLOWED = 0.3;

/** What holds the session of that name back, or null. */
export type MassHold = (name: string) => Hold | null;

/**
 * Tells for each session name whether its removal belongs to an edit that would empty too much of the fleet.
 * What would have gone under the pools as last put in force is no consequence of an edit.
 */
export function massRemovalHold(input: PlanInput, seen: Readonly<Record<string, Sighting>>): MassHold {
  if (input.massRemovalConfirmed) return () => null;
  const going = removedByEdit(input, seen);
  const ours = ownedCount(seen);
  if (going.size <= Math.max(REMOVALS_ALLOWED, SHARE_ALLOWED * ours)) return () => null;
  const because = `the edit would remove ${String(going.size)} of ${String(ours)} sessions; \`rollcall apply\` confirms it`;
  return (name) => (going.has(name) ? { reason: 'mass-removal', because, until: null } : null);
}

/**
 * Sessions that wait for somebody's yes: all that the edit would take in time, also those that some other reason
 * holds back now. Null where the server could not be read, so that nobody knows.
 */
export function massRemoval(input: PlanInput): readonly string[] | null {
  const seen = sightings(input.desired, input.observed);
  if (seen === null) return null;
  const hold = massRemovalHold(input, seen);
  return Object.keys(seen).filter((name) => hold(name) !== null);
}

/** What of the file as it is now would be put in force. */
export function acceptable({ pools, reconcile, tmux }: DesiredState): Accepted {
  return { pools, prune: reconcile.prune, socket: tmux.socket };
}

/** Names of the sessions that an edit of the file, and not the course of things, makes superfluous. */
function removedByEdit(input: PlanInput, seen: Readonly<Record<string, Sighting>>): ReadonlySet<string> {
  const now = acceptable(input.desired);
  const { accepted } = input.memory;
  if (isSame(accepted, now)) return new Set();
  const names = (declared: Accepted) =>
    eventualRemovals(declared, seen).map(({ sighting }) => sighting.session.name);
  // What was put in force for one server, where nothing had to go, is no yes for another.
  const before = new Set(accepted !== null && isSame(accepted.socket, now.socket) ? names(accepted) : []);
  return new Set(names(now).filter((name) => !before.has(name)));
}

function isSame(before: unknown, now: unknown): boolean {
  return JSON.stringify(canonical(before)) === JSON.stringify(canonical(now));
}
