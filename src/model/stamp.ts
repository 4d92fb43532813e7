import type { SessionTarget, TmuxCommand } from './host.ts';
import type { Stamp } from './observed.ts';

/** The session options that make up the ownership stamp; `observe` reads them, `apply` writes them. */
export const STAMP = {
  owner: '@rollcall_owner',
  kind: '@rollcall_kind',
  /** The pane we started, and the process we started in it. Absent on an adopted session. */
  pane: '@rollcall_pane',
  pid: '@rollcall_pid',
  /** The attempt the session is reserved for. */
  fence: '@rollcall_fence',
  /** How far its task is; set in the step that starts the agent. */
  phase: '@rollcall_phase',
  /** When the phase was set, epoch milliseconds. */
  since: '@rollcall_since',
  /** When its last task ended, epoch milliseconds. */
  freed: '@rollcall_freed',
  /** For people who look: the task, account and conversation. Nothing is decided by them. */
  task: '@rollcall_task',
  account: '@rollcall_account',
  conversation: '@rollcall_conversation',
} as const;

/** What a session carries for as long as it works on a task. */
export const WORK_OPTIONS = [
  STAMP.phase,
  STAMP.since,
  STAMP.task,
  STAMP.account,
  STAMP.conversation,
  STAMP.fence,
] as const;

export interface StampMarks {
  readonly owner: string;
  readonly kind: Stamp['kind'];
  /** Whether the server writes down the session's pane and process as the ones we started. */
  readonly recordsPane: boolean;
}

/**
 * The commands that stamp a session, to be carried out in the step that creates, restarts or adopts it. The
 * server fills in pane and process itself, so the record cannot name a process seen earlier.
 */
export function stampCommands(session: SessionTarget, marks: StampMarks): readonly TmuxCommand[] {
  const set = (option: string, type: 'literal' | 'format', text: string): TmuxCommand => ({
    type: 'set-option',
    scope: 'session',
    session,
    option,
    value: { type, text },
  });
  const own = [set(STAMP.owner, 'literal', marks.owner), set(STAMP.kind, 'literal', marks.kind)];
  if (!marks.recordsPane) return own;
  return [...own, set(STAMP.pane, 'format', '#{pane_id}'), set(STAMP.pid, 'format', '#{pane_pid}')];
}

/** The commands that take the stamp off again, owner last: half done, it is still ours. */
export function unstampCommands(id: string): readonly TmuxCommand[] {
  return [...WORK_OPTIONS, STAMP.freed, STAMP.pid, STAMP.pane, STAMP.kind, STAMP.owner].map((option) => ({
    type: 'unset-option',
    session: { type: 'id', id },
    option,
  }));
}
