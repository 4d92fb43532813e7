import type { Launches } from '../apply/launches.ts';
import type { EvidenceLog } from '../host/state/evidence-log.ts';
import type { Journal } from '../host/state/journal.ts';
import { saveMemory } from '../host/state/memory-store.ts';
import type { DesiredState } from '../model/desired.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { EventType, JournalEvent } from '../model/event.ts';
import type { HostWriter } from '../model/host.ts';
import type { Memory } from '../model/memory.ts';
import type { Place } from './look.ts';

/** What is needed to change a fleet: only who holds its lock has one. */
export interface Crew {
  readonly place: WorkPlace;
  /** The place for a state that came into force later: it may name another tmux socket, or other agents. */
  readonly placeFor: (desired: DesiredState) => WorkPlace;
  readonly memory: MemoryKeeper;
  readonly journal: Journal;
  readonly evidence: EvidenceLog;
  /** Still the only writer; asked before every action. */
  readonly stillHeld: () => boolean;
}

/** A place where things may be changed and agents started. */
export interface WorkPlace extends Place {
  readonly host: HostWriter;
  readonly launches: Launches;
}

/** The memory of the one writer: in the process, and on disk as soon as it differs. */
export interface MemoryKeeper {
  now(): Memory;
  /** Keeps it, and says what went wrong where it could not be written. */
  keep(memory: Memory): Diagnostic | null;
}

/** A keeper that begins with what was read from `stateDir`. */
export function memoryKeeper(stateDir: string, start: Memory): MemoryKeeper {
  let current = start;
  let written = JSON.stringify(start);
  return {
    now: () => current,
    keep(memory) {
      current = memory;
      const text = JSON.stringify(memory);
      if (text === written) return null;
      const problem = saveMemory(stateDir, memory);
      if (problem === null) written = text;
      return problem;
    },
  };
}

/** What is needed to write to the journal. */
export interface Teller {
  readonly journal: Pick<Crew['journal'], 'append'>;
  readonly place: { readonly host: Pick<Crew['place']['host'], 'now'> };
}

/** Writes one line of the journal. */
export function note(
  crew: Teller,
  type: EventType,
  severity: JournalEvent['severity'],
  target: string,
  message: string,
  fields: JournalEvent['fields'] = {},
): void {
  const at = new Date(crew.place.host.now()).toISOString();
  crew.journal.append({ at, type, severity, target, message, fields });
}
