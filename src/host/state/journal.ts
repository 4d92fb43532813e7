import { join } from 'node:path';
import type { JournalEvent } from '../../model/event.ts';
import { type Lines, type LinesOptions, openLines } from './lines.ts';

export interface JournalOptions extends LinesOptions {
  readonly dir: string;
}

/** What was done, one JSON line each, for people. */
export type Journal = Lines<JournalEvent>;

/** The journal of the fleet whose state folder is `dir`. */
export function openJournal(options: JournalOptions): Journal {
  return openLines(journalFile(options.dir), options);
}

/** The file written to; full ones are `.1` (newest), `.2`, … */
export function journalFile(dir: string): string {
  return join(dir, 'events.jsonl');
}
