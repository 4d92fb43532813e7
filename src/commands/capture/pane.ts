import type { Profile } from '../../agents/profile.ts';
import type { ListedSession, ProcessReader } from '../../model/host.ts';
import { EXIT } from '../../model/words.ts';
import { findInPanes, type InPane } from '../../observe/operator-process.ts';
import { safeText } from '../../report/safe-text.ts';
import { Stop } from '../stop.ts';
import type { Around } from './around.ts';

/** The pane to capture, and the agent in it. */
export interface Chosen {
  readonly pane: string;
  /** Null: none that is known, and none was named. */
  readonly agent: string | null;
  /** Null: none of that name runs in it. */
  readonly process: InPane | null;
}

/** Which pane of a session, and whose screen it is: what runs there tells, unless it was said. */
export async function choose(
  processes: ProcessReader,
  session: ListedSession,
  { profiles, desired }: Around,
  asked: { readonly pane: string | null; readonly agent: string | null },
): Promise<Chosen> {
  const found = await findInPanes(processes, [session], namesOf(profiles));
  const pane = asked.pane === null ? onlyPane(session, found) : paneNamed(session, asked.pane);
  const process = found.find((each) => each.pane.id === pane) ?? null;
  if (asked.agent !== null && !Object.hasOwn(profiles, asked.agent))
    throw new Stop(EXIT.noSuchThing, `there is no agent ${safeText(asked.agent)}`);
  const own = desired?.dedicated[session.name]?.agent ?? null;
  const called = process?.called ?? [];
  const agent = asked.agent ?? (own !== null && called.includes(own) ? own : (called[0] ?? null));
  return { pane, agent, process };
}

function onlyPane(session: ListedSession, found: readonly InPane[]): string {
  const ids = Object.keys(session.panes);
  const [one, ...more] = new Set(found.map(({ pane }) => pane.id));
  if (one !== undefined && more.length === 0) return one;
  const [only, ...others] = ids;
  if (only !== undefined && others.length === 0) return only;
  const rows = Object.values(session.panes).map(({ id, command }) => `  --pane ${id}   ${safeText(command)}`);
  throw new Stop(EXIT.usage, `session ${session.name} has several panes; which one?\n${rows.join('\n')}`);
}

function paneNamed(session: ListedSession, pane: string): string {
  if (Object.hasOwn(session.panes, pane)) return pane;
  const there = Object.keys(session.panes).join(', ');
  throw new Stop(EXIT.noSuchThing, `session ${session.name} has no pane ${safeText(pane)}, but ${there}`);
}

/** Program name -> agents; one of the file's own goes before a built-in one of the same program. */
function namesOf(profiles: Readonly<Record<string, Profile>>): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const [agent, { process }] of Object.entries(profiles)) {
    for (const called of process) names.set(called, [...(names.get(called) ?? []), agent]);
  }
  return names;
}
