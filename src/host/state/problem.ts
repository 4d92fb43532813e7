import type { Diagnostic } from '../../model/diagnostic.ts';

/** A problem with Rollcall's own files. */
export function stateProblem(detail: string, help: string | null = null): Diagnostic {
  return {
    severity: 'warning',
    code: 'state-unreadable',
    target: 'state',
    summary: "Rollcall's own state cannot be used",
    detail,
    help,
  };
}

/** What a caught error says, in one line. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
