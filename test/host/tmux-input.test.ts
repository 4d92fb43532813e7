import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ActResult, TmuxCommand, TmuxGuard } from '../../src/model/host.ts';
import { listed, type PrivateMachine, privateMachine, until } from '../support/tmux.ts';

let machine: PrivateMachine;
let out: string;
beforeEach(() => {
  machine = privateMachine();
  out = join(machine.folder, 'received');
});
afterEach(() => {
  machine.cleanup();
});

const PASTE_BEGIN = '\u001B[200~';
const PASTE_END = '\u001B[201~';
const PANE = '%0';
const BUFFER = 'rollcall-abcd1234';

/** A program in raw mode that asks for bracketed paste, as agents do, and writes down every byte it is given. */
const RECORDER = `
  const { openSync, writeSync } = require('node:fs');
  const out = openSync(process.argv[1], 'a');
  process.stdin.setRawMode(true);
  process.stdin.on('data', (bytes) => writeSync(out, bytes));
  process.stdout.write('\\u001B[?2004hready');
`;

async function recording(): Promise<TmuxGuard> {
  writeFileSync(out, '');
  machine.tmux('new-session', '-d', '-s', 'p-1', '--', process.execPath, '-e', RECORDER, out);
  machine.tmux('set-option', '-t', 'p-1:', '@rollcall_owner', 'home');
  await until(() => machine.tmux('capture-pane', '-p', '-t', PANE).includes('ready'));
  const { incarnation, sessions } = await listed(machine.host);
  const pane = sessions['$0']?.panes[PANE];
  if (pane === undefined) throw new Error('no pane');
  const session = { id: '$0', name: 'p-1', owner: 'home' };
  return { incarnation, session, pane: { id: PANE, pid: pane.pid, dead: false } };
}

/** What arrived, once something did and nothing more came for a while. */
async function received(): Promise<string> {
  let before = '';
  return until(async () => {
    await new Promise((resolve) => setTimeout(resolve, 80));
    const now = readFileSync(out, 'utf8');
    const rests = now !== '' && now === before;
    before = now;
    return rests ? now : null;
  });
}

function taken(): string {
  const text = readFileSync(out, 'utf8');
  writeFileSync(out, '');
  return text;
}

function pasteOf(text: string, buffer = BUFFER): TmuxCommand {
  const file = join(machine.folder, `${buffer}.txt`);
  writeFileSync(file, text);
  return { type: 'paste-file', pane: PANE, file, buffer };
}

function set(option: string, text: string): TmuxCommand {
  const session = { type: 'id', id: '$0' } as const;
  return { type: 'set-option', scope: 'session', session, option, value: { type: 'literal', text } };
}

function type(text: string): readonly TmuxCommand[] {
  return [{ type: 'type-text', pane: PANE, text }];
}

function valueOf(option: string): string {
  return machine.tmux('show-options', '-qv', '-t', 'p-1:', option);
}

const APPLIED: ActResult = { type: 'applied' };

test('typed text arrives byte for byte, whatever it means to tmux, a shell or a format', async () => {
  const guard = await recording();
  const printable = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
    .filter((text) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text));
  const tricky = fc.constantFrom('A=x;', ';', '\\;', '\\', 'Enter', 'C-c', '-l', '--', '}', '{', "'", '"');
  const formats = fc.constantFrom('#(touch /tmp/p)', '#{pid}', '$HOME', '~', '%H', '`id`', ' ', '!x', '/x');
  await fc.assert(
    fc.asyncProperty(fc.oneof(printable, tricky, formats), async (text) => {
      expect(await machine.host.tmux.act(guard, type(text))).toEqual(APPLIED);
      expect(await received()).toBe(text);
      taken();
    }),
    { numRuns: 20 },
  );
  const long = `${'é'.repeat(1023)}x;`;
  expect(await machine.host.tmux.act(guard, type(long))).toEqual(APPLIED);
  expect(await received()).toBe(long);
}, 30_000);

