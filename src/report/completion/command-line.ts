/** The command line as data: what the completion scripts and the man page are made from. */
export interface CommandLine {
  readonly summary: string;
  /** What every verb takes. */
  readonly flags: readonly Flag[];
  /** What a word says that begins several verbs: `task add`, `task list`. */
  readonly groups: Readonly<Record<string, string>>;
  /** In the order of help; none that is hidden. */
  readonly verbs: readonly VerbLine[];
}

export interface VerbLine {
  /** One word, or two where the first is that of a group. */
  readonly name: string;
  readonly summary: string;
  readonly args: readonly Argument[];
  readonly flags: readonly Flag[];
}

export interface Argument {
  /** In help's words: `[name...]`. */
  readonly syntax: string;
  readonly text: string;
  readonly completes: Completes;
  /** It takes all words that are left. */
  readonly repeats: boolean;
}

export interface Flag {
  /** Short before long: `-f`, `--file`. */
  readonly names: readonly string[];
  readonly text: string;
  /** What its value is called in help (`<file>`), and what completes it; null: it takes none. */
  readonly value: { readonly syntax: string; readonly completes: Completes } | null;
}

/** What can be offered where a word is meant. */
export type Completes =
  | { readonly type: 'nothing' }
  | { readonly type: 'file' }
  | { readonly type: 'choice'; readonly words: readonly string[] }
  /** Asked of the fleet when the key is pressed. */
  | { readonly type: 'names'; readonly kind: NameKind };

/** What `complete-names` can be asked for. */
export const NAME_KINDS = [
  'sessions', // on the fleet's tmux server
  'adoptable', // on it under a declared name, without our stamp
  'owned', // on it with our stamp
  'accounts',
  'agents',
  'targets', // KIND/NAME, as `apply --target` and `suspend` take it
  'suspended', // what a suspension is in force for
  'subjects', // whatever `why` answers for
  'inboxes',
  'tasks', // wherever they are
  'tasks-running',
  'tasks-open', // waiting or running
  'tasks-ended', // failed or rejected
] as const;
export type NameKind = (typeof NAME_KINDS)[number];

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];
