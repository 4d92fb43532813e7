import type { HostReader, ListedSession } from '../model/host.ts';
import type { Incarnation } from '../model/observed.ts';
import { EXIT } from '../model/words.ts';
import { Stop } from './stop.ts';

export interface FoundSession {
  readonly incarnation: Incarnation;
  readonly session: ListedSession;
}

/** The session of exactly that name on the fleet's server. Ends with 4 where there is none, 1 where tmux cannot be read. */
export async function findSession(tmux: HostReader['tmux'], name: string): Promise<FoundSession> {
  const listing = await tmux.list();
  if (listing.type === 'no-server') throw new Stop(EXIT.noSuchThing, `no tmux server runs at ${tmux.socket}`);
  if (listing.type === 'timeout')
    throw new Stop(EXIT.failed, `the tmux server at ${tmux.socket} did not answer in time`);
  if (listing.type === 'error')
    throw new Stop(EXIT.failed, `the tmux server at ${tmux.socket} answered: ${listing.text}`);
  const { sessions, incarnation } = listing.value;
  const session = Object.values(sessions).find((each) => each.name === name);
  if (session === undefined)
    throw new Stop(EXIT.noSuchThing, `there is no session ${name} on the tmux server at ${tmux.socket}`);
  return { session, incarnation };
}
