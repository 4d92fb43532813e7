import type { OptionEntry, VerbEntry } from '../commands/verb.ts';
import { type Completes, type NameKind, SHELLS } from '../report/completion/command-line.ts';
import { PRIORITIES } from '../model/task.ts';
import { TASK_STATES } from '../model/task-view.ts';
import { OUTPUT_NAMES } from '../report/schemas.ts';
import { commandLine } from './command-line.ts';

const FILE: Completes = { type: 'file' };
const names = (kind: NameKind): Completes => ({ type: 'names', kind });

const SUSPEND_ARG = {
  syntax: '[name...]',
  text: 'session/NAME, pool/NAME, account/NAME, inbox/NAME, task/INBOX/ID, or the bare name of a session',
};
const TASK_ARG = { syntax: '<id>', text: 'ID, INBOX/ID or task/INBOX/ID; the name of its file does, too' };
const OWN_TASK_ARG = {
  syntax: '[id]',
  text: 'ID, INBOX/ID or task/INBOX/ID; an agent may leave it out',
};
const REASON: OptionEntry = { flags: '--reason <text>', text: 'why, for people' };
/** Both, for both: an agent that takes one word for the other is still understood. */
const SAYING: readonly OptionEntry[] = [
  { flags: '--message <text>', text: 'what came of it, for people' },
  REASON,
];
const ALL: OptionEntry = { flags: '--all', text: 'the whole fleet' };

/** What stands for several verbs, by its word. */
export const GROUPS: Readonly<Record<string, string>> = {
  task: 'the tasks of the inboxes: add, list, show, done, fail, retry, cancel',
};

