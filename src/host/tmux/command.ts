import type { SessionTarget, TmuxCommand, TmuxGuard } from '../../model/host.ts';
import {
  absolute,
  bufferName,
  constantFormat,
  option,
  optionValue,
  ownerName,
  ownOption,
  paneId,
  program,
  quote,
  sessionId,
  sessionName,
  shellName,
  token,
  typed,
  whole,
} from './values.ts';

/**
 * The guard and the commands as text of tmux's own language, for `source-file -`. The server tests the guard
 * and carries out the commands in one step; it prints `tokens.done` after the last command, `tokens.refused` where
 * the guard was false. What is to be pasted is read before that step and forgotten behind it, whatever comes of it.
 * Throws on a value that must never reach tmux: that is a bug of the caller, not of the world.
 */
export function guardedLine(
  guard: TmuxGuard,
  commands: readonly TmuxCommand[],
  tokens: { readonly done: string; readonly refused: string },
): string {
  const at = guardTarget(guard);
  const step = [
    'if-shell -F',
    ...(at === null ? [] : ['-t', quote(at)]),
    quote(guardFormat(guard)),
    `{ ${commandList(commands, tokens.done)} }`,
    `{ display-message -p ${quote(token(tokens.refused))} }`,
  ].join(' ');
  return withBuffers(commands, step, tokens.done);
}

/** The commands as text that stops at the first error and prints `done` behind the last. */
export function plainLine(commands: readonly TmuxCommand[], done: string): string {
  return withBuffers(commands, commandList(commands, done), done);
}

/**
 * `load-buffer` waits for its client, which reads the file, and meanwhile the server serves others. So it stands in
 * front of the step and not in it. The last lines are carried out whatever became of that one.
 */
function withBuffers(commands: readonly TmuxCommand[], step: string, done: string): string {
  const pastes = pastesOf(commands);
  const loads = pastes.map(
    ({ buffer, file }) => `load-buffer -b ${quote(loaded(buffer, done))} ${quote(absolute(file))} ; `,
  );
  const drops = pastes
    .flatMap(({ buffer }) => [loaded(buffer, done), ready(buffer, done)])
    .map((name) => `delete-buffer -b ${quote(name)}\n`);
  return `${loads.join('')}${step}\n${drops.join('')}`;
}

/** First of all each paste is there, under the name it is pasted by: where one is not, nothing else is done. */
function commandList(commands: readonly TmuxCommand[], done: string): string {
  const checks = pastesOf(commands).map(
    ({ buffer }) => `set-buffer -b ${quote(loaded(buffer, done))} -n ${quote(ready(buffer, done))} ; `,
  );
  const list = [...commands.map((command) => words(command, done)), ['display-message', '-p', token(done)]]
    .map((argv) => [argv[0], ...argv.slice(1).map(quote)].join(' '))
    .join(' ; ');
  return `${checks.join('')}${list}`;
}

function pastesOf(commands: readonly TmuxCommand[]): readonly Extract<TmuxCommand, { type: 'paste-file' }>[] {
  return commands.filter((command) => command.type === 'paste-file');
}

/** Another name each time: what a paste that was cut off has left behind is in nobody's way. */
function ready(buffer: string, done: string): string {
  return `${bufferName(buffer)}-${token(done)}`;
}

/** What was read for a paste is called so until its step begins. */
function loaded(buffer: string, done: string): string {
  return `${ready(buffer, done)}-loaded`;
}

function words(command: TmuxCommand, done: string): readonly string[] {
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
        ...(command.kill === true ? ['-k'] : []),
        '-c',
        absolute(command.cwd),
        '--',
        ...program(command.argv),
      ];
    case 'type-text':
      return ['send-keys', '-t', paneId(command.pane), '-l', '--', typed(command.text)];
    case 'paste-file': // without -r: newlines arrive as CR, as every terminal pastes them
      return ['paste-buffer', '-p', '-d', '-b', ready(command.buffer, done), '-t', paneId(command.pane)];
    case 'press-enter':
      return ['send-keys', '-t', paneId(command.pane), 'Enter'];
    case 'clear-line':
      return ['send-keys', '-t', paneId(command.pane), 'C-u'];
    case 'kill-session':
      return ['kill-session', '-t', `${sessionId(command.id)}:`];
  }
}

function newSession(command: Extract<TmuxCommand, { type: 'new-session' }>): readonly string[] {
  const { name, cwd, argv } = command;
  const start = ['new-session', '-d', '-s', sessionName(name), '-c', absolute(cwd)];
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
  const { incarnation, session, pane, options = {}, takesInput = false, prompt } = guard;
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
    ...Object.entries(options).map(([name, value]) => [ownOption(name), optionValue(value)]),
    ...(takesInput ? ['pane_in_mode', 'pane_synchronized', 'pane_input_off'].map((name) => [name, '0']) : []),
    ...(prompt === undefined
      ? []
      : [
          ['pane_current_command', shellName(prompt.command)],
          ['cursor_x', whole(prompt.x)],
          ['cursor_y', whole(prompt.y)],
        ]),
  ].map(([name, value]) => `#{==:#{${String(name)}},${String(value)}}`);
  return equal.reduce((all, one) => `#{&&:${all},${one}}`);
}

function target(session: SessionTarget): string {
  return session.type === 'id' ? `${sessionId(session.id)}:` : `=${sessionName(session.name)}:`;
}
