/** What may be asked for a task in its frontmatter, most urgent first. */
export const PRIORITIES = ['critical', 'high', 'normal', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** Why a file can be no task; closed, for scripts and tests. */
export const REJECT_REASONS = [
  'not-a-file', // a FIFO, a device, a symlink, a folder
  'hard-link', // it has another name somewhere: its bytes could change under us
  'unreadable',
  'bad-name', // control characters, not UTF-8, too long
  'empty',
  'too-large', // more than tasks.maxBytes
  'not-utf8',
  'control-characters', // other than newline and tab
  'malformed', // frontmatter that is no YAML map, has an unknown key or a bad value
  'not-allowed', // asks for a folder, model or agent that the inbox does not allow
] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];

/** A task as its file says it; what was left out is null. */
export interface Task {
  /** `[A-Za-z0-9][A-Za-z0-9._-]{0,99}`: from the frontmatter, or made from the file's name. */
  readonly id: string;
  readonly title: string | null;
  readonly priority: Priority;
  readonly model: string | null;
  /** Absolute; `~` expanded, a relative one taken from the inbox's `cwd`. Not yet checked against `allow`. */
  readonly cwd: string | null;
  readonly agent: string | null;
  readonly timeoutMs: number | null;
  readonly retries: number | null;
  /** Epoch milliseconds. */
  readonly notBefore: number | null;
  /** `file`: the agent is pointed at the text instead of being given it. */
  readonly deliver: 'inline' | 'file';
}

/** What stands in an inbox under one name. */
export type InboxEntry =
  | {
      readonly type: 'task';
      readonly task: Task;
      readonly identity: string;
      /** Epoch milliseconds of its last change: the older goes first. */
      readonly since: number;
      readonly bytes: number;
      /** sha256 of the whole file, hex. */
      readonly sha256: string;
    }
  /** It may still be being written. */
  | { readonly type: 'unsettled'; readonly until: number; readonly why: string }
  /** It can be no task. */
  | {
      readonly type: 'bad';
      readonly identity: string;
      readonly reason: RejectReason;
      readonly detail: string;
    };

/** One inbox as one look found it. */
export interface ObservedInbox {
  /** Keyed by file name; only `*.md` without a leading dot. */
  readonly entries: Readonly<Record<string, InboxEntry>>;
  /** Keyed by attempt: what lies in `claimed/` under a name of ours. */
  readonly claims: Readonly<Record<string, Claim>>;
  /** Attempts of the ids that wait or are claimed, oldest first, keyed by id. */
  readonly history: Readonly<Record<string, readonly PastAttempt[]>>;
  readonly counts: { readonly done: number; readonly failed: number; readonly rejected: number };
  /** Names in `claimed/` that are not ours, and files in the inbox that are no `.md`. */
  readonly strays: readonly string[];
}

/** A claimed task: `claimed/<id>@<session>@<attempt>.md`. */
export interface Claim {
  readonly inbox: string;
  readonly id: string;
  readonly session: string;
  readonly attempt: string;
  /** Its name in `claimed/`. */
  readonly file: string;
}