test('Enter is a carriage return and nothing else, and clearing the line is C-u', async () => {
  const guard = await recording();
  expect(await machine.host.tmux.act(guard, [{ type: 'press-enter', pane: PANE }])).toEqual(APPLIED);
  expect(await received()).toBe('\r');
  taken();
  expect(await machine.host.tmux.act(guard, [{ type: 'clear-line', pane: PANE }])).toEqual(APPLIED);
  expect(await received()).toBe('\u0015');
});

test.each([
  ['one row', 'one row;'],
  ['200 rows', Array.from({ length: 200 }, (_, row) => `row ${String(row)} é ;`).join('\n')],
  ['20 kB', `${'0123456789abcde\n'.repeat(1280)}end`],
  ['256 KiB', 'x'.repeat(79).concat('\n').repeat(3276).concat('é;')],
  ['what looks like commands', "kill-server\n; kill-server\n#(touch x)\n}\n'\n\\\n$HOME\n\ttab\n\n"],
])('a paste arrives as one, with every byte, newlines as carriage returns: %s', async (_, text) => {
  const guard = await recording();
  expect(await machine.host.tmux.act(guard, [pasteOf(text)])).toEqual(APPLIED);
  await until(() => readFileSync(out, 'utf8').endsWith(PASTE_END));
  expect(await received()).toBe(`${PASTE_BEGIN}${text.replaceAll('\n', '\r')}${PASTE_END}`);
  expect(machine.tmux('list-buffers')).toBe('');
});

test('a sentence is typed and a text pasted behind it in one step, in order', async () => {
  const guard = { ...(await recording()), options: { '@rollcall_phase': '' } };
  const step = [set('@rollcall_phase', 'pasted'), ...type('Do this: '), pasteOf('a\nb')];
  expect(await machine.host.tmux.act(guard, step)).toEqual(APPLIED);
  expect(await received()).toBe(`Do this: ${PASTE_BEGIN}a\rb${PASTE_END}`);
  expect(valueOf('@rollcall_phase')).toBe('pasted');
});

test('a paste whose file is not there, or is empty, sets nothing and sends nothing', async () => {
  const guard = await recording();
  const missing: TmuxCommand = {
    type: 'paste-file',
    pane: PANE,
    file: join(machine.folder, 'none'),
    buffer: BUFFER,
  };
  for (const paste of [missing, pasteOf('')]) {
    const step = [set('@rollcall_phase', 'pasted'), ...type('Do this: '), paste];
    const answer = await machine.host.tmux.act(guard, step);
    expect(answer).toMatchObject({
      type: 'failed',
      text: expect.stringMatching(/No such file|nothing to paste/),
    });
    expect(machine.tmux('list-buffers')).toBe('');
    expect(valueOf('@rollcall_phase')).toBe('');
  }
  expect(await machine.host.tmux.act(guard, type('x'))).toEqual(APPLIED);
  expect(await received()).toBe('x');
});

test('a paste is not cleaned on its way: what ends it early must not be in the file', async () => {
  const guard = await recording();
  expect(await machine.host.tmux.act(guard, [pasteOf(`a${PASTE_END}\u0003`)])).toEqual(APPLIED);
  expect(await received()).toBe(`${PASTE_BEGIN}a${PASTE_END}\u0003${PASTE_END}`);
});

test('what a paste that was cut off has left behind is never pasted instead', async () => {
  const guard = await recording();
  for (const name of [BUFFER, `${BUFFER}-loaded`]) machine.tmux('set-buffer', '-b', name, 'old');
  const missing: TmuxCommand = { type: 'paste-file', pane: PANE, file: '/nowhere/at-all', buffer: BUFFER };
  expect(await machine.host.tmux.act(guard, [missing])).toEqual({
    type: 'failed',
    text: '/nowhere/at-all: No such file or directory',
  });
  expect(readFileSync(out, 'utf8')).toBe('');
  expect(await machine.host.tmux.act(guard, [pasteOf('new')])).toEqual(APPLIED);
  expect(await received()).toBe(`${PASTE_BEGIN}new${PASTE_END}`);
});

