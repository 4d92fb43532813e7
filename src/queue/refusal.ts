import type { RejectReason } from '../model/task.ts';

/** Why a file can be no task; `detail` says what, where and what to do, in printable text of a few rows. */
export interface Refusal {
  readonly ok: false;
  readonly reason: RejectReason;
  readonly detail: string;
}

export function refused(reason: RejectReason, detail: string): Refusal {
  return { ok: false, reason, detail };
}
