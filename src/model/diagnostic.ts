import type { DiagnosticCode } from './words.ts';

export type Severity = 'error' | 'warning' | 'info';

/** A problem, for a person: a fixed summary per code, then what exactly, then what to do. */
export interface Diagnostic {
  readonly severity: Severity;
  readonly code: DiagnosticCode;
  /** What it is about: `link/backup/projects`, `session/ccl-auto-12`, `tmux`, `file`. */
  readonly target: string;
  /** One short sentence, the same for every occurrence of the code. */
  readonly summary: string;
  /** This occurrence: names, paths, what was found. */
  readonly detail: string;
  /** A command or an edit that would mend it, or null where there is none. */
  readonly help: string | null;
}