test('a refused paste sends nothing and leaves no buffer; nobody else’s buffer is touched', async () => {
  const guard = await recording();
  machine.tmux('set-buffer', '-b', 'theirs', 'kept');
  const stale = { ...guard, options: { '@rollcall_fence': 'someoneelse' } };
  expect(await machine.host.tmux.act(stale, [pasteOf('secret')])).toMatchObject({ type: 'refused' });
  expect(machine.tmux('list-buffers', '-F', '#{buffer_name}')).toBe('theirs');
  expect(readFileSync(out, 'utf8')).toBe('');
});

test('what happens while the paste is being read is seen by the guard', async () => {
  const guard = { ...(await recording()), options: { '@rollcall_phase': '' } };
  const fifo = join(machine.folder, 'slow');
  machine.sh(`mkfifo '${fifo}'`);
  // Open at both ends: tmux waits for bytes, and has its end when this one ends.
  const writer = spawn(
    'sh',
    ['-c', `exec 3<>'${fifo}'; echo open; read -r go; printf 'late' >&3; sleep 0.3`],
    {
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  );
  await new Promise((resolve) => writer.stdout.once('data', resolve));
  const paste: TmuxCommand = { type: 'paste-file', pane: PANE, file: fifo, buffer: BUFFER };
  const pending = machine.host.tmux.act(guard, [paste, set('@rollcall_phase', 'pasted')]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  machine.tmux('set-option', '-t', 'p-1:', '@rollcall_phase', 'other');
  writer.stdin.end('go\n');
  expect(await pending).toMatchObject({ type: 'refused' });
  expect(valueOf('@rollcall_phase')).toBe('other');
  expect(readFileSync(out, 'utf8')).toBe('');
  expect(machine.tmux('list-buffers')).toBe('');
});

test('of twenty pastes for one phase exactly one arrives', async () => {
  const guard = { ...(await recording()), options: { '@rollcall_phase': '' } };
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => {
      const paste = pasteOf(`text ${String(index)}`, `${BUFFER}-${String(index)}`);
      return machine.host.tmux.act(guard, [paste, set('@rollcall_phase', `p${String(index)}`)]);
    }),
  );
  const winner = answers.findIndex(({ type: answer }) => answer === 'applied');
  expect(answers.filter(({ type: answer }) => answer === 'refused')).toHaveLength(19);
  expect(await received()).toBe(`${PASTE_BEGIN}text ${String(winner)}${PASTE_END}`);
  expect(valueOf('@rollcall_phase')).toBe(`p${String(winner)}`);
});

test('of twenty reservations of one session exactly one wins', async () => {
  const guard = { ...(await recording()), options: { '@rollcall_fence': '', '@rollcall_phase': '' } };
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      machine.host.tmux.act(guard, [set('@rollcall_fence', `attempt${String(index)}`)]),
    ),
  );
  const winner = answers.findIndex(({ type: answer }) => answer === 'applied');
  expect(answers.filter(({ type: answer }) => answer === 'refused')).toHaveLength(19);
  expect(valueOf('@rollcall_fence')).toBe(`attempt${String(winner)}`);
});

test('a step that comes late finds the fence taken back, and does nothing', async () => {
  const guard = { ...(await recording()), options: { '@rollcall_fence': 'attempt1', '@rollcall_phase': '' } };
  machine.tmux('set-option', '-t', 'p-1:', '@rollcall_fence', 'attempt1');
  const server = machine.serverPid() ?? 0;
  process.kill(server, 'SIGSTOP');
  const unset: TmuxCommand = {
    type: 'unset-option',
    session: { type: 'id', id: '$0' },
    option: '@rollcall_fence',
  };
  const back = machine.host.tmux.act(guard, [unset]);
  await new Promise((resolve) => setTimeout(resolve, 150));
  const late = machine
    .hostWith({ timeoutMs: 150 })
    .tmux.act(guard, [pasteOf('late'), set('@rollcall_phase', 'pasted')]);
  expect(await late.finally(() => process.kill(server, 'SIGCONT'))).toMatchObject({ type: 'unknown' });
  expect(await back).toEqual(APPLIED);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(valueOf('@rollcall_phase')).toBe('');
  expect(readFileSync(out, 'utf8')).toBe('');
  expect(machine.tmux('list-buffers')).toBe('');
});

