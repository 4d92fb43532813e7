import type { AttemptRecord, LaunchRequest, LaunchSpec, RejectReason } from '../model/task.ts';

/** What apply needs to start an agent and may not know itself: how agents are started, and by what. */
export interface Launches {
  /**
   * Everything an agent is started with. `bytes` is its task's file as read just now; null where its conversation
   * goes on.
   */
  specFor(request: LaunchRequest, record: AttemptRecord, bytes: Uint8Array | null): Promise<SpecAnswer>;
  /** Text of a record as it is written down. */
  recordText(record: AttemptRecord): string;
  /** Program and arguments that start what stands in a launch folder; at least two. */
  launcherArgv(launchDir: string): readonly string[];
  /** The operator's own command line, going on with a conversation; null: what is in it is not all known. */
  againArgv(agent: string, argv: readonly string[], conversation: string): readonly string[] | null;
  /** The text beside a rejected file. */
  reasonText(reason: RejectReason, detail: string, at: number): string;
}

export type SpecAnswer =
  | { readonly ok: true; readonly spec: LaunchSpec; readonly taskFile: string | null }
  /** It cannot be started like this: a secret is missing, its file is no task any more. */
  | { readonly ok: false; readonly text: string };
