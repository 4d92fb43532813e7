import type { OptionEntry, VerbEntry } from '../commands/verb.ts';
import { type Completes, type NameKind, SHELLS } from '../report/completion/command-line.ts';
import { OUTPUT_NAMES } from '../report/schemas.ts';
import { commandLine } from './command-line.ts';

const FILE: Completes = { type: 'file' };
const names = (kind: NameKind): Completes => ({ type: 'names', kind });

const SUSPEND_ARG = {
  syntax: '[name...]',
  text: 'session/NAME, pool/NAME, account/NAME, or the bare name of a session',
};
const ALL: OptionEntry = { flags: '--all', text: 'the whole fleet' };

/** Every verb there is, in the order of help. Help, completion and the man page are made from it, and nothing else lists verbs. */
export const VERBS: readonly VerbEntry[] = [
  {
    name: 'init',
    summary: 'write a commented desired-state.yaml',
    args: [],
    options: [],
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
        text: 'Fleet (as if left out), Plan, Status, Event, Explanation, Problems, ApplyReport, Screen, Doctor',
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
    options: [{ flags: '--strict', text: 'refuse to start (78) on any problem with links or homes' }],
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
      { flags: '--follow', text: 'and what happens from now on' },
    ],
    load: () => import('../commands/events.ts'),
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
    options: [],
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
      return { run: completion(commandLine(VERBS)) };
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