test.each<[string, string, string, boolean]>([
  ['the same text', 'inbox/task-1.a:$%', 'inbox/task-1.a:$%', true],
  ['another text', 'inbox/task-1', 'inbox/task-2', false],
  ['a longer one', 'inbox/task-1', 'inbox/task-10', false],
  ['a set one where none may be', 'x', '', false],
  ['none where one must be', '', 'x', false],
  ['none where none may be', '', '', true],
])('the guard compares options of ours: %s', async (_, there, wanted, passes) => {
  const guard = { ...(await recording()), options: { '@rollcall_task': wanted } };
  if (there !== '') machine.tmux('set-option', '-t', 'p-1:', '@rollcall_task', there);
  const answer = await machine.host.tmux.act(guard, [set('@rollcall_phase', 'started')]);
  expect(answer.type).toBe(passes ? 'applied' : 'refused');
  expect(valueOf('@rollcall_phase')).toBe(passes ? 'started' : '');
});

test.each<[string, readonly string[], readonly string[]]>([
  ['copy mode', ['copy-mode', '-t', PANE], ['send-keys', '-t', PANE, '-X', 'cancel']],
  [
    'synchronised panes',
    ['set-option', '-w', '-t', 'p-1:', 'synchronize-panes', 'on'],
    ['set-option', '-w', '-t', 'p-1:', 'synchronize-panes', 'off'],
  ],
  ['input switched off', ['select-pane', '-d', '-t', PANE], ['select-pane', '-e', '-t', PANE]],
])('nothing is typed or pasted where it would not reach the program: %s', async (_, begin, end) => {
  const guard = { ...(await recording()), takesInput: true };
  machine.tmux(...begin);
  const listing = await listed(machine.host);
  const pane = listing.sessions['$0']?.panes[PANE];
  expect((pane?.inMode ?? false) || (pane?.inputOdd ?? false)).toBe(true);
  expect(await machine.host.tmux.act(guard, type('x'))).toMatchObject({ type: 'refused' });
  expect(await machine.host.tmux.act(guard, [pasteOf('x')])).toMatchObject({ type: 'refused' });
  machine.tmux(...end);
  expect((await listed(machine.host)).sessions['$0']?.panes[PANE]).toMatchObject({
    inMode: false,
    inputOdd: false,
  });
  expect(await machine.host.tmux.act(guard, type('y'))).toEqual(APPLIED);
  expect(await received()).toBe('y');
});

test('a holder that lives makes place for what the guarded step starts, and only with `kill`', async () => {
  const guard = { ...(await recording()), options: { '@rollcall_fence': '' } };
  const file = join(machine.folder, 'ran');
  const argv = ['sh', '-c', 'pwd >"$0"; exec sleep 1000', file];
  const respawn = { type: 'respawn-pane', pane: PANE, cwd: machine.home, argv } as const;
  expect(await machine.host.tmux.act(guard, [respawn])).toMatchObject({ type: 'refused' });
  const stale = { ...guard, options: { '@rollcall_fence': 'x' } };
  expect(await machine.host.tmux.act(stale, [{ ...respawn, kill: true }])).toMatchObject({ type: 'refused' });
  expect(existsSync(file)).toBe(false);
  const step: readonly TmuxCommand[] = [set('@rollcall_phase', 'started'), { ...respawn, kill: true }];
  expect(await machine.host.tmux.act(guard, step)).toEqual(APPLIED);
  await until(() => existsSync(file) && readFileSync(file, 'utf8') === `${machine.home}\n`);
  const now = (await listed(machine.host)).sessions['$0']?.panes[PANE];
  expect(now).toMatchObject({ dead: false });
  expect(now?.pid).not.toBe(guard.pane?.pid);
});

