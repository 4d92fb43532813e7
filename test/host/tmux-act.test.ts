import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TmuxCommand, TmuxGuard } from '../../src/model/host.ts';
import { STAMP, stampCommands, unstampCommands } from '../../src/model/stamp.ts';
import { listed, type PrivateMachine, privateMachine, until } from '../support/tmux.ts';

let machine: PrivateMachine;
beforeEach(() => {
  machine = privateMachine();
});
afterEach(() => {
  machine.cleanup();
});

const SLEEP = ['sleep', '1000'];

function create(name: string, cwd: string, argv: readonly string[] | null = SLEEP): readonly TmuxCommand[] {
  const marks = { owner: 'home', kind: 'pool', recordsPane: true } as const;
  return [{ type: 'new-session', name, cwd, argv }, ...stampCommands({ type: 'created', name }, marks)];
}

async function started(name = 'p-1'): Promise<TmuxGuard> {
  expect(await machine.host.tmux.actOnNewServer(create(name, machine.home))).toEqual({ type: 'applied' });
  return guardOf(name);
}

async function guardOf(name: string): Promise<TmuxGuard> {
  const { incarnation, sessions } = await listed(machine.host);
  const session = Object.values(sessions).find((one) => one.name === name);
  const [pane] = Object.values(session?.panes ?? {});
  if (session === undefined || pane === undefined) throw new Error(`no session ${name}`);
  return {
    incarnation,
    session: { id: session.id, name, owner: pane.shownOwner },
    pane: { id: pane.id, pid: pane.pid, dead: pane.dead },
  };
}

function kill(id: string): readonly TmuxCommand[] {
  return [{ type: 'kill-session', id }];
}

async function names(): Promise<readonly string[]> {
  const answer = await machine.host.tmux.list();
  return answer.type === 'ok' ? Object.values(answer.value.sessions).map(({ name }) => name) : [];
}

test('a new server answers at once, outlives its client and holds the stamped session', async () => {
  const begin = performance.now();
  const guard = await started();
  expect(performance.now() - begin).toBeLessThan(2000);
  const stamps = await machine.host.tmux.stamps(['$0']);
  expect(stamps.type === 'ok' ? stamps.value.sessions['$0'] : null).toEqual({
    [STAMP.owner]: 'home',
    [STAMP.kind]: 'pool',
    [STAMP.pane]: guard.pane?.id,
    [STAMP.pid]: String(guard.pane?.pid),
  });
});

test('a new server gets none of our secrets, and no TMUX', async () => {
  const env = { ...machine.env, TELEGRAM_TOKEN: 'hush', TMUX: '/tmp/other,1,0', TMUX_PANE: '%3' };
  await machine.hostWith({ env }).tmux.actOnNewServer(create('a', machine.home));
  const shown = machine.tmux('show-environment', '-g');
  expect(shown).toContain(`HOME=${machine.home}`);
  expect(shown).not.toMatch(/hush|^TMUX=|^TMUX_PANE=/m);
  const { pane } = await guardOf('a');
  const inside = await machine.host.processes.environmentOf(pane?.pid ?? 0);
  expect(inside?.['TELEGRAM_TOKEN']).toBeUndefined();
});

test('create and stamp are one step: a name that is taken is refused and not stamped', async () => {
  const guard = { incarnation: (await started('first')).incarnation, session: null, pane: null };
  machine.tmux('new-session', '-d', '-s', 'theirs', '--', ...SLEEP);
  expect(await machine.host.tmux.act(guard, create('theirs', machine.home))).toMatchObject({
    type: 'refused',
  });
  expect(await machine.host.tmux.actOnNewServer(create('theirs', machine.home))).toMatchObject({
    type: 'refused',
  });
  expect(machine.tmux('show-options', '-t', 'theirs:')).toBe('');
});

test('a session is created beside names it is a prefix of, and the longer one stays', async () => {
  const { incarnation } = await started('ccl-auto-11');
  const anyone = { incarnation, session: null, pane: null };
  expect(await machine.host.tmux.act(anyone, create('ccl-auto-1', machine.home))).toEqual({
    type: 'applied',
  });
  const guard = await guardOf('ccl-auto-1');
  expect(await machine.host.tmux.act(guard, kill(guard.session?.id ?? ''))).toEqual({ type: 'applied' });
  expect(await names()).toEqual(['ccl-auto-11']);
});

