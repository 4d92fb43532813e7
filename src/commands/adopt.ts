import { openHost } from '../host/host.ts';
import { type DesiredState, poolIndex } from '../model/desired.ts';
import type { HostWriter } from '../model/host.ts';
import type { Stamp } from '../model/observed.ts';
import { stampCommands, unstampCommands } from '../model/stamp.ts';
import { EXIT } from '../model/words.ts';
import { say } from './context.ts';
import { findSession } from './find-session.ts';
import { journalAct } from './fleet-state.ts';
import { loadFleet } from './load-fleet.ts';
import { ownStamp } from './own-stamp.ts';
import { Stop } from './stop.ts';
import { requireApplied } from './require-applied.ts';
import type { Verb } from './verb.ts';

/**
 * `adopt SESSION`: stamps a session that has a declared name as ours. Nothing in it is touched: what runs in it was
 * not started by us, so it counts as busy and is never stopped for it.
 */
export const run: Verb = async (context, { args: [name = ''] }) => {
  const { desired } = await loadFleet(context);
  const host = openHost({ socket: desired.tmux.socket, env: context.io.env });
  const { session, incarnation } = await findSession(host.tmux, name);
  const kind = declaredKind(desired, name);
  if (kind === null) {
    throw new Stop(
      EXIT.refused,
      `${name} is no declared name: it lies in no pool's range and is not under dedicated, so there is nothing to adopt it as`,
    );
  }
  const stamp = await ownStamp(host.tmux, session);
  if (stamp?.owner === desired.name && stamp.kind === kind) {
    say(context, `${name} is ours already`);
    return EXIT.done;
  }
  await stampAs(host, { id: session.id, name, owner: stamp?.owner ?? '' }, incarnation, desired, kind);
  const from = stamp === null || stamp.owner === desired.name ? '' : ` from fleet ${stamp.owner}`;
  journalAct(context, desired, {
    type: 'session.adopted',
    target: `session/${name}`,
    message: `adopted${from}`,
  });
  say(
    context,
    `adopted ${name}${from} as ${kind === 'pool' ? 'a pool session; what runs in it is left alone' : 'a dedicated session'}`,
  );
  return EXIT.done;
};

function declaredKind(desired: DesiredState, name: string): Stamp['kind'] | null {
  if (Object.hasOwn(desired.dedicated, name)) return 'dedicated';
  return Object.values(desired.pools).some((pool) => poolIndex(pool, name) !== null) ? 'pool' : null;
}

async function stampAs(
  host: HostWriter,
  session: { readonly id: string; readonly name: string; readonly owner: string },
  incarnation: Parameters<HostWriter['tmux']['act']>[0]['incarnation'],
  desired: DesiredState,
  kind: Stamp['kind'],
): Promise<void> {
  const target = { type: 'id', id: session.id } as const;
  // Without the old marks first, another fleet's record of "its" process would pass for ours.
  const commands = [
    ...(session.owner === '' ? [] : unstampCommands(session.id)),
    ...stampCommands(target, { owner: desired.name, kind, recordsPane: false }),
  ];
  requireApplied(await host.tmux.act({ incarnation, session, pane: null }, commands), session.name);
}
