/** What `rollcall doctor` looks at, in the order it says it. New ids are added, none is renamed. */
export const CHECK_IDS = [
  'node-version', // the program's own Node
  'proc-readable', // processes are read from /proc
  'locale', // UTF-8, or names are shown as `_`
  'clock', // no file of ours is from the future
  'linger', // a user manager that goes on after the last log-out
  'tmux-program', // on the PATH, and of a version it was tested with
  'file', // the desired-state file is good
  'file-mode', // nobody else can rewrite it
  'last-good', // the file is the one the loop goes by
  'state-folder', // ours alone
  'state-files', // what is remembered can be read
  'disk-space', // room for state and journal
  'lock', // who may change the fleet now
  'loop', // it runs, and has finished a cycle lately
  'loop-view', // it sees the same /tmp as you
  'suspensions', // none that nobody ends
  'tmux-server', // it answers at its socket
  'tmux-socket-mode', // nobody else can take the socket's place
  'tmux-unreachable', // the server last seen is the one at the socket
  'tmux-second-server', // one server for the socket, not two
  'tmux-cgroup', // it does not end with the loop's unit
  'tmux-access', // nobody else was let in
  'tmux-environment', // no secret that every session inherits
  'tmux-confined', // its agents may do what you may
  'tmux-oom', // one process too large does not end them all
  'stamp-inherited', // no global option makes every session look owned
  'tmux-options', // none that ends sessions, runs what programs write, or changes what is typed
  'session-prefixes', // no name that tmux -t takes for one of a pool's
  'folder', // where sessions and tasks are to start is there
  'inbox-folder', // nobody else drops tasks, and a task can be moved in one step
  'agent-program', // found on the PATH of the loop
  'agent-version', // one its profile was tested with
  'agent-root', // it starts at all where you are root
  'account-home', // there, and a folder
  'account-mode', // closed to others: logins are in it
  'account-twin', // no two accounts with one real home
  'account-links', // shared entries lead to the shared root
  'account-login', // a login is there, as far as a file's name tells, and shared with no other account
  'account-dialogs', // first-start questions are answered
  'account-settings', // hooks and settings can be written
  'account-hooks', // and are read and run
  'secret', // the variable or the file is there, and closed
  'channel', // it takes its messages, and none wait for long
  'channel-test', // --send-test: what came of it
] as const;
export type CheckId = (typeof CHECK_IDS)[number];

export const CHECK_STATUSES = ['ok', 'warn', 'fail'] as const;
export type CheckStatus = (typeof CHECK_STATUSES)[number];

/** One thing looked at. */
export interface Check {
  readonly id: CheckId;
  /** What it is about, as a diagnostic says it: `account/main`, `tmux`, `machine`. */
  readonly target: string;
  readonly status: CheckStatus;
  /** What was found, one line. */
  readonly summary: string;
  /** Why it matters; empty where the summary says it all. */
  readonly detail: string;
  /** The command or the edit that mends it; null where it is ok. */
  readonly help: string | null;
}

/** What `doctor` says; `fleet` is null where there is no desired-state file to name one. */
export interface Doctor {
  readonly fleet: string | null;
  readonly checks: readonly Check[];
}

export function ok(id: CheckId, target: string, summary: string): Check {
  return { id, target, status: 'ok', summary, detail: '', help: null };
}

/** What is wrong: `found`, why it matters, and what to do. */
export interface Wrong {
  readonly found: string;
  readonly detail: string;
  readonly help: string;
}

export function warn(id: CheckId, target: string, { found, detail, help }: Wrong): Check {
  return { id, target, status: 'warn', summary: found, detail, help };
}

export function fail(id: CheckId, target: string, wrong: Wrong): Check {
  return { ...warn(id, target, wrong), status: 'fail' };
}
