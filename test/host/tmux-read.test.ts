import { mkdirSync, existsSync, readdirSync } from 'node:fs';
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PrivateMachine, listed, privateMachine, until } from '../support/tmux.ts';

let machine: PrivateMachine;
beforeEach(() => {
  machine = privateMachine();
});
afterEach(() => {
  machine.cleanup();
});

const SLEEP = ['--', 'sleep', '1000'];

test('a socket nobody listens at is no server, not an error', async () => {
  expect(await machine.host.tmux.list()).toEqual({ type: 'no-server' });
  expect(await machine.host.tmux.stamps(['$1'])).toEqual({ type: 'no-server' });
});

test('a socket left behind by a killed server is no server', async () => {
  machine.tmux('new-session', '-d', '-s', 'a', ...SLEEP);
  const pane = Number(machine.tmux('display-message', '-p', '#{pane_pid}'));
  process.kill(machine.serverPid() ?? 0, 'SIGKILL');
  await until(() => machine.serverPid() === null);
  expect(existsSync(machine.socket)).toBe(true);
  expect(await machine.host.tmux.list()).toEqual({ type: 'no-server' });
  process.kill(pane, 'SIGKILL');
});

test('reading makes no folder and starts no server, also for a named socket', async () => {
  const { openHost } = await import('../../src/host/host.ts');
  const host = openHost({ socket: { type: 'name', name: 'x' }, env: machine.env });
  const before = readdirSync(machine.folder);
  expect(await host.tmux.list()).toEqual({ type: 'no-server' });
  expect(readdirSync(machine.folder)).toEqual(before);
});

test('a named socket is found where tmux itself puts it', async () => {
  const { openHost } = await import('../../src/host/host.ts');
  const host = openHost({ socket: { type: 'name', name: 'x' }, env: machine.env });
  execFileSync('tmux', ['-L', 'x', 'new-session', '-d', '-s', 'n', 'sleep 1000'], { env: machine.env });
  try {
    expect(existsSync(host.tmux.socket)).toBe(true);
    expect(Object.values((await listed(host)).sessions).map(({ name }) => name)).toEqual(['n']);
  } finally {
    execFileSync('tmux', ['-L', 'x', 'kill-server'], { env: machine.env });
  }
});

test('a live server without sessions is an empty listing', async () => {
  const server = spawn('tmux', ['-S', machine.socket, '-D'], { env: machine.env, stdio: 'ignore' });
  try {
    await until(() => machine.serverPid() !== null);
    const { sessions, incarnation } = await listed(machine.host);
    expect(sessions).toEqual({});
    expect(incarnation.pid).toBe(server.pid);
    expect(await machine.host.tmux.stamps([])).toMatchObject({
      type: 'ok',
      value: { sessions: {}, inherited: false },
    });
  } finally {
    server.kill('SIGTERM');
  }
});

test('a tmux that is missing, forbidden or something else is an error with its words', async () => {
  const { env } = machine;
  machine.tmux('new-session', '-d', '-s', 'a', ...SLEEP);
  const none = machine.hostWith({ env: { ...env, PATH: '/nowhere' } });
  expect(await none.tmux.list()).toMatchObject({ type: 'error', text: expect.stringContaining('ENOENT') });
  const fake = (name: string, script: string): string => {
    const bin = join(machine.folder, name);
    mkdirSync(bin);
    execFileSync('sh', [
      '-c',
      `printf '%s' "$1" >'${bin}/tmux'; chmod +x '${bin}/tmux'`,
      'sh',
      `#!/bin/sh\n${script}\n`,
    ]);
    return `${bin}:${env['PATH'] ?? ''}`;
  };
  for (const [name, script, text] of [
    ['denied', "echo 'error connecting to /s (Permission denied)' >&2; exit 1", 'Permission denied'],
    ['lost', "echo 'server exited unexpectedly' >&2; exit 1", 'server exited'],
    ['silent', 'exit 0', 'do not understand'],
    ['chatty', 'echo hello', 'do not understand'],
    ['both', "echo x; echo 'no server running on /s' >&2; exit 1", ''],
  ] as const) {
    const host = machine.hostWith({ env: { ...env, PATH: fake(name, script) } });
    expect(await host.tmux.list()).toMatchObject({
      type: 'error',
      text: expect.stringContaining(text),
    });
  }
});

test('a server that does not answer is a timeout', async () => {
  machine.tmux('new-session', '-d', '-s', 'a', ...SLEEP);
  const pid = machine.serverPid() ?? 0;
  process.kill(pid, 'SIGSTOP');
  try {
    expect(await machine.hostWith({ timeoutMs: 200 }).tmux.list()).toEqual({ type: 'timeout' });
  } finally {
    process.kill(pid, 'SIGCONT');
  }
});

test('foreign names, folders and titles are read exactly and run nothing', async () => {
  const pwned = join(machine.folder, 'pwned');
  const folders = [`#(touch ${pwned.replaceAll('/', '_')})`, 'new\nline', 'a;b', `quo'te"d`, 'x'.repeat(200)];
  const paths = folders.map((name) => join(machine.folder, name));
  for (const path of paths) mkdirSync(path);
  paths.forEach((cwd, index) => {
    execFileSync(
      'tmux',
      ['-u', '-S', machine.socket, 'new-session', '-d', '-s', `h-${String(index)}`, 'sleep 1000'],
      {
        cwd,
        env: machine.env,
      },
    );
  });
  machine.tmux(
    'set-option',
    '-t',
    'h-0:',
    '@rollcall_owner',
    `#(touch ${pwned})\n$0 %0 forged\n; kill-server`,
  );
  const { sessions } = await listed(machine.host);
  const seen = Object.values(sessions).map((session) => Object.values(session.panes)[0]?.cwd);
  expect(seen).toEqual(paths);
  expect(Object.values(sessions).map(({ name }) => name)).toEqual(
    paths.map((_, index) => `h-${String(index)}`),
  );
  const shown = Object.values(sessions).flatMap(({ panes }) =>
    Object.values(panes).map((pane) => pane.shownOwner),
  );
  expect(shown[0]).toBe(`#(touch ${pwned})\n$0 %0 forged\n; kill-server`);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(existsSync(pwned)).toBe(false);
});

