import type { DesiredState } from '../model/desired.ts';
import type { HostReader } from '../model/host.ts';
import { claimOf, queueFolders } from '../model/queue.ts';
import { taskAddress } from '../model/task-view.ts';
import { readStamp } from '../observe/stamp.ts';

/** What a session works on. */
export interface RunningTask {
  /** Null: its claim cannot be found. */
  readonly address: string | null;
  /** Epoch milliseconds; null: not known. */
  readonly since: number | null;
}

/** The task whose agent was started in that session of this fleet's; null: none, or nobody can tell. */
export async function taskIn(
  { tmux, files }: Pick<HostReader, 'tmux' | 'files'>,
  desired: DesiredState,
  session: string,
): Promise<RunningTask | null> {
  const answer = await tmux.stamps([session]);
  const options = answer.type === 'ok' ? answer.value.sessions[session] : undefined;
  const stamp = options === undefined ? null : readStamp(options);
  if (stamp?.owner !== desired.name || stamp.work === null || stamp.work.phase === null) return null;
  const { attempt, since } = stamp.work;
  for (const [inbox, { dir }] of Object.entries(desired.inboxes)) {
    const names = await files.names(queueFolders(dir).claimed);
    const claims = names.type === 'ok' ? names.value.map((file) => claimOf(inbox, file)) : [];
    const claim = claims.find((each) => each?.attempt === attempt) ?? null;
    if (claim !== null) return { address: taskAddress(claim), since };
  }
  return { address: null, since };
}