test('the step that starts an agent records the task, and the process that it started', async () => {
  const guard = { ...(await recording()), options: { '@rollcall_fence': 'abcd1234', '@rollcall_phase': '' } };
  const session = { type: 'id', id: '$0' } as const;
  const record = (option: string, text: string): TmuxCommand => ({
    type: 'set-option',
    scope: 'session',
    session,
    option,
    value: { type: 'format', text },
  });
  const argv = ['sh', '-c', 'sleep 0.2; exit 3'];
  const step: readonly TmuxCommand[] = [
    set('@rollcall_phase', 'started'),
    set('@rollcall_task', 'inbox/fix-login.2'),
    { type: 'respawn-pane', pane: PANE, cwd: machine.home, argv, kill: true },
    {
      type: 'set-option',
      scope: 'window',
      session,
      option: 'remain-on-exit',
      value: { type: 'literal', text: 'on' },
    },
    record('@rollcall_pane', '#{pane_id}'),
    record('@rollcall_pid', '#{pane_pid}'),
  ];
  expect(await machine.host.tmux.act(guard, step)).toMatchObject({ type: 'refused' });
  machine.tmux('set-option', '-t', 'p-1:', '@rollcall_fence', 'abcd1234');
  expect(await machine.host.tmux.act(guard, step)).toEqual(APPLIED);
  const pane = (await listed(machine.host)).sessions['$0']?.panes[PANE];
  expect(pane?.pid).not.toBe(guard.pane?.pid);
  const stamps = await machine.host.tmux.stamps(['$0']);
  expect(stamps.type === 'ok' ? stamps.value.sessions['$0'] : null).toEqual({
    '@rollcall_owner': 'home',
    '@rollcall_fence': 'abcd1234',
    '@rollcall_phase': 'started',
    '@rollcall_task': 'inbox/fix-login.2',
    '@rollcall_pane': PANE,
    '@rollcall_pid': String(pane?.pid),
  });
  // Ended, it leaves its corpse and its stamp, and the same step is refused a second time.
  await until(async () => (await listed(machine.host)).sessions['$0']?.panes[PANE]?.dead === true);
  expect(await machine.host.tmux.act(guard, step)).toMatchObject({ type: 'refused' });
});

test.each<[string, TmuxCommand]>([
  ['two rows', { type: 'type-text', pane: PANE, text: 'a\nb' }],
  ['an escape', { type: 'type-text', pane: PANE, text: '\u001B[201~' }],
  ['a C1 control', { type: 'type-text', pane: PANE, text: '\u009B201~' }],
  ['a line separator', { type: 'type-text', pane: PANE, text: 'a\u2028b' }],
  ['nothing', { type: 'type-text', pane: PANE, text: '' }],
  ['too much', { type: 'type-text', pane: PANE, text: 'é'.repeat(1025) }],
  ['a pane by name', { type: 'press-enter', pane: 'p-1' }],
  ['a pane by name, to be cleared', { type: 'clear-line', pane: '{last}' }],
  ['a buffer of another’s', { type: 'paste-file', pane: PANE, file: '/x', buffer: 'buffer0' }],
  ['a format in a path', { type: 'paste-file', pane: PANE, file: '/#(touch x)', buffer: BUFFER }],
  ['a relative path', { type: 'paste-file', pane: PANE, file: 'x', buffer: BUFFER }],
  ['a value that is a format', set('@rollcall_task', '#{pid}')],
])('what must never reach tmux is refused before: %s', async (_, command) => {
  const guard = await recording();
  await expect(machine.host.tmux.act(guard, [command])).rejects.toThrow(TypeError);
  expect(readFileSync(out, 'utf8')).toBe('');
});

test.each([
  ['an option of another’s', { status: 'on' }],
  ['a value that ends the format', { '@rollcall_task': 'a}b' }],
  ['a value with a comma', { '@rollcall_task': 'a,b' }],
  ['a value that is a format', { '@rollcall_task': '#(touch /tmp/p)' }],
])('a guard that could be talked round is refused before: %s', async (_, options) => {
  const guard = { ...(await recording()), options };
  await expect(machine.host.tmux.act(guard, type('x'))).rejects.toThrow(TypeError);
});
