import { EXIT } from '../model/words.ts';
import type { Argument, CommandLine, Flag, VerbLine } from './completion/command-line.ts';

/** The manual page rollcall(1) in roff's man macros, ASCII only; the same for the same table and version. */
export function manPage(line: CommandLine, version: string): string {
  const sections: Readonly<Record<string, readonly string[]>> = {
    NAME: ['rollcall \\- keep a fleet of coding\\-agent tmux sessions as a file says it should be'],
    SYNOPSIS: ['.B rollcall', `${line.flags.map((flag) => `[${flagWords(flag)}]`).join(' ')} \\fIverb\\fR`],
    DESCRIPTION: DESCRIPTION.map(escaped),
    OPTIONS: ['Every verb takes these, before or after its name.', ...line.flags.flatMap(flagEntry)],
    VERBS: line.verbs.flatMap(verbEntry),
    'EXIT STATUS': Object.values(EXIT_WORDS).flatMap(([code, text]) => entry(String(code), text)),
    FILES: FILES.flatMap(([path, text]) => entry(path, text)),
    ENVIRONMENT: ENVIRONMENT.flatMap(([name, text]) => entry(name, text)),
    EXAMPLES: EXAMPLES.flatMap(([command, text]) => entry(command, text)),
    'SEE ALSO': ['.BR tmux (1),', '.BR systemctl (1),', '.BR journalctl (1)'],
  };
  const body = Object.entries(sections).flatMap(([name, lines]) => [`.SH "${name}"`, ...lines]);
  return [
    '.\\" Made from src/cli/verbs.ts by `npm run man`; do not edit.',
    `.TH ROLLCALL 1 "" "rollcall ${escaped(version)}" "User Commands"`,
    // A name or a path that is cut in two cannot be copied.
    '.nh',
    '.ad l',
    ...body,
    '',
  ].join('\n');
}

function verbEntry({ name, summary, args, flags }: VerbLine): readonly string[] {
  const usage = [
    `\\fB${escaped(name)}\\fR`,
    ...args.map(argumentWord),
    ...flags.map((each) => `[${flagWords(each)}]`),
  ];
  const noted = args.filter(({ text }) => text !== '');
  return [
    `.SS "rollcall ${usage.join(' ').replaceAll('"', '\\(dq')}"`,
    sentence(summary),
    ...noted.flatMap((each) => ['.TP', argumentWord(each), escaped(each.text)]),
    ...flags.flatMap(flagEntry),
  ];
}

function flagEntry(flag: Flag): readonly string[] {
  const names = flag.names.map((name) => `\\fB${escaped(name)}\\fR`).join(', ');
  const choices = flag.value?.completes.type === 'choice' ? `: ${flag.value.completes.words.join(', ')}` : '';
  return ['.TP', `${names}${valueWord(flag)}`, escaped(`${flag.text}${choices}`)];
}

function flagWords(flag: Flag): string {
  return `\\fB${escaped(flag.names[0] ?? '')}\\fR${valueWord(flag)}`;
}

function valueWord({ value }: Flag): string {
  return value === null ? '' : ` \\fI${escaped(value.syntax.replaceAll(/[<>[\]]/g, ''))}\\fR`;
}

function argumentWord({ syntax }: Argument): string {
  const word = `\\fI${escaped(syntax.replaceAll(/[<>[\]]|\.\.\./g, ''))}\\fR`;
  const all = syntax.includes('...') ? `${word} ...` : word;
  return syntax.startsWith('[') ? `[${all}]` : all;
}

function entry(head: string, text: string): readonly string[] {
  return ['.TP', `\\fB${escaped(head)}\\fR`, escaped(text)];
}

function sentence(text: string): string {
  return escaped(`${text.charAt(0).toUpperCase()}${text.slice(1)}.`);
}

