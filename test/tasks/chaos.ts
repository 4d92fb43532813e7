import { setTimeout as sleep } from 'node:timers/promises';
import { rawServer } from '../real/world.ts';
import { until } from '../support/tmux.ts';
import { liveAgents } from './agents.ts';
import { snapshot } from './places.ts';
import type { TaskFleet } from './task-fleet.ts';

/** One thing that happens to a fleet in use; gives a word for what it was, or null where there was nothing to hurt. */
type Blow = (fleet: TaskFleet, random: () => number) => Promise<string | null> | string | null;

/** How often each happens, in parts. */
const BLOWS: readonly (readonly [number, Blow])[] = [
  [6, agentKilled],
  [3, agentTold],
  [4, launcherKilled],
  [3, launcherHungUp],
  [4, sessionKilled],
  [1, serverKilled],
  [2, serverStopped],
];

export interface Chaos {
  /** How often what was done. */
  readonly done: Readonly<Record<string, number>>;
  count(): number;
  end(): Promise<void>;
}

/** However slow the machine is, work gets done between two blows: so long is waited for that. */
const PATIENCE_MS = 15_000;

/** Hurts the fleet at random until `end`: one blow every `everyMs`, more or less, once something has moved since the last. */
export function chaos(fleet: TaskFleet, random: () => number, everyMs: number): Chaos {
  const done: Record<string, number> = {};
  const over = new AbortController();
  const working = (async (): Promise<void> => {
    while (!over.signal.aborted) {
      const before = placesOf(fleet);
      await sleep(everyMs * (0.3 + 1.4 * random()));
      await until(() => over.signal.aborted || placesOf(fleet) !== before, PATIENCE_MS).catch(
        () => undefined,
      );
      const blow = pick(
        BLOWS.flatMap(([parts, each]) => Array.from({ length: parts }, () => each)),
        random,
      );
      if (over.signal.aborted || blow === undefined) break;
      const word = await blow(fleet, random);
      if (word !== null) done[word] = (done[word] ?? 0) + 1;
    }
  })();
  return {
    done,
    count: () => Object.values(done).reduce((sum, times) => sum + times, 0),
    end: async () => {
      over.abort();
      await working;
    },
  };
}

function placesOf({ inbox }: TaskFleet): string {
  return JSON.stringify(snapshot(inbox).map(({ place, name }) => [place, name]));
}

function agentKilled({ home }: TaskFleet, random: () => number): string | null {
  return signalled(pick(liveAgents(home), random)?.pid, 'SIGKILL') ? 'agent killed' : null;
}

function agentTold({ home }: TaskFleet, random: () => number): string | null {
  return signalled(pick(liveAgents(home), random)?.pid, 'SIGTERM') ? 'agent told to end' : null;
}

function launcherKilled({ machine }: TaskFleet, random: () => number): string | null {
  const session = pick(poolSessions(machine), random);
  return signalled(session?.panes[0]?.pid, 'SIGKILL') ? 'pane process killed' : null;
}

function launcherHungUp({ machine }: TaskFleet, random: () => number): string | null {
  const session = pick(poolSessions(machine), random);
  return signalled(session?.panes[0]?.pid, 'SIGHUP') ? 'pane process hung up' : null;
}

function sessionKilled({ machine }: TaskFleet, random: () => number): string | null {
  const session = pick(poolSessions(machine), random);
  if (session === undefined) return null;
  try {
    machine.tmux('kill-session', '-t', session.id);
    return 'session killed';
  } catch {
    return null;
  }
}

function serverKilled({ machine }: TaskFleet): string | null {
  return signalled(machine.serverPid() ?? undefined, 'SIGKILL') ? 'server killed' : null;
}

/** It answers late: a command whose client gave up may still be carried out. */
async function serverStopped({ machine }: TaskFleet, random: () => number): Promise<string | null> {
  const pid = machine.serverPid() ?? undefined;
  if (!signalled(pid, 'SIGSTOP')) return null;
  await sleep(200 + 1500 * random());
  signalled(pid, 'SIGCONT');
  return 'server stopped for a while';
}

function poolSessions(machine: TaskFleet['machine']) {
  try {
    return (rawServer(machine)?.sessions ?? []).filter(({ name }) => name.startsWith('ccl-auto-'));
  } catch {
    // The server has just ended.
    return [];
  }
}

function pick<T>(list: readonly T[], random: () => number): T | undefined {
  return list[Math.floor(random() * list.length)];
}

function signalled(pid: number | undefined, signal: NodeJS.Signals): boolean {
  if (pid === undefined || pid <= 1) return false;
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
