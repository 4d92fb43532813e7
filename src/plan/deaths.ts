import type { DesiredState } from '../model/desired.ts';
import type { Deaths, Memory } from '../model/memory.ts';
import type { Observed, ObservedPane } from '../model/observed.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { Hold } from './draft.ts';
import { sightings } from './sight.ts';

const HOUR_MS = 3_600_000;
/** So many deaths in an hour leave a session down (SPEC §3.3). */
export const DEATHS_ALLOWED = 5;
const RESTART_DELAYS_MS = [0, 5_000, 15_000, 60_000] as const;
/** A process that tmux tells nothing about counts as ended by itself where it cannot have lived longer than this. */
const START_FAILURE_MS = 10_000;
/** SIGHUP, SIGINT, SIGKILL, SIGTERM: somebody, or the system, ended it. */
const SENT_SIGNALS: readonly number[] = [1, 2, 9, 15];

/** The deaths after one more look: each corpse counted once, those older than an hour forgotten. */
export function countDeaths(
  desired: DesiredState,
  observed: Observed,
  memory: Memory,
): Readonly<Record<string, Deaths>> {
  const seen = sightings(desired, observed);
  if (seen === null) return memory.deaths;
  const deaths: Record<string, Deaths> = {};
  for (const [name, known] of Object.entries(memory.deaths)) {
    const at = known.at.filter((time) => time > observed.at - HOUR_MS && time <= observed.at);
    if (at.length > 0) deaths[name] = { ...known, at };
  }
  for (const [name, sighting] of Object.entries(seen)) {
    if (sighting.type !== 'pool' || sighting.life.type !== 'ended') continue;
    const known = memory.deaths[name];
    const pane = sighting.session.panes[sighting.life.owned.pane];
    if (pane === undefined || known?.lastPid === pane.pid) continue;
    const youngest = Math.max(sighting.session.createdAt, known?.lastAt ?? 0);
    const counted = endedByItself(pane, observed.at - youngest) ? [observed.at] : [];
    deaths[name] = {
      at: [...(deaths[name]?.at ?? []), ...counted],
      lastPid: pane.pid,
      lastAt: observed.at,
    };
  }
  return deaths;
}

/** Whether a session whose process ended has to wait, or has died too often. */
export function restartHold(input: PlanInput, name: string): Hold | null {
  const { at: now } = input.observed;
  const recent = (input.memory.deaths[name]?.at ?? []).filter((time) => time > now - HOUR_MS && time <= now);
  const last = recent.at(-1);
  if (last === undefined) return null;
  if (recent.length >= DEATHS_ALLOWED) {
    const freed = (recent[recent.length - DEATHS_ALLOWED] ?? last) + HOUR_MS;
    const because = `its process ended by itself ${String(recent.length)} times within an hour; left down`;
    return { reason: 'restart-budget', because, until: freed };
  }
  const until = last + (RESTART_DELAYS_MS[recent.length - 1] ?? 0);
  if (until <= now) return null;
  const because = `its process ended by itself ${String(recent.length)} time(s) within an hour`;
  return { reason: 'backing-off', because, until };
}

function endedByItself(pane: ObservedPane, livedAtMostMs: number): boolean {
  if (pane.deadSignal !== null) return !SENT_SIGNALS.includes(pane.deadSignal);
  if (pane.deadStatus !== null) return true;
  return livedAtMostMs < START_FAILURE_MS;
}
