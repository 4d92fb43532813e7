/**
 * The closed lists that scripts bind to. New words are added, none is renamed (SPEC §8); `rollcall schema Plan`
 * publishes them.
 */

/** The kinds of thing Rollcall keeps; a new kind is a new entry here, and typed tables list who must answer. */
export const KINDS = ['account', 'link', 'session', 'task', 'notice'] as const;
export type Kind = (typeof KINDS)[number];

export const ACTION_TYPES = [
  'link.create',
  'account.activate',
  'session.create',
  'session.recreate',
  'session.stop',
  'session.relaunch',
  'task.start',
  'task.submit',
  'task.finish',
  'task.park',
  'task.reject',
  'task.return', // an interrupted task goes back to its inbox
  'task.unclaim', // a dispatch that got stuck before its agent was started
  'agent.stop', // an agent whose task is over
  'dedicated.stop', // `onSwap: resume`: its agent is to go on under another account
  'dedicated.resume', // it goes on there
  'notify.send',
  'janitor.remove',
] as const;
export type ActionType = (typeof ACTION_TYPES)[number];

/** Why an action is in the plan. */
export const REASONS = [
  'below-min', // fewer pool sessions alive than wanted
  'missing', // a declared dedicated session, link or active link is not there
  'target-missing', // the link is right, the shared directory behind it is gone
  'process-ended', // the session is there, its process is not
  'surplus', // more pool sessions than wanted, free for the pool's cooldown
  'undeclared', // a pool session of ours that the file no longer declares
  'preferred', // `select: preferred`, and an account earlier in the order can take over
  'exhausted', // the active account has no quota left
  'nearly-exhausted', // quota.switchAt: it is used so far
  'by-hand', // an operator asked for it
  'quota', // a limit ended the turn; the task goes on after the swap or the reset
  'goes-on', // a parked task, and an account that has quota
  'tasks-waiting', // more pool sessions, while tasks wait for a free one
  'next-in-line', // the next task, and a free session
  'not-a-task', // the file can be no task, or asks for what its inbox does not allow
  'prompt-ready', // the agent is ready for its text
  'text-in-box', // our text stands in the input box, unsent
  'task-done',
  'task-failed',
  'task-over', // its task has ended
  'interrupted', // session, agent or server died
  'turn-failed', // a turn ended in an error; the conversation goes on
  'never-started', // reserved or claimed, and no agent was ever started
  'told', // a rule of `notify` asks for it
  'past-its-age', // kept for as long as `janitor` says
  'left-behind', // a temporary thing of ours that a crash left
] as const;
export type Reason = (typeof REASONS)[number];

/** Why a change the plan would make may not be made now. */
export const WITHHELD_REASONS = [
  'name-taken', // a foreign session has the name
  'other-fleet', // a session stamped by another fleet has the name
  'tampered', // our stamp is contradicted from inside the session
  'cwd-missing', // tmux would silently start it somewhere else
  'home-missing', // the account's home is not a directory
  'link-diverged', // something else is where the link belongs
  'links-diverged', // not all links of the account are intact
  'link-in-use', // a live agent reaches its home through the active link
  'busy', // not known to be free
  'attached', // somebody is attached and typed within the last minute
  'suspended', // an operator asked for hands off
  'backing-off', // it failed or died a moment ago
  'restart-budget', // it died too often within the hour
  'max-actions', // reconcile.maxActions: the next cycle does it
  'max-disruptions', // reconcile.maxDisruptions: the next cycle does it
  'mass-removal', // too many sessions would go by one edit; `rollcall apply` confirms
  'unreadable', // what it rests on could not be read
  'account-not-active', // the active link does not point at the account yet
  'no-account', // no account is left to work under
  'already-running', // a task of that id is claimed
  'agent-unknown', // the profile does not say how to start it
  'swap-cooldown', // quota.cooldown: the last swap was a moment ago
  'swap-budget', // quota.maxSwaps
  'mid-turn', // an agent is at work under the account
  'parked', // until an account has quota
  'first-one-watched', // the first session that goes on under the new account is watched before the rest
  'spread-out', // so that not all go on at once
  'not-shared', // its conversation cannot be reached from another account
  'no-conversation', // the conversation is not known, or its id is no UUID
  'not-idle', // a dedicated agent that is not stopped by the limit or idle
  'told-before', // it was told to end, and was started again under the same account, or has not ended
  'in-use', // copy mode, a draft in the input box: somebody is at it
] as const;
export type WithheldReason = (typeof WITHHELD_REASONS)[number];

export const DIAGNOSTIC_CODES = [
  'config-invalid', // the file is bad; the last good one is in force
  'tmux-unreadable', // the server did not answer in a way we understand
  'tmux-unreachable', // the server we last saw lives, but not at its socket
  'tmux-in-own-cgroup', // the server ends with the loop's own systemd unit
  'stamp-inherited', // a global tmux option makes every session look owned
  'name-taken',
  'other-fleet',
  'session-tampered', // narrower options than the session's own contradict our stamp
  'session-interfered', // something runs in it, or beside it, that we did not start
  'session-unstamped-dead', // a dedicated session whose process has ended; left to its owner
  'session-crash-loop',
  'cwd-missing',
  'link-diverged', // a link that points elsewhere
  'link-blocked', // a file or directory where a link belongs
  'link-target-blocked', // the link is right, what it leads to is no directory
  'link-unreadable',
  'link-in-use',
  'home-missing',
  'home-not-a-directory',
  'path-unreadable',
  'account-none-usable',
  'mass-removal',
  'suspended',
  'not-acted-on', // declared and checked, not implemented in this version
  'inbox-missing', // the folder of an inbox is not there
  'inbox-unreadable',
  'inbox-strays', // files that are neither tasks nor ours
  'janitor-left', // a place the janitor does not look into, or could not
  'swap-left', // a dedicated session stays under an account that is exhausted
  'task-waiting', // an agent waits for an answer
  'task-stuck', // its delivery or its end cannot be known; a person has to look
  'channel-failing', // it does not take messages; they wait and are tried again
  'channel-parked', // it refuses them until somebody mends it
  'channel-off', // a secret of it is absent
  'state-unreadable', // Rollcall's own memory; kept aside, started anew
  'guard', // the second opinion refused the plan: a bug in Rollcall
] as const;
export type DiagnosticCode = (typeof DIAGNOSTIC_CODES)[number];

export const PHASES = ['Converged', 'Converging', 'Degraded', 'Blocked', 'Suspended'] as const;
export type Phase = (typeof PHASES)[number];

/** What a session is doing, as `status` says it (SPEC §8). */
export const SESSION_STATES = [
  'free',
  'starting',
  'working',
  'waiting',
  'idle',
  'limited',
  'error',
  'exited',
  'absent',
  'unknown',
] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/** Process exit codes, one table for every verb (SPEC §8). */
export const EXIT = {
  done: 0,
  failed: 1,
  changes: 2,
  notConverged: 3,
  noSuchThing: 4,
  refused: 5,
  held: 6,
  stalePlan: 7,
  usage: 64,
  badFile: 78,
  timedOut: 124,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
