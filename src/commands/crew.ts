import { hostname } from 'node:os';
import { openHost } from '../host/host.ts';
import { fleetPaths } from '../host/paths.ts';
import { startOf } from '../host/processes.ts';
import { openEvidenceLog } from '../host/state/evidence-log.ts';
import { openJournal } from '../host/state/journal.ts';
import { acquireLock, type Holder, type Lock, type LockAnswer } from '../host/state/lock.ts';
import { loadMemory } from '../host/state/memory-store.ts';
import { type Crew, memoryKeeper } from '../loop/crew.ts';
import type { DesiredState } from '../model/desired.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { EXIT } from '../model/words.ts';
import { safeText } from '../report/safe-text.ts';
import { duration } from '../report/time.ts';
import { type Context, say } from './context.ts';
import { writableStateDir } from './fleet-state.ts';
import { launchesOf } from './launches.ts';
import { placeOn } from './place.ts';
import { Stop } from './stop.ts';

export interface LockedCrew extends Crew {
  readonly release: () => void;
}

/** Takes the fleet's lock and what it gives the right to. Ends with 6 where another one holds it, and says who. */
export function takeCrew(context: Context, desired: DesiredState, command: string): LockedCrew {
  const { io } = context;
  const dir = writableStateDir(io, desired);
  const lock = takeLock(context, dir, desired, command);
  const { memory, problem } = loadMemory(dir);
  if (problem !== null) say(context, `rollcall: ${problem.summary}: ${problem.detail}`);
  const placeFor = (state: DesiredState): LockedCrew['place'] => {
    const place = placeOn(openHost({ socket: state.tmux.socket, env: io.env }), context, state);
    const { runtime } = fleetPaths(state.name, io.env);
    return { ...place, launches: launchesOf({ io, desired: state, agentOf: place.agentOf, runtime }) };
  };
  const onProblem = ({ detail }: Diagnostic): void => say(context, `rollcall: ${detail}`);
  return {
    place: placeFor(desired),
    placeFor,
    memory: memoryKeeper(dir, memory),
    journal: openJournal({ dir, onProblem }),
    evidence: openEvidenceLog({ dir, onProblem }),
    stillHeld: () => lock.stillHeld(),
    release: () => lock.release(),
  };
}

function takeLock({ io }: Context, dir: string, desired: DesiredState, command: string): Lock {
  const now = io.now();
  const procStart = startOf(process.pid);
  const answer = lockAnswer(dir, { pid: process.pid, procStart, since: now, host: hostname(), command });
  if (answer.ok) return answer;
  throw new Stop(EXIT.held, `fleet ${desired.name} is held by another: ${holderText(answer.holder, now)}`);
}

/** A full disk or a folder that cannot be written is no bug of ours: it is said, and nothing is done. */
function lockAnswer(dir: string, holder: Holder): LockAnswer {
  try {
    return acquireLock(dir, holder);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Stop(EXIT.failed, `the lock in ${dir} cannot be taken, so nothing is changed: ${why}`);
  }
}

function holderText(holder: Holder | null, now: number): string {
  if (holder === null) return 'it has not said who it is yet; try again in a moment';
  const { command, pid, host, since } = holder;
  return safeText(`${command}, pid ${String(pid)} on ${host}, for ${duration(now - since)}`);
}
