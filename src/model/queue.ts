import type { Claim } from './task.ts';

/** The folders of an inbox: the declared one and its neighbours (SPEC §5.1). A task is in exactly one of the first five. */
export interface QueueFolders {
  readonly inbox: string;
  readonly claimed: string;
  readonly done: string;
  readonly failed: string;
  readonly rejected: string;
  /** Records of attempts, by name `<id>@<attempt>.json`. */
  readonly attempts: string;
}

/** The folders of the inbox whose declared `dir` this is. */
export function queueFolders(dir: string): QueueFolders {
  const base = dir.slice(0, dir.lastIndexOf('/'));
  return {
    inbox: dir,
    claimed: `${base}/claimed`,
    done: `${base}/done`,
    failed: `${base}/failed`,
    rejected: `${base}/rejected`,
    attempts: `${base}/attempts`,
  };
}

/** The name of a claimed task: who has it, and under which attempt. None of the parts can hold an `@`. */
export function claimFile({ id, session, attempt }: Pick<Claim, 'id' | 'session' | 'attempt'>): string {
  return `${id}@${session}@${attempt}.md`;
}

/** The claim behind a name in `claimed/`; null: not one of ours. */
export function claimOf(inbox: string, file: string): Claim | null {
  const found =
    /^(?<id>[A-Za-z0-9][A-Za-z0-9._-]{0,99})@(?<session>[A-Za-z0-9_-]+)@(?<attempt>[a-z0-9]{4,32})\.md$/.exec(
      file,
    )?.groups;
  if (found === undefined) return null;
  const { id = '', session = '', attempt = '' } = found;
  return { inbox, id, session, attempt, file };
}

/** The name of an attempt's record in `attempts/`. */
export function recordFile(id: string, attempt: string): string {
  return `${id}@${attempt}.json`;
}

/** Which attempt of which task a name in `attempts/` is about; null: not one of ours. */
export function recordOf(file: string): { readonly id: string; readonly attempt: string } | null {
  const found = /^(?<id>[A-Za-z0-9][A-Za-z0-9._-]{0,99})@(?<attempt>[a-z0-9]{4,32})\.json$/.exec(
    file,
  )?.groups;
  return found === undefined ? null : { id: found['id'] ?? '', attempt: found['attempt'] ?? '' };
}

/** So long a name may be, in bytes, that `<stem>@<attempt>.md` and `<name>.reason` are names a file system takes. */
const LONGEST_NAME = 200;

/** The name in `rejected/` of a file that is put aside: its own, cut where that is too long to have a reason beside it. */
export function rejectedFile(file: string): string {
  if (bytesOf(file) <= LONGEST_NAME) return file;
  const stem = Array.from(file.endsWith('.md') ? file.slice(0, -'.md'.length) : file);
  while (bytesOf(stem.join('')) > LONGEST_NAME - '.md'.length) stem.pop();
  return `${stem.join('')}.md`;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Files in the folder of an attempt (`<runsDir>/<attempt>`). */
export const RUN_FILES = {
  /** A word about the task: each of these, once it is there; its text is a message. */
  words: { done: 'done', failed: 'failed', cancelled: 'cancelled' },
  /** One file per event, `<anything>.json`. */
  hooks: 'hooks',
  /** The task's text where the agent is pointed at it. */
  task: 'task.md',
  /** For a delivery by paste. */
  sentence: 'sentence.txt',
  paste: 'paste.txt',
} as const;

/** Files in the folder of one launch (`<runsDir>/<attempt>/<launch>`). */
export const LAUNCH_FILES = {
  /** What is to be started. Whoever renames it first decides: the launcher to `taken`, a taking back to `void`. */
  spec: 'spec.json',
  taken: 'spec.taken',
  void: 'spec.void',
  /** `{ pid, start, at }`, by the launcher, right after the start. */
  agent: 'agent.json',
  /** `{ code, signal, at }`, by the launcher. */
  exit: 'exit.json',
  /** When the agent was first told to end by us: its modification time. */
  ending: 'ending',
  /** The last document that the agent told its status line. */
  status: 'status.json',
} as const;
