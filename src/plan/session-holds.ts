import type { PlanInput } from '../model/plan-input.ts';
import type { Hold } from './draft.ts';
import type { Sighting } from './sight.ts';

/** Somebody attached who pressed a key within this time is at work in the session (SPEC §3.10). */
const TYPING_MS = 60_000;

/** Somebody attached is typing. */
export function typingHold(input: PlanInput, typedAt: number | null): Hold | null {
  if (typedAt === null || typedAt + TYPING_MS <= input.observed.at) return null;
  const because = 'somebody attached to it typed within the last minute';
  return { reason: 'attached', because, until: typedAt + TYPING_MS };
}

/** While a global option of ours is set, the server's own check of the stamp proves nothing. */
export function inheritedHold(input: PlanInput): Hold | null {
  const { tmux } = input.observed;
  if (!tmux.ok || tmux.value.type === 'none' || !tmux.value.stampInherited) return null;
  const because = 'a global tmux option makes every session look owned';
  return { reason: 'tampered', because, until: null };
}

/** The folder to start in is not there, or not known to be. */
export function folderHold(input: PlanInput, cwd: string): Hold | null {
  const reading = input.observed.directories[cwd];
  if (reading === undefined || !reading.ok) {
    const because = reading === undefined ? `${cwd} was not looked at` : reading.diagnostic.detail;
    return { reason: 'unreadable', because, until: null };
  }
  if (reading.value.type === 'present') return null;
  const what = reading.value.type === 'absent' ? 'does not exist' : 'is not a folder';
  return { reason: 'cwd-missing', because: `${cwd} ${what}`, until: null };
}

/** A session that is not ours, or not ours alone, has the name. */
export function nameHold(sighting: Sighting | undefined): Hold | null {
  if (sighting === undefined || sighting.type === 'dedicated') return null;
  const { id } = sighting.session;
  const until = null;
  if (sighting.type === 'pool') {
    if (sighting.life.type !== 'unknown' || sighting.life.alive) return null;
    return {
      reason: 'busy',
      because: `${id} of that name has ended, but not ours alone: ${sighting.life.why}`,
      until,
    };
  }
  if (sighting.type === 'other-fleet') {
    return { reason: 'other-fleet', because: `${id} of that name belongs to fleet ${sighting.owner}`, until };
  }
  if (sighting.type === 'tampered') {
    return { reason: 'tampered', because: `${id} of that name carries a stamp that is contradicted`, until };
  }
  return { reason: 'name-taken', because: `a session of that name (${id}) is not ours`, until };
}
