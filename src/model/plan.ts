import type { ShellPrompt, StoppedNote } from './dedicated-agent.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Leftover } from './leftovers.ts';
import type { Notice } from './notice.ts';
import type { Incarnation, WorkPhase } from './observed.ts';
import type { Source } from './source.ts';
import type { AttemptRecord, Claim, LaunchRequest, RejectReason } from './task.ts';
import type { ActionType, Reason, WithheldReason } from './words.ts';

/** What would change, in order, and why; what may not change, and why not. Plain readonly JSON. */
export interface Plan {
  readonly fleet: string;
  /** Hash of the file it was made from. */
  readonly desiredHash: string;
  /** Epoch milliseconds of the look it was made from. */
  readonly observedAt: number;
  /** Nothing to do, nothing withheld and no error: the world is as declared. */
  readonly converged: boolean;
  readonly actions: readonly Action[];
  readonly withheld: readonly Withheld[];
  /** RFC 6902: what we own of what was observed -> target. */
  readonly patch: readonly PatchOperation[];
  readonly diagnostics: readonly Diagnostic[];
  /** When something will be to do by itself (a cooldown or `notBefore` over, a file whole), epoch milliseconds; not in the document. */
  readonly nextAt: number | null;
}

export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  readonly value?: unknown;
}

interface ActionWords {
  /** `session/ccl-auto-12`, `link/backup/projects`, `account/main`. */
  readonly target: string;
  readonly reason: Reason;
  /** The facts behind the reason, for people; apply never reads it. */
  readonly because: string;
  readonly source: Source | null;
  /** Ends something that lives: counts towards `reconcile.maxDisruptions`. */
  readonly disrupts: boolean;
}

/** One guarded step. `effect` is all that apply needs, and all that it may use. */
export type Action = {
  [E in Effect as E['type']]: ActionWords & { readonly type: E['type']; readonly effect: E };
}[Effect['type']];

export type ActionOf<T extends Effect['type']> = Extract<Action, { type: T }>;

export type Effect =
  | LinkCreate
  | AccountActivate
  | SessionCreate
  | SessionRecreate
  | SessionStop
  | SessionRelaunch
  | AgentStop
  | DedicatedStop
  | DedicatedResume
  | TaskReject
  | TaskStart
  | TaskSubmit
  | TaskFinish
  | TaskReturn
  | TaskPark
  | NotifySend
  | TaskUnclaim
  | JanitorRemove;

export interface LinkCreate {
  readonly type: 'link.create';
  readonly path: string;
  readonly to: string;
  /** Whether the folder behind it, and the link itself, are to be made. */
  readonly makeTarget: boolean;
  readonly makeLink: boolean;
}

export interface AccountActivate {
  readonly type: 'account.activate';
  readonly agent: string;
  readonly link: string;
  readonly home: string;
  /** The link's text when looked at, null where it was absent; anything else there now makes the action stale. */
  readonly from: string | null;
}

export interface SessionCreate {
  readonly type: 'session.create';
  readonly name: string;
  readonly owner: string;
  readonly cwd: string;
  /** The server it was planned for; null: none was running, and creating the session starts one. */
  readonly incarnation: Incarnation | null;
  /** A holder in a pool session, the operator's own shell in a dedicated one. */
  readonly runs: { readonly type: 'holder'; readonly pool: string } | { readonly type: 'shell' };
}

export interface SessionRecreate {
  readonly type: 'session.recreate';
  readonly session: OwnedPoolSession;
  readonly pool: string;
  readonly cwd: string;
  /** The attempt it carried, which is over: taken off, and the session rests from then on. Null: it carried none. */
  readonly frees: string | null;
  /** Epoch milliseconds of the look. */
  readonly at: number;
}

/** Starts the agent again in its session, with its conversation. */
export interface SessionRelaunch {
  readonly type: 'session.relaunch';
  readonly session: OwnedPoolSession;
  readonly attempt: string;
  readonly launch: LaunchRequest;
  /** As it is to be from now on. */
  readonly record: AttemptRecord;
  readonly recordPath: string;
  /**
   * `ended`: the agent ended in it; `free`: another one, for its own is gone; `reserved`: it has been given it, and
   * nothing was started in it yet.
   */
  readonly from: 'ended' | 'free' | 'reserved';
  /** Whether its pane's process has ended. */
  readonly dead: boolean;
  /** The claim's file, where it names another session. */
  readonly moves: { readonly claimed: string; readonly to: string } | null;
}

/** Ends an agent by a signal to the very process that our launcher started. */
export interface AgentStop {
  readonly type: 'agent.stop';
  readonly attempt: string;
  /** `<runDir>/<launch>` of the agent's last start. */
  readonly launchDir: string;
  readonly pid: number;
  /** Field 22 of /proc/PID/stat. */
  readonly start: string;
  readonly signal: 'SIGTERM' | 'SIGKILL';
}

/** Ends an agent of the operator's, whose conversation then goes on under another account (SPEC §6.10). */
export interface DedicatedStop {
  readonly type: 'dedicated.stop';
  readonly session: ResumableDedicated;
  /** Written before it is told to end; its command line is read where it is used, and never stands in a plan. */
  readonly note: StoppedNote;
  /** Absolute: what is written lies in this folder, under the session's name. */
  readonly folder: string;
}