test('a folder that is not UTF-8 is read as no path that could be meant', async () => {
  machine.sh(
    `cd ${machine.folder} && mkdir "$(printf 'bad\\377')" && cd "$(printf 'bad\\377')" && tmux -u -S ${machine.socket} new-session -d -s a 'sleep 1000'`,
  );
  const [session] = Object.values((await listed(machine.host)).sessions);
  expect(Object.values(session?.panes ?? {})[0]?.cwd).toBe(join(machine.folder, 'bad�'));
});

test('a name of 10 kB, and one with a tab and a quote, are listed as tmux keeps them', async () => {
  const long = 'n'.repeat(10_000);
  machine.tmux('new-session', '-d', '-s', long, ...SLEEP);
  machine.tmux('new-session', '-d', '-s', `t\t'"$x é`, ...SLEEP);
  const names = Object.values((await listed(machine.host)).sessions).map(({ name }) => name);
  expect(names.includes(long)).toBe(true);
  expect(names.filter((name) => name !== long)).toEqual([`t\\t'"\\$x é`]);
});

test('sessions of one group are each listed with the panes they share', async () => {
  machine.tmux('new-session', '-d', '-s', 'one', ...SLEEP);
  machine.tmux('new-session', '-d', '-s', 'two', '-t', 'one');
  const { sessions } = await listed(machine.host);
  expect(Object.keys(sessions)).toHaveLength(2);
  expect(Object.values(sessions).map(({ panes }) => Object.keys(panes))).toEqual([['%0'], ['%0']]);
});

test('a dead pane is dead, with its exit status where tmux knows it', async () => {
  machine.tmux('new-session', '-d', '-s', 'a', '-x', '80', '-y', '24', '--', 'sh', '-c', 'sleep 0.3; exit 7');
  machine.tmux('set-option', '-w', '-t', 'a:', 'remain-on-exit', 'on');
  const pane = await until(async () => {
    const [session] = Object.values((await listed(machine.host)).sessions);
    const [first] = Object.values(session?.panes ?? {});
    return first?.dead === true ? first : null;
  });
  expect([7, null]).toContain(pane.deadStatus);
  expect(pane.deadSignal).toBeNull();
});

test('stamps are the session’s own options, never a global, window or pane one', async () => {
  machine.tmux('new-session', '-d', '-s', 'ours', ...SLEEP);
  machine.tmux('new-session', '-d', '-s', 'theirs', ...SLEEP);
  machine.tmux('set-option', '-t', 'ours:', '@rollcall_owner', 'home');
  machine.tmux('set-option', '-t', 'ours:', '@rollcall_pane', '%0');
  machine.tmux('set-option', '-w', '-t', 'theirs:', '@rollcall_owner', 'home');
  machine.tmux('set-option', '-p', '-t', 'theirs:', '@rollcall_owner', 'home');
  expect(await machine.host.tmux.stamps(['$0', '$1'])).toMatchObject({
    type: 'ok',
    value: {
      inherited: false,
      sessions: { $0: { '@rollcall_owner': 'home', '@rollcall_pane': '%0' }, $1: {} },
    },
  });
  for (const scope of ['-g', '-gw', '-s']) {
    machine.tmux('set-option', scope, '@rollcall_owner', 'home');
    expect(await machine.host.tmux.stamps(['$1'])).toMatchObject({
      type: 'ok',
      value: { inherited: true, sessions: { $1: {} } },
    });
    machine.tmux('set-option', `${scope}u`, '@rollcall_owner');
  }
});

test('a session that has gone is missing from the stamps, the others are there', async () => {
  for (const name of ['a', 'b', 'c']) machine.tmux('new-session', '-d', '-s', name, ...SLEEP);
  machine.tmux('set-option', '-t', 'c:', '@rollcall_owner', 'home');
  machine.tmux('kill-session', '-t', 'b');
  const stamps = await machine.host.tmux.stamps(['$0', '$1', '$2', '$99']);
  expect(stamps).toMatchObject({ type: 'ok' });
  expect(stamps.type === 'ok' ? stamps.value.sessions : null).toEqual({
    $0: {},
    $2: { '@rollcall_owner': 'home' },
  });
});

test.each([
  'a\nb',
  'home\n@rollcall_kind pool',
  '"home"',
  'ho me',
  "'",
  '#(touch x)',
  '$HOME',
  'é',
  '\\',
  '"',
  '~',
  'x'.repeat(10_000),
])('a hostile option value is no value of ours: %j', async (value) => {
  machine.tmux('new-session', '-d', '-s', 'a', ...SLEEP);
  machine.tmux('set-option', '-t', 'a:', '@rollcall_owner', value);
  machine.tmux('set-option', '-t', 'a:', '@rollcall_pid', '12');
  const stamps = await machine.host.tmux.stamps(['$0']);
  const own = stamps.type === 'ok' ? stamps.value.sessions['$0'] : undefined;
  expect(Object.keys(own ?? {}).toSorted()).toEqual(['@rollcall_owner', '@rollcall_pid']);
  expect(own?.['@rollcall_pid']).toBe('12');
  expect(own?.['@rollcall_owner']).not.toBe('home');
});
