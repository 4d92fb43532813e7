import type { ActResult, HostWriter, SessionTarget, TmuxCommand, TmuxGuard } from '../model/host.ts';
import type { OwnedPoolSession, SessionCreate, SessionRecreate, SessionStop } from '../model/plan.ts';
import { STAMP, stampCommands, WORK_OPTIONS } from '../model/stamp.ts';
import { holderArgv } from './holder.ts';
import type { Outcome } from './outcome.ts';

/** Creates and stamps in one step of the server; a name that is taken by then is left as it is. */
export async function createSession(host: HostWriter, effect: SessionCreate): Promise<Outcome> {
  const { name, cwd, owner, runs, incarnation } = effect;
  const created = { type: 'created', name } as const;
  const pool = runs.type === 'holder';
  const argv = pool ? holderArgv(owner, name, runs.pool) : null;
  const commands: readonly TmuxCommand[] = [
    { type: 'new-session', name, cwd, argv },
    ...(pool ? keepCommands(created) : []),
    ...stampCommands(created, { owner, kind: pool ? 'pool' : 'dedicated', recordsPane: pool }),
  ];
  return outcomeOf(
    incarnation === null
      ? await host.tmux.actOnNewServer(commands)
      : await host.tmux.act({ incarnation, session: null, pane: null }, commands),
  );
}

/** Starts a new holder in the pane of an owned session whose process has ended. */
export async function recreateSession(host: HostWriter, effect: SessionRecreate): Promise<Outcome> {
  const { session, pool, cwd, frees, at } = effect;
  const { id, name, owner, pane } = session;
  const target = { type: 'id', id } as const;
  const commands: readonly TmuxCommand[] = [
    { type: 'respawn-pane', pane, cwd, argv: holderArgv(owner, name, pool) },
    ...keepCommands(target),
    ...stampCommands(target, { owner, kind: 'pool', recordsPane: true }),
    ...(frees === null ? [] : freeCommands(target, at)),
  ];
  const guard: TmuxGuard = { ...guardOf(session, true), options: { [STAMP.fence]: frees ?? '' } };
  return outcomeOf(await host.tmux.act(guard, commands));
}

/** Ends an owned session in which nothing but its holder, or nothing at all, runs. */
export async function stopSession(host: HostWriter, effect: SessionStop): Promise<Outcome> {
  const { session } = effect;
  return outcomeOf(
    await host.tmux.act(
      { ...guardOf(session, effect.ended), options: { [STAMP.fence]: effect.frees ?? '' } },
      [{ type: 'kill-session', id: session.id }],
    ),
  );
}

/** Takes the task off, the fence last: half done, it is still reserved. */
function freeCommands(session: SessionTarget, at: number): readonly TmuxCommand[] {
  return [
    setOption(session, STAMP.freed, String(at)),
    ...WORK_OPTIONS.map((option): TmuxCommand => ({ type: 'unset-option', session, option })),
  ];
}

/** A session option of ours with a literal value. */
export function setOption(session: SessionTarget, option: string, text: string): TmuxCommand {
  return { type: 'set-option', scope: 'session', session, option, value: { type: 'literal', text } };
}

/** The remains of an ended process stay to be looked at, and a private setting of the user's cannot end it unattended. */
export function keepCommands(session: SessionTarget): readonly TmuxCommand[] {
  const on = { type: 'literal', text: 'on' } as const;
  const off = { type: 'literal', text: 'off' } as const;
  return [
    { type: 'set-option', scope: 'window', session, option: 'remain-on-exit', value: on },
    { type: 'set-option', scope: 'session', session, option: 'destroy-unattached', value: off },
  ];
}

/** What must still be so of a pool session when it is acted on. */
export function guardOf(session: OwnedPoolSession, dead: boolean): TmuxGuard {
  const { incarnation, id, name, owner, pane, panePid } = session;
  return { incarnation, session: { id, name, owner }, pane: { id: pane, pid: panePid, dead } };
}

/** What became of an act of the server. */
export function outcomeOf(result: ActResult): Outcome {
  switch (result.type) {
    case 'applied':
      return { outcome: 'applied', text: null };
    case 'refused':
      return { outcome: 'stale', text: result.text };
    case 'failed':
      return { outcome: 'failed', text: result.text };
    case 'unknown':
      return { outcome: 'unknown', text: result.text };
  }
}
