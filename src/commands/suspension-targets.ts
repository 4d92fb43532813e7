import { openReader } from '../host/host.ts';
import { type DesiredState, poolIndex } from '../model/desired.ts';
import { EXIT } from '../model/words.ts';
import type { Context } from './context.ts';
import { Stop } from './stop.ts';

/** The key under which the whole fleet is suspended. */
export const ALL = '*';

/**
 * What `suspend` and `resume` were asked for, as keys of `Suspensions`: `--all`, or names. A bare name is a
 * session, else a pool, else an account, else an inbox. Ends with 4 where there is no such thing, 64 where nothing was named.
 */
export async function suspensionTargets(
  context: Context,
  desired: DesiredState,
  names: readonly string[],
  all: boolean,
): Promise<readonly string[]> {
  if (all === names.length > 0) throw new Stop(EXIT.usage, 'name what is meant, or say --all; not both');
  if (all) return [ALL];
  const targets: string[] = [];
  for (const name of names) targets.push(await targetOf(context, desired, name));
  return targets;
}

async function targetOf(context: Context, desired: DesiredState, name: string): Promise<string> {
  const wanted = name.includes('/')
    ? [name]
    : [`session/${name}`, `pool/${name}`, `account/${name}`, `inbox/${name}`];
  const found = wanted.find((target) => isDeclared(desired, target));
  if (found !== undefined) return found;
  const session = wanted[0]?.startsWith('session/') === true ? wanted[0].slice('session/'.length) : null;
  if (session !== null && (await isOnServer(context, desired, session))) return `session/${session}`;
  throw new Stop(EXIT.noSuchThing, `there is no ${name} in fleet ${desired.name}`);
}

function isDeclared(desired: DesiredState, target: string): boolean {
  const [kind = '', name = '', entry] = target.split('/');
  switch (kind) {
    case 'session':
      return (
        Object.hasOwn(desired.dedicated, name) ||
        Object.values(desired.pools).some((pool) => poolIndex(pool, name) !== null)
      );
    case 'pool':
      return Object.hasOwn(desired.pools, name);
    case 'account':
      return Object.hasOwn(desired.accounts, name);
    case 'inbox':
      return Object.hasOwn(desired.inboxes, name);
    // It may come later: whoever suspends a task is before it.
    case 'task':
      return Object.hasOwn(desired.inboxes, name) && entry !== undefined && entry !== '';
    case 'link': {
      const agent = desired.accounts[name]?.agent;
      return (
        agent !== undefined &&
        entry !== undefined &&
        (desired.sharedState?.entries[agent] ?? []).includes(entry)
      );
    }
    default:
      return false;
  }
}

/** A session of ours that the file no longer declares can be kept, too. */
async function isOnServer({ io }: Context, desired: DesiredState, session: string): Promise<boolean> {
  const listing = await openReader({ socket: desired.tmux.socket, env: io.env }).tmux.list();
  return listing.type === 'ok' && Object.values(listing.value.sessions).some(({ name }) => name === session);
}
