import { join } from 'node:path';
import type { EvidenceRecord } from '../../model/evidence-record.ts';
import type { JournalOptions } from './journal.ts';
import { type Lines, openLines } from './lines.ts';

/** What was taken for evidence about an account, and what was decided on it (SPEC §6.11), one JSON line each. */
export type EvidenceLog = Lines<EvidenceRecord>;

/** Of the fleet whose state folder is `dir`. The one file of ours that holds words from an agent's screen. */
export function openEvidenceLog(options: JournalOptions): EvidenceLog {
  return openLines(evidenceFile(options.dir), options);
}

/** The file written to, mode 0600; full ones are `.1` (newest), `.2`, … */
export function evidenceFile(dir: string): string {
  return join(dir, 'evidence.jsonl');
}
