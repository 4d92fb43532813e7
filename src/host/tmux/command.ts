import type { SessionTarget, TmuxCommand, TmuxGuard } from '../../model/host.ts';

/**
 * The guard and the commands as one line of tmux's own language, for `source-file -`. The server tests the guard
 * and carries out the commands in one step; it prints `tokens.done` after the last command, `tokens.refused` where
 * the guard was false. Throws on a value that must never reach tmux: that is a bug of the caller, not of the world.
 */
export function guardedLine(
  guard: TmuxGuard,
  commands: readonly TmuxCommand[],
  tokens: { readonly done: string; readonly refused: string },
): string {
  const at = guardTarget(guard);
  return [
    'if-shell -F',
    ...(at === null ? [] : ['-t', quote(at)]),
    quote(guardFormat(guard)),
    `{ ${commandList(commands, tokens.done)} }`,
    `{ display-message -p ${quote(token(tokens.refused))} }\n`,
  ].join(' ');
}

/** The commands as one line that stops at the first error and prints `done` behind the last. */
export function plainLine(commands: readonly TmuxCommand[], done: string): string {
  return `${commandList(commands, done)}\n`;
}

/** A target by session id; a session named by anything else is not sent. */
export function sessionId(id: string): string {
  return checked(/^\$\d{1,10}$/, id, 'session id');
}

/** One word of tmux's language: nothing in it is expanded. Throws on control characters. */
export function quote(text: string): string {
  // A newline ends a command even inside quotes on some versions, and no value of ours has one.
  if (/\p{Cc}/u.test(text) || !text.isWellFormed())
    throw new TypeError('control character in a tmux command');
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function commandList(commands: readonly TmuxCommand[], done: string): string {
  return [...commands.map(words), ['display-message', '-p', token(done)]]
    .map((argv) => [argv[0], ...argv.slice(1).map(quote)].join(' '))
    .join(' ; ');
}

function words(command: TmuxCommand): readonly string[] {
  switch (command.type) {
    case 'new-session':
      return newSession(command);
    case 'set-option':
      return setOption(command);
    case 'unset-option':
      return ['set-option', '-u', '-t', target(command.session), option(command.option)];
    case 'respawn-pane': // without -k: never over a process that lives
      return [
        'respawn-pane',
        '-t',
        paneId(command.pane),
        '-c',
        folder(command.cwd),
        '--',
        ...program(command.argv),
      ];
    case 'kill-session':
      return ['kill-session', '-t', `${sessionId(command.id)}:`];
  }
}

function newSession(command: Extract<TmuxCommand, { type: 'new-session' }>): readonly string[] {
  const { name, cwd, argv } = command;
  const start = ['new-session', '-d', '-s', sessionName(name), '-c', folder(cwd)];
  return argv === null ? start : [...start, '--', ...program(argv)];
}

function setOption(command: Extract<TmuxCommand, { type: 'set-option' }>): readonly string[] {
  const { scope, session, value } = command;
  const where = [...(scope === 'window' ? ['-w'] : []), ...(value.type === 'format' ? ['-F'] : [])];
  const text = value.type === 'format' ? constantFormat(value.text) : optionValue(value.text);
  return ['set-option', ...where, '-t', target(session), option(command.option), text];
}

function guardTarget(guard: TmuxGuard): string | null {
  if (guard.pane !== null) return paneId(guard.pane.id);
  return guard.session === null ? null : `${sessionId(guard.session.id)}:`;
}

function guardFormat(guard: TmuxGuard): string {
  const { incarnation, session, pane } = guard;
  const equal = [
    ['pid', whole(incarnation.pid)],
    ['start_time', whole(incarnation.startTime)],
    ...(session === null
      ? []
      : [
          ['session_id', sessionId(session.id)],
          ['session_name', sessionName(session.name)],
          ['@rollcall_owner', session.owner === '' ? '' : ownerName(session.owner)],
        ]),
    // tmux falls back to some other pane where the target is gone, so the id is compared, not trusted.
    ...(pane === null
      ? []
      : [
          ['pane_id', paneId(pane.id)],
          ['pane_pid', whole(pane.pid)],
          ['pane_dead', pane.dead ? '1' : '0'],
        ]),
  ].map(([name, value]) => `#{==:#{${String(name)}},${String(value)}}`);
  return equal.reduce((all, one) => `#{&&:${all},${one}}`);
}

function target(session: SessionTarget): string {
  return session.type === 'id' ? `${sessionId(session.id)}:` : `=${sessionName(session.name)}:`;
}

const CONSTANT_FORMATS: readonly string[] = ['#{pane_id}', '#{pane_pid}'];

function constantFormat(text: string): string {
  if (!CONSTANT_FORMATS.includes(text)) throw new TypeError('not one of our constant tmux formats');
  return text;
}

function program(argv: readonly string[]): readonly string[] {
  // One element would be parsed by a shell.
  if (argv.length < 2 || argv[0] === '') throw new TypeError('a tmux program needs at least two words');
  return argv;
}

function folder(path: string): string {
  if (!path.startsWith('/') || path.includes('#'))
    throw new TypeError('tmux folder not absolute, or with a #');
  return path;
}

function sessionName(name: string): string {
  return checked(/^[A-Za-z0-9_-]{1,64}$/, name, 'session name');
}

function paneId(id: string): string {
  return checked(/^%\d{1,10}$/, id, 'pane id');
}

function option(name: string): string {
  return checked(/^(?:@rollcall_[a-z_]+|remain-on-exit|destroy-unattached)$/, name, 'option');
}

function optionValue(text: string): string {
  return checked(/^[A-Za-z0-9_.:%$-]{0,256}$/, text, 'option value');
}

function ownerName(text: string): string {
  return checked(/^[A-Za-z0-9_.:-]{1,256}$/, text, 'owner');
}

function token(text: string): string {
  return checked(/^[A-Za-z0-9]{16,80}$/, text, 'token');
}

function whole(value: number): string {
  return checked(/^\d{1,16}$/, String(value), 'number');
}

function checked(pattern: RegExp, text: string, what: string): string {
  // `$` alone would let a trailing newline through in some engines; not in this one, but the check is cheap.
  if (!pattern.test(text) || text.includes('\n'))
    throw new TypeError(`tmux ${what} refused: ${JSON.stringify(text)}`);
  return text;
}
