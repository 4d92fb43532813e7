import type { JournalEvent } from '../model/event.ts';
import type { Phase } from '../model/words.ts';
import type { Crew } from './crew.ts';
import { note } from './crew.ts';
import type { Look } from './look.ts';

/** An event without its time. */
export type News = Omit<JournalEvent, 'at'>;

/** Writes to the journal what a look shows that the one before did not. */
export function noteNews(crew: Crew, before: Look | null, look: Look): void {
  for (const [name, deaths] of Object.entries(look.memory.deaths)) {
    const known = before?.memory.deaths[name];
    if (before === null || known?.lastPid === deaths.lastPid) continue;
    note(crew, 'session.died', 'warning', `session/${name}`, 'its process has ended', {
      pid: deaths.lastPid,
      deathsInTheLastHour: deaths.at.length,
    });
  }
  const old = new Set(before?.plan.diagnostics.map(keyOf));
  for (const diagnostic of look.plan.diagnostics) {
    if (old.has(keyOf(diagnostic))) continue;
    const { code, target, detail } = diagnostic;
    if (code === 'link-diverged' || code === 'link-blocked') {
      note(crew, 'link.diverged', 'error', target, detail, { code });
    }
    if (code === 'task-waiting') note(crew, 'task.waiting', 'warning', target, detail);
    if (code === 'mass-removal') note(crew, 'mass.removal', 'error', target, detail);
  }
}

/** Writes down that the phase changed. */
export function notePhase(crew: Crew, before: Phase | null, phase: Phase): void {
  if (phase === before) return;
  const severity = phase === 'Degraded' || phase === 'Blocked' ? 'warning' : 'info';
  note(crew, 'fleet.phase', severity, 'fleet', `${before ?? 'Started'} -> ${phase}`, { phase });
}

function keyOf({ code, target, detail }: Look['plan']['diagnostics'][number]): string {
  return JSON.stringify([code, target, detail]);
}