test.each<[string, (guard: TmuxGuard) => TmuxGuard]>([
  ['server pid', (g) => ({ ...g, incarnation: { ...g.incarnation, pid: g.incarnation.pid + 1 } })],
  [
    'start time',
    (g) => ({ ...g, incarnation: { ...g.incarnation, startTime: g.incarnation.startTime + 1 } }),
  ],
  ['session id', (g) => ({ ...g, session: { id: '$7', name: 'p-1', owner: 'home' } })],
  ['session name', (g) => ({ ...g, session: { id: '$0', name: 'p', owner: 'home' } })],
  ['owner', (g) => ({ ...g, session: { id: '$0', name: 'p-1', owner: 'other' } })],
  ['no owner', (g) => ({ ...g, session: { id: '$0', name: 'p-1', owner: '' } })],
  ['pane id', (g) => ({ ...g, pane: { id: '%7', pid: g.pane?.pid ?? 0, dead: false } })],
  ['pane pid', (g) => ({ ...g, pane: { id: '%0', pid: (g.pane?.pid ?? 0) + 1, dead: false } })],
  ['pane dead', (g) => ({ ...g, pane: { id: '%0', pid: g.pane?.pid ?? 0, dead: true } })],
  ['session alone', (g) => ({ ...g, pane: null, session: { id: '$0', name: 'p-1', owner: 'x' } })],
  ['pane alone', (g) => ({ ...g, session: null, pane: { id: '%0', pid: 1, dead: false } })],
])('the guard refuses where one thing differs: %s', async (_, differ) => {
  const guard = await started();
  expect(await machine.host.tmux.act(differ(guard), kill('$0'))).toMatchObject({ type: 'refused' });
  expect(await names()).toEqual(['p-1']);
  expect(await machine.host.tmux.act(guard, kill('$0'))).toEqual({ type: 'applied' });
});

test('the guard refuses a session that was renamed, and one whose process was replaced', async () => {
  const guard = await started();
  machine.tmux('rename-session', '-t', 'p-1', 'renamed');
  expect(await machine.host.tmux.act(guard, kill('$0'))).toMatchObject({ type: 'refused' });
  machine.tmux('rename-session', '-t', 'renamed', 'p-1');
  machine.tmux('respawn-pane', '-k', '-t', '%0', '--', ...SLEEP);
  expect(await machine.host.tmux.act(guard, kill('$0'))).toMatchObject({ type: 'refused' });
  expect(await names()).toEqual(['p-1']);
});

test('a dead pane gets a new process, a live one never', async () => {
  const live = await started();
  const respawn: readonly TmuxCommand[] = [
    { type: 'respawn-pane', pane: '%0', cwd: machine.home, argv: SLEEP },
  ];
  expect(await machine.host.tmux.act(live, respawn)).toMatchObject({ type: 'refused' });
  machine.tmux('set-option', '-w', '-t', 'p-1:', 'remain-on-exit', 'on');
  process.kill(live.pane?.pid ?? 0, 'SIGKILL');
  const dead = await until(async () => {
    const guard = await guardOf('p-1');
    return guard.pane?.dead === true ? guard : null;
  });
  expect(await machine.host.tmux.act(dead, respawn)).toEqual({ type: 'applied' });
  const again = await guardOf('p-1');
  expect(again.pane).toMatchObject({ id: '%0', dead: false });
  expect(again.pane?.pid).not.toBe(live.pane?.pid);
});

test('a stamp taken off is gone', async () => {
  const guard = await started();
  expect(await machine.host.tmux.act(guard, unstampCommands('$0'))).toEqual({ type: 'applied' });
  expect(machine.tmux('show-options', '-t', 'p-1:')).toBe('');
});

