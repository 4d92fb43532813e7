import { existsSync } from 'node:fs';
import { readDesired } from '../../desired/read.ts';
import { openReader } from '../../host/host.ts';
import { homeFolder } from '../../host/paths.ts';
import { loadLastGood } from '../../host/state/last-good.ts';
import { loadMemory } from '../../host/state/memory-store.ts';
import { lookAndPlan } from '../../loop/look.ts';
import type { DesiredState, TmuxSocket } from '../../model/desired.ts';
import type { FileProblem } from '../../model/seams.ts';
import { type Context, say } from '../context.ts';
import { stateDir } from '../fleet-state.ts';
import type { Homes } from '../init-homes.ts';
import { placeOf } from '../place.ts';
import { type Draft, draftOf } from './draft.ts';
import { foundHomes } from './homes.ts';
import { foundSessions } from './look.ts';
import { draftText } from './text.ts';

/** A file's text, and what its plan would do on the fleet it was made from: nothing, as far as that can be had. */
export interface FromTmux {
  readonly text: string;
  readonly wouldDo: readonly string[];
}

/**
 * The text of a file that declares what runs at a socket now. It is read and planned before it is given out: what
 * cannot be declared is left out with its reason, and what would be changed is not claimed. Touches nothing.
 */
export async function fromTmux(
  context: Context,
  homes: Homes,
  { file, schema, socket }: { readonly file: string; readonly schema: string; readonly socket: TmuxSocket },
): Promise<FromTmux> {
  const { env } = context.io;
  const userHome = homeFolder(env);
  const sessions = await foundSessions(openReader({ socket, env }));
  const written = socket.type === 'name' ? socket.name : socket.path;
  const first = draftOf(sessions, foundHomes(homes, sessions, userHome), written);
  tellLastGood(context, first.name, file);
  let [made, draft] = readable(first, { file, userHome, schema });
  let wouldDo = await actionsOf(context, made.desired);
  for (const modest of MODEST) {
    if (wouldDo.length === 0) break;
    [made, draft] = readable(modest(draft), { file, userHome, schema });
    wouldDo = await actionsOf(context, made.desired);
  }
  return { text: made.text, wouldDo };
}

/** What is not claimed any more where a plan would change something, one after the other. */
const MODEST: readonly ((draft: Draft) => Draft)[] = [
  (draft) => ({ ...draft, homes: { ...draft.homes, shared: null } }),
  (draft) => ({ ...draft, homes: { ...draft.homes, links: {} } }),
  (draft) => ({ ...draft, homes: { accounts: {}, links: {}, shared: null } }),
];

interface Made {
  readonly text: string;
  readonly desired: DesiredState;
}

interface Reading {
  readonly file: string;
  readonly userHome: string;
  readonly schema: string;
}

/** The file as it can be read: what its own checks refuse is taken out, each with what they say of it. */
function readable(draft: Draft, reading: Reading): readonly [Made, Draft] {
  const text = draftText(draft, reading);
  const read = readDesired(text, { file: reading.file, home: reading.userHome });
  if (read.ok) return [{ text, desired: read.desired }, draft];
  const problems = read.problems.filter(({ severity }) => severity === 'error');
  const less = problems.reduce((sofar, problem) => without(sofar, problem) ?? sofar, draft);
  if (less === draft) throw new Error(`the file made from tmux is bad: ${problems[0]?.message ?? '?'}`);
  return readable(less, reading);
}

/** The draft without what a problem is about; null: it is about something that was not found but written here. */
function without(draft: Draft, { path, message }: FileProblem): Draft | null {
  const [section = '', name = ''] = path.split('/').slice(1).map(unescaped);
  const { homes } = draft;
  if (section === 'sharedState' && homes.shared !== null)
    return { ...draft, homes: { ...homes, shared: null } };
  if (section === 'activeAccount' && Object.keys(homes.links).length > 0)
    return { ...draft, homes: { ...homes, links: {} } };
  if (section === 'accounts' && Object.hasOwn(homes.accounts, name)) {
    const { [name]: _, ...accounts } = homes.accounts;
    return { ...draft, homes: { accounts, links: {}, shared: null } };
  }
  const session = draft.dedicated.find((each) => section === 'dedicated' && each.name === name);
  if (session !== undefined) {
    const dedicated = draft.dedicated.filter((each) => each !== session);
    return { ...draft, dedicated, left: [...draft.left, { session, why: message }] };
  }
  const pool = draft.pools.find((each) => section === 'pools' && each.name === name);
  if (pool === undefined) return null;
  const pools = draft.pools.filter((each) => each !== pool);
  return { ...draft, pools, dedicated: [...draft.dedicated, ...pool.sessions] };
}

function unescaped(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

async function actionsOf(context: Context, desired: DesiredState): Promise<readonly string[]> {
  const { memory } = loadMemory(stateDir(context.io, desired));
  const { plan } = await lookAndPlan(placeOf(context, desired), memory);
  return plan.actions.map(({ type, target, because }) => `${type} ${target}: ${because}`);
}

/** Sessions that carry a fleet's mark were made by a file, which says more than they can. */
function tellLastGood(context: Context, name: string, file: string): void {
  const dir = stateDir(context.io, { name });
  if (!existsSync(dir)) return;
  const kept = loadLastGood(dir);
  if (kept.ok && kept.value !== null && kept.value.file !== file)
    say(
      context,
      `rollcall: fleet ${name} was last applied from ${kept.value.file}, which says more than its sessions can`,
    );
}
