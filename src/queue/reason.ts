import type { RejectReason } from '../model/task.ts';

/**
 * The text of the `.reason` beside a rejected file: the reason's word alone on the first line, an empty line, the
 * detail, and when it was (`at`, epoch milliseconds).
 */
export function reasonText(reason: RejectReason, detail: string, at: number): string {
  return `${reason}\n\n${detail}\n\nRejected by rollcall at ${new Date(at).toISOString()}. Nothing was run.\n`;
}