test('acting starts no server', async () => {
  const guard: TmuxGuard = { incarnation: { pid: 1, startTime: 1 }, session: null, pane: null };
  expect(await machine.host.tmux.act(guard, create('a', machine.home))).toMatchObject({ type: 'refused' });
  expect(existsSync(machine.socket)).toBe(false);
});

test('what a server killed in between was asked is refused by the next one', async () => {
  const guard = await started();
  machine.tmux('kill-server');
  expect((await machine.host.tmux.act(guard, kill('$0'))).type).toMatch(/^(?:refused|unknown)$/);
  await until(() => machine.serverPid() === null);
  await started('p-1');
  expect(await machine.host.tmux.act(guard, kill('$0'))).toMatchObject({ type: 'refused' });
  expect(await names()).toEqual(['p-1']);
});

test('no answer in time is unknown, and the server answers again later', async () => {
  const guard = await started();
  const pid = machine.serverPid() ?? 0;
  process.kill(pid, 'SIGSTOP');
  const late = machine.hostWith({ timeoutMs: 200 }).tmux.act(guard, kill('$0'));
  const answer = await late.finally(() => process.kill(pid, 'SIGCONT'));
  expect(answer).toMatchObject({ type: 'unknown' });
  // Whether it was done is not known, only that it was done whole or not at all.
  expect((await machine.host.tmux.list()).type).toMatch(/^(?:ok|no-server)$/);
  expect(['', 'p-1']).toContain((await names()).join());
});

test('a server that dies without an answer is unknown', async () => {
  const guard = await started();
  const pid = machine.serverPid() ?? 0;
  process.kill(pid, 'SIGSTOP');
  const pending = machine.host.tmux.act(guard, kill('$0'));
  await new Promise((resolve) => setTimeout(resolve, 200));
  process.kill(pid, 'SIGKILL');
  expect((await pending).type).toMatch(/^(?:unknown|refused)$/);
  process.kill(guard.pane?.pid ?? 0, 'SIGKILL');
});

test('a server that is just going away is waited out', async () => {
  for (let round = 0; round < 15; round += 1) {
    expect((await started()).session?.name).toBe('p-1');
    machine.tmux('kill-server');
  }
}, 20_000);

test('the operator’s own tmux.conf, odd or broken, does not change what is created', async () => {
  const config =
    'set -g base-index 3\nset -g pane-base-index 5\nnonsense here\nset -g default-command "exit 1"\n';
  writeFileSync(join(machine.home, '.tmux.conf'), config);
  const guard = await started();
  expect(await machine.host.tmux.act(guard, kill('$0'))).toEqual({ type: 'applied' });
});

test('a session is created on a live server that has none', async () => {
  const server = spawn('tmux', ['-S', machine.socket, '-D'], { env: machine.env, stdio: 'ignore' });
  try {
    await until(() => machine.serverPid() !== null);
    const { incarnation } = await listed(machine.host);
    const guard = { incarnation, session: null, pane: null };
    expect(await machine.host.tmux.act(guard, create('a', machine.home))).toEqual({ type: 'applied' });
    expect(await names()).toEqual(['a']);
    const none = { ...guard, incarnation: { ...incarnation, pid: 1 } };
    expect(await machine.host.tmux.act(none, create('b', machine.home))).toMatchObject({ type: 'refused' });
  } finally {
    server.kill('SIGTERM');
  }
});

test('twenty creates of one name at once make one session', async () => {
  const results = await Promise.all(
    Array.from({ length: 20 }, () => machine.host.tmux.actOnNewServer(create('one', machine.home))),
  );
  expect(results.filter(({ type }) => type === 'applied')).toHaveLength(1);
  expect(await names()).toEqual(['one']);
});

