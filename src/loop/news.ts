import type { JournalEvent } from '../model/event.ts';
import type { Phase } from '../model/words.ts';
import { note, type Teller } from './crew.ts';
import type { Look } from './look.ts';

/** An event without its time. */
export type News = Omit<JournalEvent, 'at'>;

/** Writes to the journal what a look shows that the one before did not. */
export function noteNews(crew: Teller, before: Look | null, look: Look): void {
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
    if (code === 'task-waiting' && isNewWait(before, look, target)) {
      note(crew, 'task.waiting', 'warning', target, detail, waitFields(look, target));
    }
    if (code === 'mass-removal') note(crew, 'mass.removal', 'error', target, detail);
  }
}

/**
 * Whether the wait that a look shows, in these words, is another one than the look before showed: an agent's hook and
 * its screen say the same in different words, and one of them comes first.
 */
function isNewWait(before: Look | null, look: Look, target: string): boolean {
  const waited = before?.plan.diagnostics.some(
    (each) => each.code === 'task-waiting' && each.target === target,
  );
  const at = askedAt(look, target);
  return waited !== true || before === null || at === null || at > before.input.observed.at;
}

/** What of a wait may be told to who does not see the screen: where, which dialog, and since when. Null: not known. */
function waitFields(look: Look, target: string): News['fields'] {
  const run = Object.values(look.input.observed.runs).find(
    ({ record }) =>
      record.ok && record.value !== null && `task/${record.value.inbox}/${record.value.id}` === target,
  );
  const record = run?.record.ok === true ? run.record.value : null;
  return {
    session: record?.session ?? null,
    dialog: run?.facts.screen?.verdict.dialog ?? null,
    askedAt: askedAt(look, target),
  };
}

/** When an agent of this task last asked something, by its hooks; null: it never did, or has none. */
function askedAt({ input }: Look, target: string): number | null {
  const asked = Object.values(input.observed.runs).flatMap(({ record, facts }) => {
    if (!record.ok || record.value === null) return [];
    if (`task/${record.value.inbox}/${record.value.id}` !== target) return [];
    return facts.hooks.filter(({ event }) => event === 'asked').map(({ at }) => at);
  });
  return asked.length === 0 ? null : Math.max(...asked);
}

/** Writes down that the phase changed. */
export function notePhase(crew: Teller, before: Phase | null, phase: Phase, plan: Look['plan']): void {
  if (phase === before) return;
  const severity = phase === 'Degraded' || phase === 'Blocked' ? 'warning' : 'info';
  note(crew, 'fleet.phase', severity, 'fleet', `${before ?? 'Started'} -> ${phase}${reasonOf(phase, plan)}`, {
    phase,
  });
}

/** What is wrong, in the words of the plan: the first of it, and how much more. */
function reasonOf(phase: Phase, { diagnostics, withheld }: Look['plan']): string {
  if (phase !== 'Degraded') return '';
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const found = [
    ...errors.map(({ code, target }) => `${code} ${target}`),
    ...withheld.map(({ reason, target }) => `${reason} ${target}`),
  ];
  const [first] = found;
  if (first === undefined) return '';
  return found.length === 1 ? `: ${first}` : `: ${first} and ${String(found.length - 1)} more`;
}

function keyOf({ code, target, detail }: Look['plan']['diagnostics'][number]): string {
  return JSON.stringify([code, target, detail]);
}