/** Starts it again, once it has ended. */
export interface DedicatedResume {
  readonly type: 'dedicated.resume';
  readonly session: ResumableDedicated;
  /** As it was read; `resumedAt` is then the look's time. */
  readonly note: StoppedNote;
  readonly at: number;
  readonly folder: string;
  /** Its home there, the real path. */
  readonly home: string;
  readonly account: string;
  /** Typed at this prompt of the operator's shell; null: started in the pane itself, whose process it was. */
  readonly prompt: ShellPrompt | null;
}

/** A file that can be no task leaves the inbox, with the reason beside it. */
export interface TaskReject {
  readonly type: 'task.reject';
  readonly from: string;
  readonly to: string;
  /** Where `to` is taken. */
  readonly otherwise: string;
  readonly identity: string;
  readonly reason: RejectReason;
  readonly detail: string;
}

/** Reserve, claim, start (DESIGN §3), each undone by nobody but a later look. */
export interface TaskStart {
  readonly type: 'task.start';
  readonly session: OwnedPoolSession;
  readonly claim: Claim;
  /** Absolute: the file in the inbox, and where it goes. */
  readonly from: string;
  readonly claimed: string;
  readonly identity: string;
  readonly launch: LaunchRequest;
  readonly record: AttemptRecord;
  readonly recordPath: string;
  /** At most so many bytes are read. */
  readonly maxBytes: number;
}

/** One step of a delivery by paste: the text, or the Enter behind it. */
export interface TaskSubmit {
  readonly type: 'task.submit';
  readonly session: OwnedPoolSession;
  readonly attempt: string;
  readonly runDir: string;
  /** The phase it must be in, and the one it then is in. */
  readonly from: WorkPhase;
  readonly to: WorkPhase;
  /** Epoch milliseconds of the look. */
  readonly at: number;
}

/** A task that is over goes to `done/` or `failed/`. */
export interface TaskFinish {
  readonly type: 'task.finish';
  readonly claimed: string;
  readonly to: string;
  readonly otherwise: string;
  readonly record: AttemptRecord | null;
  readonly recordPath: string;
}

/** An interrupted task goes back to its inbox, for another attempt. */
export interface TaskReturn {
  readonly type: 'task.return';
  readonly claimed: string;
  readonly to: string;
  readonly otherwise: string;
  readonly record: AttemptRecord | null;
  readonly recordPath: string;
}

/** A limit ended its turn: it stays claimed, and its record says from when on it may go on. */
export interface TaskPark {
  readonly type: 'task.park';
  readonly record: AttemptRecord;
  readonly recordPath: string;
}

/** A dispatch that got stuck before its agent was started is taken back, in the reverse order. */
export interface TaskUnclaim {
  readonly type: 'task.unclaim';
  readonly attempt: string;
  /** `<runDir>/<launch>` of the first start, which never was; null: it was a later one. */
  readonly launchDir: string | null;
  /** The session that is reserved for it; null: none is. */
  readonly session: OwnedPoolSession | null;
  /** The claimed file and where it belongs; null: it was never claimed. */
  readonly claimed: string | null;
  readonly to: string | null;
  readonly otherwise: string | null;
  readonly recordPath: string | null;
}

/** What of ours is past its age goes for good; what is not what was looked at stays (SPEC §7). */
export interface JanitorRemove {
  readonly type: 'janitor.remove';
  /** Each whole, its parts in this order. */
  readonly entries: readonly Pick<Leftover, 'attempt' | 'parts'>[];
  /** A journal to be begun anew, while its file is still that one; null: none. */
  readonly rotates: { readonly path: string; readonly identity: string } | null;
}

/** A message goes into the outbox, from which the sender takes it; a second time it is there already. */
export interface NotifySend {
  readonly type: 'notify.send';
  /** Absolute: the outbox. */
  readonly folder: string;
  readonly notice: Notice;
  /** Ids of waiting messages that make room. */
  readonly drops: readonly string[];
}

export interface SessionStop {
  readonly type: 'session.stop';
  readonly session: OwnedPoolSession;
  /** Whether its process had ended when looked at. */
  readonly ended: boolean;
  /** The attempt it still carries, which is over and whose agent has ended; null: none. */
  readonly frees: string | null;
}

declare const owned: unique symbol;

/**
 * A pool session that carried this fleet's own stamp when looked at. Only `ownedPoolSession()` in plan/ mints
 * one, so an action that disrupts cannot be built for any other session.
 */
export interface OwnedPoolSession {
  readonly [owned]: true;
  readonly name: string;
  readonly id: string;
  readonly pane: string;
  readonly panePid: number;
  readonly owner: string;
  readonly incarnation: Incarnation;
}

declare const resumable: unique symbol;

/**
 * A dedicated session whose file says `onSwap: resume`, with the pane in which its agent lives or lived. Only
 * `resumableDedicated()` in plan/ mints one, and only the two actions above take one: no other can name such a session.
 */
export interface ResumableDedicated {
  readonly [resumable]: true;
  readonly name: string;
  readonly id: string;
  readonly pane: string;
  readonly panePid: number;
  /** The owner mark of its own; empty: it has none. */
  readonly owner: string;
  readonly incarnation: Incarnation;
}

export interface Withheld {
  readonly type: ActionType;
  readonly target: string;
  readonly reason: WithheldReason;
  readonly because: string;
  readonly source: Source | null;
  /** Epoch milliseconds from which it may be made; null: not a matter of time. */
  readonly until: number | null;
}
