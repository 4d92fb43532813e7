import type { TaskFleet } from '../tasks/task-fleet.ts';

/** What happened to a fleet, by its journal and its agents, one line for each, oldest first; for a test that fails. */
export function story(fleet: Pick<TaskFleet, 'events' | 'ledger' | 'home'>): string {
  const told = fleet.events().map((event) => ({
    at: 'at' in event ? Date.parse(String(event.at)) : 0,
    line: `${event.type} ${event.target}: ${event.message}`,
  }));
  const done = fleet.ledger().map(({ at, pid, session, ...rest }) => ({
    at,
    line: `    ${String(pid)} ${session.slice(0, 8)} ${JSON.stringify({ ...rest, environment: undefined, flags: undefined })}`,
  }));
  const all = [...told, ...done].toSorted((a, b) => a.at - b.at);
  const first = all[0]?.at ?? 0;
  return all
    .map(({ at, line }) => `${((at - first) / 1000).toFixed(2).padStart(7)} ${line.slice(0, 220)}`)
    .join('\n');
}