/** Text that roff prints as it is: no escape, no request at the start of a line, and ASCII. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('`', '\\(ga')
    .replaceAll('~', '\\(ti')
    .replaceAll('^', '\\(ha')
    .replaceAll('\u2026', '...')
    .replaceAll(
      /[^\x20-\x7e]/gu,
      (char) => `\\[u${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    )
    .replace(/^(?=[.'])/, '\\&');
}

const DESCRIPTION: readonly string[] = [
  'Rollcall keeps a fleet of tmux sessions, their shared links and the active account as desired-state.yaml says.',
  'It looks, plans the smallest change, says why, and applies it; what is not its own it leaves alone.',
  'Data goes to standard output, talk to standard error.',
];

const EXIT_WORDS: {
  readonly [Name in keyof typeof EXIT]: readonly [code: (typeof EXIT)[Name], text: string];
} = {
  done: [EXIT.done, 'Done, or nothing to do.'],
  failed: [EXIT.failed, 'An action failed, or something could not be read.'],
  changes: [EXIT.changes, 'plan --detailed-exitcode: there are changes.'],
  notConverged: [
    EXIT.notConverged,
    'status --exit-code, or an apply after which only withheld changes remain.',
  ],
  noSuchThing: [EXIT.noSuchThing, 'No session, account, task, plan file or schema of that name.'],
  refused: [EXIT.refused, 'Suspended, not ours, not allowed, in another state, or a yes is needed.'],
  held: [EXIT.held, 'Another run or apply holds the fleet; it says who.'],
  stalePlan: [EXIT.stalePlan, 'A saved plan, and the world has moved; nothing was done.'],
  usage: [EXIT.usage, 'No such verb or flag.'],
  badFile: [
    EXIT.badFile,
    'The file is missing or bad, a task is none, or run --strict found a problem with links or homes.',
  ],
  timedOut: [EXIT.timedOut, 'apply --timeout.'],
  interrupted: [EXIT.interrupted, 'Ctrl-C.'],
};

const FILES: readonly (readonly [path: string, text: string])[] = [
  ['./desired-state.yaml', 'The file, where neither -f nor ROLLCALL_FILE names one.'],
  ['$XDG_CONFIG_HOME/rollcall/desired-state.yaml', 'The file, where there is none in the current folder.'],
  [
    '$XDG_STATE_HOME/rollcall/NAME/',
    'State of the fleet of that name: lock, memory, the last good file, suspensions, journal.',
  ],
  [
    '$XDG_CONFIG_HOME/systemd/user/rollcall-NAME.service',
    'The unit of the loop, by rollcall unit --install.',
  ],
];

const ENVIRONMENT: readonly (readonly [name: string, text: string])[] = [
  ['ROLLCALL_FILE', 'The file, where -f names none.'],
  ['ROLLCALL_RUN, ROLLCALL_TASK', 'Set for agents that Rollcall starts: by them task done knows its task.'],
  ['ROLLCALL_LOG', 'Level of the log of rollcall run: debug, info (the default), warn, error.'],
  ['XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_RUNTIME_DIR', 'Where files are looked for and kept.'],
  ['TMUX_TMPDIR', 'Where tmux keeps named sockets.'],
  ['NO_COLOR, FORCE_COLOR', 'Colour, where --color does not say.'],
];

const EXAMPLES: readonly (readonly [command: string, text: string])[] = [
  ['rollcall plan', 'Show what would change, and why; change nothing.'],
  ['rollcall apply --yes', 'Make it so, without asking.'],
  ['rollcall plan --out p.json && rollcall apply p.json', 'Do exactly what was shown, or stop.'],
  ['rollcall why not account/backup', 'Ask why something is not as one thought.'],
  ['rollcall suspend session/agent-0 --for 2h', 'Keep Rollcall off a session for two hours.'],
  ['rollcall run', 'Keep it so.'],
  ['rollcall task add fix-login.md', 'Put a task into the inbox, for the pool to work on.'],
];