/** What is left to know of an attempt that is over. */
export interface PastAttempt {
  readonly attempt: string;
  readonly result: AttemptEnd['result'];
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Why a task ended as it did. */
export const TASK_REASONS = [
  'agent-said-so', // `rollcall task done|fail`, or the signal file
  'turn-ended', // its end-of-turn hook or transcript, with nothing left in the background
  'at-rest', // it rests at its prompt with the turn ended
  'agent-exited', // it ended by itself in good order
  'agent-error', // turns ended in errors more often than `retries` allows
  'interrupted', // session, agent or server died
  'stalled', // nothing moved for tasks.idleTimeout
  'timeout', // the task's own timeout
  'cancelled',
] as const;
export type TaskReason = (typeof TASK_REASONS)[number];

export interface AttemptEnd {
  /** `returned`: back in its inbox, for another attempt. */
  readonly result: 'done' | 'failed' | 'returned';
  readonly reason: TaskReason;
  /** For a person. */
  readonly detail: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The agent's last words or the screen's last rows, at most 20 of 200 characters. */
  readonly lastLines: readonly string[];
}

/** `attempts/<id>@<attempt>.json` beside the inbox: one run of one task in one session. */
export interface AttemptRecord {
  readonly version: 1;
  readonly attempt: string;
  /** The fleet that runs it: another one with the same inbox leaves it alone. */
  readonly fleet: string;
  readonly inbox: string;
  readonly id: string;
  readonly title: string | null;
  /** The file's name in the inbox, where it goes back to. */
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  /** From 1: which attempt of this task it is. */
  readonly number: number;
  readonly session: string;
  readonly pool: string;
  readonly agent: string;
  readonly model: string | null;
  readonly account: string | null;
  readonly cwd: string;
  /**
   * UUID: chosen by us, or found in the records of an agent that chooses it itself. Null: not known (yet), so nothing
   * can go on with it.
   */
  readonly conversation: string | null;
  readonly priority: Priority;
  readonly delivery: Delivery;
  readonly timeoutMs: number | null;
  readonly retries: number | null;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** How often its agent was started, the first time included; more than one: its conversation went on. */
  readonly launches: number;
  /** Epoch milliseconds of the last launch. */
  readonly launchedAt: number;
  /** How many of its turns ended in an error, after which its conversation went on. */
  readonly errors: number;
  /** Parked until then, epoch milliseconds; null: not parked. */
  readonly parkedUntil: number | null;
  readonly end: AttemptEnd | null;
}

/** How the prompt reaches the agent. */
export type Delivery = 'argv' | 'file' | 'paste';

/** What an agent is to be started with; `agents/` makes a command line, an environment and files of it. */
export interface LaunchRequest {
  readonly agent: string;
  /** `resume`: the same conversation goes on. */
  readonly mode: 'start' | 'resume';
  /** UUID; null: the agent chooses it at a `start`. */
  readonly conversation: string | null;
  readonly model: string | null;
  /** Absolute; real path. */
  readonly cwd: string;
  /** The account's home, its real path; null: the agent's own default. */
  readonly home: string | null;
  /** Whether its first-start dialogs are answered beforehand: the file says so for this folder. */
  readonly trusted: boolean;
  readonly delivery: Delivery;
  readonly inbox: string;
  readonly id: string;
  readonly attempt: string;
  /** From 1: how often its agent is started with this start. */
  readonly launch: number;
  /** Absolute; the folder of this attempt, mode 0700; what belongs to this start is in `<runDir>/<launch>`. */
  readonly runDir: string;
}

/** The words an agent is started with, in each way they can reach it; made by queue/. */
export interface PromptText {
  /** For its command line: the whole prompt, or one that points at the file. */
  readonly argv: string;
  /** For a paste: what is typed first, one row. */
  readonly sentence: string;
  /** For a paste: what is pasted behind it. */
  readonly pasted: string;
  /** The prompt points at `taskFile`, in `<runDir>` under `RUN_FILES.task`. */
  readonly pointer: boolean;
  /** The text of that file, byte for byte the task's body; null: none is needed. */
  readonly taskFile: string | null;
}

/** A command line, an environment and files, ready to be carried out by the launcher; written as `spec.json`, mode 0600. */
export interface LaunchSpec {
  readonly attempt: string;
  /** Program and arguments; no shell reads them. */
  readonly argv: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Files to be written into `<runDir>/<launch>` first, mode 0600, keyed by name; they may hold secrets. */
  readonly files: Readonly<Record<string, string>>;
  /** Settings of the agent's own to be changed first, under its lock. */
  readonly preAnswers: readonly PreAnswer[];
  /** For `paste`: the sentence to be typed and the text to be pasted behind it. */
  readonly paste: { readonly sentence: string; readonly text: string } | null;
}

/** One value in a JSON file of the agent's, set where it is not so already. */
export interface PreAnswer {
  /** Absolute. */
  readonly file: string;
  /** Folder made (mkdir) for as long as the file is changed. */
  readonly lock: string;
  /** Keys from the top. */
  readonly at: readonly string[];
  readonly value: string | number | boolean;
}