/** Every verb there is, in the order of help. Help, completion and the man page are made from it, and nothing else lists verbs. */
export const VERBS: readonly VerbEntry[] = [
  {
    name: 'init',
    summary: 'write a commented desired-state.yaml',
    args: [],
    options: [
      { flags: '--from-tmux', text: 'from what runs now: its plan is empty' },
      { flags: '--socket <name>', text: 'of this tmux server: as tmux -L, or an absolute path as tmux -S' },
    ],
    load: () => import('../commands/init.ts'),
  },
  {
    name: 'validate',
    summary: 'check the file',
    args: [],
    options: [],
    load: () => import('../commands/validate.ts'),
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of the file, or of a document that -o json prints',
    args: [
      {
        syntax: '[name]',
        text: `Fleet (as if left out), ${OUTPUT_NAMES.join(', ')}`,
        completes: { type: 'choice', words: ['Fleet', ...OUTPUT_NAMES] },
      },
    ],
    options: [],
    load: () => import('../commands/schema.ts'),
  },
  {
    name: 'plan',
    summary: 'show what would change, and why; changes nothing',
    args: [],
    options: [
      { flags: '--detailed-exitcode', text: 'end with 2 where there are changes' },
      { flags: '--out <file>', text: 'save the plan, for `apply FILE` to do exactly that', completes: FILE },
    ],
    load: () => import('../commands/plan.ts'),
  },
  {
    name: 'apply',
    summary: 'make it so: one converge, after showing the plan',
    args: [
      {
        syntax: '[plan]',
        text: 'a saved plan: do exactly that, or stop (7) where the world has moved',
        completes: FILE,
      },
    ],
    options: [
      { flags: '--yes', text: 'do not ask' },
      { flags: '--once', text: 'one cycle only' },
      {
        flags: '--target <kind/name>',
        text: 'only this; may be repeated',
        repeatable: true,
        completes: names('targets'),
      },
      { flags: '--timeout <duration>', text: 'give up after so long (5m)' },
    ],
    load: () => import('../commands/apply.ts'),
  },
  {
    name: 'run',
    summary: 'the loop: keep it so',
    args: [],
    options: [
      { flags: '--strict', text: 'refuse to start (78) on any problem with links or homes' },
      { flags: '--metrics <address>', text: 'serve Prometheus metrics there, as 127.0.0.1:9464 or a port' },
    ],
    load: () => import('../commands/run.ts'),
  },
  {
    name: 'status',
    summary: 'the fleet now',
    args: [],
    options: [
      { flags: '--exit-code', text: 'end with 3 where it is not converged' },
      { flags: '-w, --watch', text: 'again every 2 seconds' },
    ],
    load: () => import('../commands/status.ts'),
  },
  {
    name: 'why',
    summary: 'why something is, or is not, as it is',
    args: [
      {
        syntax: '<name...>',
        text: '`why session/NAME`, `why not account/NAME`, `why NAME`',
        completes: names('subjects'),
      },
    ],
    options: [],
    load: () => import('../commands/why.ts'),
  },
  {
    name: 'events',
    summary: 'what happened',
    args: [],
    options: [
      { flags: '--since <duration>', text: 'only what is younger (1h)' },
      {
        flags: '--target <kind/name>',
        text: 'only what is about it, or in it: session/NAME, task/INBOX, task/INBOX/ID',
        completes: names('subjects'),
      },
      { flags: '--follow', text: 'and what happens from now on' },
    ],
    load: () => import('../commands/events.ts'),
  },
  {
    name: 'task add',
    summary: 'put a task into an inbox',
    args: [{ syntax: '[file]', text: 'its text; - is standard input', completes: FILE }],
    options: [
      { flags: '--text <text>', text: 'its text, in place of a file' },
      {
        flags: '--inbox <name>',
        text: 'which inbox; left out where there is one',
        completes: names('inboxes'),
      },
      { flags: '--id <id>', text: "its name; left out: made from the file's, the title or the text" },
      { flags: '--title <text>', text: 'one line for people' },
      {
        flags: '--priority <priority>',
        text: 'the more urgent goes first',
        completes: { type: 'choice', words: PRIORITIES },
      },
      { flags: '--model <name>', text: "the agent's model" },
      { flags: '--cwd <folder>', text: 'where it is worked on', completes: FILE },
      { flags: '--agent <name>', text: 'who works on it', completes: names('agents') },
      { flags: '--timeout <duration>', text: 'fail it after so long' },
      { flags: '--retries <number>', text: 'try again so often when it is interrupted' },
      { flags: '--not-before <time>', text: 'not before: ISO 8601, or so long from now (2h)' },
    ],
    load: () => import('../commands/task-add.ts'),
  },
  {
    name: 'task list',
    summary: 'the tasks of every inbox, and where each is',
    args: [],
    options: [
      { flags: '--inbox <name>', text: 'of this inbox only', completes: names('inboxes') },
      {
        flags: '--state <state>',
        text: 'only those; may be repeated',
        repeatable: true,
        completes: { type: 'choice', words: TASK_STATES },
      },
    ],
    load: () => import('../commands/task-list.ts'),
  },
  {
    name: 'task show',
    summary: 'one task: what it asks for, where it is, and every attempt at it',
    args: [{ ...TASK_ARG, completes: names('tasks') }],
    options: [],
    load: () => import('../commands/task-show.ts'),
  },
  {
    name: 'task done',
    summary: 'say that a running task is done; an agent says so of its own',
    args: [{ ...OWN_TASK_ARG, completes: names('tasks-running') }],
    options: SAYING,
    load: () => import('../commands/task-done.ts'),
  },
  {
    name: 'task fail',
    summary: 'say that a running task has failed; an agent says so of its own',
    args: [{ ...OWN_TASK_ARG, completes: names('tasks-running') }],
    options: SAYING,
    load: () => import('../commands/task-fail.ts'),
  },
  {
    name: 'task retry',
    summary: 'put a failed or rejected task back into its inbox',
    args: [{ ...TASK_ARG, completes: names('tasks-ended') }],
    options: [],
    load: () => import('../commands/task-retry.ts'),
  },
  {
    name: 'task cancel',
    summary: 'let a task not be worked on, or no longer',
    args: [{ ...TASK_ARG, completes: names('tasks-open') }],
    options: [REASON],
    load: () => import('../commands/task-cancel.ts'),
  },
  {
    name: 'swap',
    summary: 'make another account the active one by hand, through the same plan',
    args: [],
    options: [
      {
        flags: '--to <account>',
        text: 'which; left out: the next one that can take over',
        completes: names('accounts'),
      },
      { flags: '--dry-run', text: 'show what it would do, and change nothing' },
      { flags: '--yes', text: 'do not ask' },
    ],
    load: () => import('../commands/swap.ts'),
  },
  {
    name: 'env',
    summary: 'shell lines for a session of your own: eval "$(rollcall env)"',
    args: [],
    options: [
      {
        flags: '--account <name>',
        text: 'under this account, not the active one',
        completes: names('accounts'),
      },
      { flags: '--agent <name>', text: 'of this agent (claude)', completes: names('agents') },
    ],
    load: () => import('../commands/env.ts'),
  },
  {
    name: 'adopt',
    summary: 'make a session that has a declared name ours',
    args: [{ syntax: '<session>', text: 'its exact name', completes: names('adoptable') }],
    options: [],
    load: () => import('../commands/adopt.ts'),
  },
  {
    name: 'release',
    summary: 'take our stamp off a session; it runs on as a foreign one',
    args: [{ syntax: '<session>', text: 'its exact name', completes: names('owned') }],
    options: [],
    load: () => import('../commands/release.ts'),
  },
  {
    name: 'attach',
    summary: "attach to a session of the fleet's tmux server",
    args: [{ syntax: '<session>', text: 'its exact name', completes: names('sessions') }],
    options: [],
    load: () => import('../commands/attach.ts'),
  },
  {
    name: 'suspend',
    summary: 'hands off: make no change to it until resumed',
    args: [{ ...SUSPEND_ARG, completes: names('targets') }],
    options: [
      ALL,
      { flags: '--for <duration>', text: 'end by itself after so long' },
      { flags: '--reason <text>', text: 'why, for whoever reads the status' },
    ],
    load: () => import('../commands/suspend.ts'),
  },
  {
    name: 'resume',
    summary: 'end a suspension',
    args: [{ ...SUSPEND_ARG, completes: names('suspended') }],
    options: [ALL],
    load: () => import('../commands/resume.ts'),
  },
  {
    name: 'capture',
    summary: 'a scrubbed screen of a session: without what says who and where',
    args: [{ syntax: '<session>', text: 'its exact name', completes: names('sessions') }],
    options: [
      {
        flags: '--corpus',
        text: 'as files for the corpus, plain and with colours, and their line of its manifest',
      },
      { flags: '--out <folder>', text: 'where to write them (a new folder here)', completes: FILE },
      { flags: '--ansi', text: 'print it with its colours' },
      { flags: '--pane <id>', text: 'which pane, where it has several' },
      {
        flags: '--agent <name>',
        text: 'whose screen it is; left out: whoever runs there',
        completes: names('agents'),
      },
      { flags: '--hide <text>', text: 'hide this, too; may be repeated', repeatable: true },
      { flags: '--keep <word>', text: 'leave this word as it is; may be repeated', repeatable: true },
    ],
    load: () => import('../commands/capture.ts'),
  },
  {
    name: 'screen',
    summary: "what an agent profile's rules read in a captured screen",
    args: [
      {
        syntax: '<file>',
        text: 'as from `tmux capture-pane -p -e`, or plain; - is standard input',
        completes: FILE,
      },
    ],
    options: [
      { flags: '--agent <name>', text: 'whose screen it is (claude)', completes: names('agents') },
      { flags: '--seen-at <time>', text: 'when it was seen, ISO 8601 (now); clock times are relative to it' },
      { flags: '--title <text>', text: "the pane's title then" },
    ],
    load: () => import('../commands/screen.ts'),
  },
  {
    name: 'doctor',
    summary: 'what of this machine and this fleet is known to hurt, and what mends it',
    args: [],
    options: [
      {
        flags: '--send-test <channel>',
        text: 'send a message to a channel of `notify`, and say what came back',
      },
    ],
    load: () => import('../commands/doctor.ts'),
  },
  {
    name: 'unit',
    summary: 'systemd units for the loop and its tmux server',
    args: [],
    options: [
      { flags: '--install', text: 'write them, and not over an edit; run nothing' },
      { flags: '--user', text: 'for your own service manager (as if left out)' },
      { flags: '--system', text: "for the machine's, run as you" },
    ],
    load: () => import('../commands/unit.ts'),
  },
  {
    name: 'completion',
    summary: 'a script by which your shell completes verbs, flags and names',
    args: [{ syntax: '<shell>', text: SHELLS.join(', '), completes: { type: 'choice', words: SHELLS } }],
    options: [],
    load: async () => {
      const { completion } = await import('../commands/completion.ts');
      return { run: completion(commandLine(VERBS, GROUPS)) };
    },
  },
  {
    name: 'complete-names',
    summary: 'names for the completion scripts, one a line',
    hidden: true,
    args: [{ syntax: '[kind...]', text: 'what to name' }],
    options: [],
    load: () => import('../commands/complete-names.ts'),
  },
  {
    name: 'version',
    summary: 'print the version',
    args: [],
    options: [],
    load: () => import('../commands/version.ts'),
  },
];
