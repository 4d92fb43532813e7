import type { HostReader, ListedSession } from '../model/host.ts';
import type { Stamp } from '../model/observed.ts';
import { readStamp } from '../observe/stamp.ts';
import { EXIT } from '../model/words.ts';
import { Stop } from './stop.ts';

/**
 * The stamp a session carries by itself, or null. Ends with 5 where a mark from elsewhere (a global option, a
 * pane's own) says something else than the session: the guard of a change could not be relied on.
 */
export async function ownStamp(tmux: HostReader['tmux'], session: ListedSession): Promise<Stamp | null> {
  // The guard compares the name; one that we would never send to tmux cannot be guarded.
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(session.name)) {
    throw new Stop(EXIT.refused, `${session.name} has a name that Rollcall does not send to tmux`);
  }
  const answer = await tmux.stamps([session.id]);
  if (answer.type !== 'ok') throw new Stop(EXIT.failed, `the stamp of ${session.name} could not be read`);
  const options = answer.value.sessions[session.id];
  if (options === undefined) throw new Stop(EXIT.noSuchThing, `${session.name} has just gone`);
  const stamp = readStamp(options);
  const contradiction = Object.values(session.panes).find((pane) => pane.shownOwner !== (stamp?.owner ?? ''));
  if (contradiction !== undefined) {
    throw new Stop(
      EXIT.refused,
      `in ${session.name} something other than the session's own options marks it as owned by ${JSON.stringify(contradiction.shownOwner)}`,
    );
  }
  return stamp;
}