test.each<[string, readonly TmuxCommand[]]>([
  ['name', [{ type: 'new-session', name: 'x#(touch /tmp/p)', cwd: '/', argv: null }]],
  ['name with a dot', [{ type: 'new-session', name: 'a.b', cwd: '/', argv: null }]],
  ['name with a newline', [{ type: 'new-session', name: 'a\n', cwd: '/', argv: null }]],
  ['folder', [{ type: 'new-session', name: 'a', cwd: '/#(touch /tmp/p)', argv: null }]],
  ['relative folder', [{ type: 'new-session', name: 'a', cwd: 'x', argv: null }]],
  ['folder with a newline', [{ type: 'new-session', name: 'a', cwd: '/a\nkill-server', argv: null }]],
  ['shell string', [{ type: 'new-session', name: 'a', cwd: '/', argv: ['rm -rf /'] }]],
  ['control character', [{ type: 'new-session', name: 'a', cwd: '/', argv: ['a', '\u001B[A'] }]],
  ['target by name', kill('p-1')],
  ['target by exact name', kill('=p-1')],
  ['other option', stampLike('status-right', 'x')],
  ['option value', stampLike('@rollcall_owner', '#(touch /tmp/p)')],
  [
    'unset of another option',
    [{ type: 'unset-option', session: { type: 'id', id: '$0' }, option: 'status' }],
  ],
  ['pane', [{ type: 'respawn-pane', pane: 'p-1', cwd: '/', argv: SLEEP }]],
])('what must never reach tmux is refused before: %s', async (_, commands) => {
  const guard = await started();
  await expect(machine.host.tmux.act(guard, commands)).rejects.toThrow(TypeError);
  await expect(machine.host.tmux.actOnNewServer(commands)).rejects.toThrow(TypeError);
  expect(await names()).toEqual(['p-1']);
});

function stampLike(option: string, text: string): readonly TmuxCommand[] {
  const session = { type: 'id', id: '$0' } as const;
  return [{ type: 'set-option', scope: 'session', session, option, value: { type: 'literal', text } }];
}

test('only our constant formats are expanded', async () => {
  const guard = await started();
  const session = { type: 'id', id: '$0' } as const;
  const commands: readonly TmuxCommand[] = [
    {
      type: 'set-option',
      scope: 'session',
      session,
      option: STAMP.pid,
      value: { type: 'format', text: '#{E:x}' },
    },
  ];
  await expect(machine.host.tmux.act(guard, commands)).rejects.toThrow(TypeError);
});

test('words, folders and option values arrive byte for byte through a real server', async () => {
  const { incarnation } = await started('keep');
  const out = join(machine.folder, 'out');
  const word = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !/\p{Cc}/u.test(text));
  const tricky = fc.constantFrom(
    ';',
    '\\;',
    "'",
    '"',
    '$HOME',
    '`id`',
    '#{pid}',
    '#(id)',
    '}',
    '{',
    '~',
    '-x',
    '%H',
    '',
  );
  const folder = word
    .map((text) => text.replaceAll(/[/#]/g, '_'))
    .filter((text) => !['', '.', '..'].includes(text));
  const value = fc.stringMatching(/^[A-Za-z0-9_.:%$-]{1,40}$/);
  let index = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(word, tricky), { minLength: 1, maxLength: 6 }),
      folder,
      value,
      async (args, name, text) => {
        index += 1;
        const cwd = join(machine.folder, `d${String(index)}`, name);
        mkdirSync(cwd, { recursive: true });
        const file = `${out}-${String(index)}`;
        const script = `printf '%s\\0' "$@" >'${file}.tmp'; pwd >'${file}.cwd'; mv '${file}.tmp' '${file}'; exec sleep 1000`;
        const session = `s-${String(index)}`;
        const commands: readonly TmuxCommand[] = [
          { type: 'new-session', name: session, cwd, argv: ['sh', '-c', script, 'sh', ...args] },
          {
            type: 'set-option',
            scope: 'session',
            session: { type: 'created', name: session },
            option: '@rollcall_owner',
            value: { type: 'literal', text },
          },
        ];
        expect(await machine.host.tmux.act({ incarnation, session: null, pane: null }, commands)).toEqual({
          type: 'applied',
        });
        await until(() => existsSync(file));
        expect(readFileSync(file, 'utf8').split('\0').slice(0, -1)).toEqual(args);
        expect(readFileSync(`${file}.cwd`, 'utf8')).toBe(`${cwd}\n`);
        expect(machine.tmux('show-options', '-v', '-t', `=${session}:`, '@rollcall_owner')).toBe(text);
        machine.tmux('kill-session', '-t', `=${session}`);
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);
