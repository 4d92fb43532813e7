import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync, copyFileSync } from 'node:fs';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import type { Profile } from '../../src/agents/profile.ts';
import { openHost } from '../../src/host/host.ts';
import type { DesiredState } from '../../src/model/desired.ts';
import type { HostReader, TmuxAnswer, TmuxListing } from '../../src/model/host.ts';
import { type Memory, NO_MEMORY } from '../../src/model/memory.ts';
import type { Observed, ObservedSession } from '../../src/model/observed.ts';
import { stampCommands } from '../../src/model/stamp.ts';
import type { ProfileOf } from '../../src/observe/account.ts';
import { lookCache } from '../../src/observe/look-cache.ts';
import { type LookContext, observe, seenServer } from '../../src/observe/look.ts';
import { recordText } from '../../src/queue/record.ts';
import { desired as fleet, pool } from '../support/fleet.ts';
import { countingTmux, type PrivateMachine, privateMachine, until } from '../support/tmux.ts';
import { RECORD } from './inbox-rig.ts';

let machine: PrivateMachine;
const children: ChildProcess[] = [];
beforeEach(() => {
  machine = privateMachine();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  machine.cleanup();
});

const SLEEP = ['--', 'sleep', '1000'];

const profileOf: ProfileOf = (agent) =>
  agent === 'claude'
    ? { homeEnv: 'CLAUDE_CONFIG_DIR', defaultHome: '~/.claude', process: ['rc-test-claude'] }
    : null;

function desired(): DesiredState {
  const at = (name: string): string => join(machine.home, name);
  return fleet({
    tmux: { socket: { type: 'path', path: machine.socket } },
    accounts: {
      main: { agent: 'claude', home: at('.claude-main') },
      backup: { agent: 'claude', home: at('.claude-backup') },
    },
    activeAccounts: { claude: { link: at('.claude'), prefer: ['main', 'backup'], select: 'sticky' } },
    sharedState: { root: at('.shared'), entries: { claude: ['projects'] } },
    dedicated: { mine: { cwd: at('mine'), agent: null, onSwap: 'leave' } },
    pools: { auto: pool({ startIndex: 11, max: 10, cwd: at('work') }) },
  });
}

function look(host: HostReader = machine.host, memory: Memory = NO_MEMORY): Promise<Observed> {
  return observe(host, desired(), memory, context());
}

function context(over: Partial<LookContext> = {}): LookContext {
  const runsDir = join(machine.folder, 'runs');
  return { profileOf, agentOf: () => null, runsDir, userHome: machine.home, cache: lookCache(), ...over };
}

async function sessions(host: HostReader = machine.host): Promise<Readonly<Record<string, ObservedSession>>> {
  const { tmux } = await look(host);
  if (!tmux.ok || tmux.value.type === 'none') throw new Error(`no sessions: ${JSON.stringify(tmux)}`);
  return Object.fromEntries(Object.values(tmux.value.sessions).map((session) => [session.name, session]));
}

async function createStamped(name: string, owner = 'home'): Promise<void> {
  const marks = { owner, kind: 'pool', recordsPane: true } as const;
  const result = await machine.host.tmux.actOnNewServer([
    { type: 'new-session', name, cwd: machine.home, argv: ['sleep', '1000'] },
    ...stampCommands({ type: 'created', name }, marks),
  ]);
  expect(result).toEqual({ type: 'applied' });
}

test('no server is no sessions', async () => {
  expect((await look()).tmux).toEqual({ ok: true, value: { type: 'none' } });
});

test('a stamped session is seen with the pane and process we started in it', async () => {
  await createStamped('auto-11');
  const seen = (await sessions())['auto-11'];
  const [pane] = Object.values(seen?.panes ?? {});
  expect(seen?.stamp).toEqual({
    owner: 'home',
    kind: 'pool',
    pane: pane?.id,
    pid: pane?.pid,
    work: null,
    freedAt: null,
  });
  expect(seen?.contradictedBy).toBeNull();
  expect(seen?.typedAt).toBeNull();
  expect(Math.abs((seen?.createdAt ?? 0) - Date.now())).toBeLessThan(60_000);
});

test('a foreign session has no stamp, whatever its name is', async () => {
  for (const name of ['auto-11', 'auto-1', 'mine', 'x'])
    machine.tmux('new-session', '-d', '-s', name, ...SLEEP);
  expect(Object.values(await sessions()).map(({ stamp }) => stamp)).toEqual([null, null, null, null]);
});

test('a global option makes nobody ours', async () => {
  machine.tmux('new-session', '-d', '-s', 'auto-11', ...SLEEP);
  machine.tmux('set-option', '-g', '@rollcall_owner', 'home');
  machine.tmux('set-option', '-g', '@rollcall_kind', 'pool');
  const { tmux } = await look();
  expect(tmux).toMatchObject({ ok: true, value: { stampInherited: true } });
  expect((await sessions())['auto-11']).toMatchObject({ stamp: null, contradictedBy: 'home' });
});

test('a pane that shows another owner contradicts the stamp, also an empty one', async () => {
  await createStamped('auto-11');
  for (const value of ['evil', '']) {
    machine.tmux('set-option', '-p', '-t', '%0', '@rollcall_owner', value);
    expect((await sessions())['auto-11']).toMatchObject({ stamp: { owner: 'home' }, contradictedBy: value });
  }
});

test.each([
  ['@rollcall_kind', 'x'],
  ['@rollcall_kind', 'pool\nx'],
  ['@rollcall_owner', 'ho me'],
])('a stamp that is not one we write is none: %s %j', async (option, value) => {
  await createStamped('auto-11');
  machine.tmux('set-option', '-t', 'auto-11:', option, value);
  expect((await sessions())['auto-11']?.stamp).toBeNull();
});

/** Sets options of a session's own. */
function mark(name: string, options: Readonly<Record<string, string>>): void {
  for (const [option, value] of Object.entries(options)) {
    machine.tmux('set-option', '-t', `${name}:`, `@rollcall_${option}`, value);
  }
}

test.each<[options: Record<string, string>, work: object | null, freedAt: number | null]>([
  [{}, null, null],
  [{ fence: 'abcd1234' }, { attempt: 'abcd1234', phase: null, since: null }, null],
  [
    { fence: 'abcd1234', phase: 'pasted', since: '1700000000000' },
    { attempt: 'abcd1234', phase: 'pasted', since: 1_700_000_000_000 },
    null,
  ],
  [
    { fence: 'abcd1234', phase: 'started', since: 'x' },
    { attempt: 'abcd1234', phase: 'started', since: null },
    null,
  ],
  [{ freed: '1700000000000' }, null, 1_700_000_000_000],
  [{ freed: 'yesterday' }, null, null],
])('a stamp says what the session works on: %j', async (options, work, freedAt) => {
  await createStamped('auto-11');
  mark('auto-11', options);
  const seen = (await sessions())['auto-11'];
  expect(seen).toMatchObject({ stamp: { owner: 'home', work, freedAt }, contradictedBy: null });
});

test.each([
  { fence: 'x' },
  { fence: '#{pid}' },
  { fence: 'abcd1234', phase: 'flying' },
  { phase: 'started' },
])('work that is not written as we write it makes the session nobody’s: %j', async (options) => {
  await createStamped('auto-11');
  mark('auto-11', options);
  expect((await sessions())['auto-11']?.stamp).toBeNull();
});

test('a pane that shows another fence contradicts the stamp', async () => {
  await createStamped('auto-11');
  machine.tmux('set-option', '-p', '-t', '%0', '@rollcall_fence', 'abcd1234');
  expect((await sessions())['auto-11']).toMatchObject({ stamp: { work: null }, contradictedBy: 'abcd1234' });
  mark('auto-11', { fence: 'wxyz9876' });
  expect((await sessions())['auto-11']).toMatchObject({
    stamp: { work: { attempt: 'wxyz9876' } },
    contradictedBy: 'abcd1234',
  });
});

test('a record of pane and process that is not whole is none, the owner stays', async () => {
  await createStamped('auto-11');
  machine.tmux('set-option', '-t', 'auto-11:', '@rollcall_pid', '12x');
  expect((await sessions())['auto-11']?.stamp).toMatchObject({
    owner: 'home',
    kind: 'pool',
    pane: null,
    pid: null,
  });
});

test('500 sessions take two tmux invocations, all stamps read', async () => {
  const lines = Array.from({ length: 500 }, (_, n) => [
    `new-session -d -s big-${String(n)} -c / -- sleep 1000`,
    `set-option -t '=big-${String(n)}:' @rollcall_owner home`,
    `set-option -t '=big-${String(n)}:' @rollcall_kind pool`,
  ]).flat();
  execFileSync('tmux', ['-S', machine.socket, 'start-server', ';', 'source-file', '-'], {
    env: machine.env,
    input: `${lines.join('\n')}\n`,
  });
  const counting = countingTmux(machine);
  const seen = await sessions(machine.hostWith({ env: counting.env }));
  expect(counting.calls()).toBe(2);
  expect(Object.values(seen).filter(({ stamp }) => stamp?.owner === 'home')).toHaveLength(500);
}, 30_000);

/** The host with something done between the two invocations. */
function between(interfere: () => void | Promise<void>): HostReader {
  const { tmux } = machine.host;
  const stamps: HostReader['tmux']['stamps'] = async (ids, panes) => {
    await interfere();
    return tmux.stamps(ids, panes);
  };
  const list = (): Promise<TmuxAnswer<TmuxListing>> => tmux.list();
  return { ...machine.host, tmux: { socket: tmux.socket, list, stamps } };
}

test('a session that goes while we look is absent, the others are seen', async () => {
  await createStamped('auto-11');
  await createStamped('auto-12');
  const seen = await sessions(between(() => void machine.tmux('kill-session', '-t', '=auto-11')));
  expect(Object.keys(seen)).toEqual(['auto-12']);
});

test('a server replaced while we look is unreadable, for its ids mean others', async () => {
  await createStamped('auto-11');
  const host = between(async () => {
    machine.tmux('kill-server');
    await until(() => machine.serverPid() === null);
    await createStamped('auto-12');
  });
  expect((await look(host)).tmux).toMatchObject({ ok: false, diagnostic: { code: 'tmux-unreadable' } });
});

test('a server that lives but lost its socket is unreachable, never absent', async () => {
  await createStamped('auto-11');
  const server = await seenServer(machine.host, await look());
  expect(server).toMatchObject({ socket: machine.socket, pid: machine.serverPid() });
  rmSync(machine.socket);
  try {
    const seen = await look(machine.host, { ...NO_MEMORY, server });
    expect(seen.tmux).toMatchObject({ ok: false, diagnostic: { code: 'tmux-unreachable' } });
    expect((await look()).tmux).toEqual({ ok: true, value: { type: 'none' } });
    const other = server === null ? null : { ...server, procStart: '1' };
    expect((await look(machine.host, { ...NO_MEMORY, server: other })).tmux.ok).toBe(true);
  } finally {
    process.kill(server?.pid ?? 0, 'SIGUSR1');
    await until(() => machine.serverPid() !== null);
  }
});

test('a tmux that fails is unreadable, and the rest of the look is there', async () => {
  const host = machine.hostWith({ env: { ...machine.env, PATH: '/nowhere' } });
  const seen = await look(host);
  expect(seen.tmux).toMatchObject({ ok: false, diagnostic: { code: 'tmux-unreadable' } });
  expect(seen.directories[machine.home.concat('/work')]).toEqual({ ok: true, value: { type: 'absent' } });
});

test('every path and folder the fleet rests on is looked at', async () => {
  const at = (name: string): string => join(machine.home, name);
  mkdirSync(at('.claude-main'));
  mkdirSync(at('.shared/projects'), { recursive: true });
  symlinkSync(at('.shared/projects'), at('.claude-main/projects'));
  symlinkSync(at('.claude-main'), at('.claude'));
  writeFileSync(at('.claude-backup'), '');
  const { paths, directories } = await look();
  const value = (what: object): object => ({ ok: true, value: what });
  expect(paths).toEqual({
    [at('.claude')]: value({ type: 'link', target: at('.claude-main'), resolved: at('.claude-main') }),
    [at('.claude-backup/projects')]: value({ type: 'absent' }),
    [at('.claude-main/projects')]: value({
      type: 'link',
      target: at('.shared/projects'),
      resolved: at('.shared/projects'),
    }),
    [at('.shared/projects')]: value({ type: 'directory' }),
  });
  expect(directories).toEqual({
    [at('.claude-backup')]: value({ type: 'not-a-directory' }),
    [at('.claude-main')]: value({ type: 'present', real: at('.claude-main') }),
    [at('.shared')]: value({ type: 'present', real: at('.shared') }),
    [at('.shared/projects')]: value({ type: 'present', real: at('.shared/projects') }),
    [at('mine')]: value({ type: 'absent' }),
    [at('work')]: value({ type: 'absent' }),
  });
});

test('a folder that may not be read is unreadable, never absent', async () => {
  const error = { type: 'error', code: 'EACCES', text: 'EACCES: permission denied' } as const;
  const files = {
    ...machine.host.files,
    path: () => Promise.resolve(error),
    directory: () => Promise.resolve(error),
  };
  const { paths, directories } = await look({ ...machine.host, files });
  for (const reading of [...Object.values(paths), ...Object.values(directories)]) {
    expect(reading).toMatchObject({ ok: false, diagnostic: { code: 'path-unreadable' } });
  }
});

/** A program that goes by the name of the test's agent. */
async function agent(env: Readonly<Record<string, string>>): Promise<number> {
  const program = join(machine.folder, 'rc-test-claude');
  copyFileSync(execFileSync('sh', ['-c', 'command -v sleep'], { encoding: 'utf8' }).trim(), program);
  chmodSync(program, 0o755);
  const child = spawn(program, ['1000'], { env, stdio: 'ignore' });
  children.push(child);
  await new Promise((resolve) => child.once('spawn', resolve));
  return child.pid ?? 0;
}

test.each<[string, (home: string) => Record<string, string>, boolean]>([
  ['by the variable', (home) => ({ CLAUDE_CONFIG_DIR: `${home}/.claude` }), true],
  ['by the variable, oddly spelled', (home) => ({ CLAUDE_CONFIG_DIR: `${home}//x/.././.claude/` }), true],
  ['by default', (home) => ({ HOME: home }), true],
  ['by an empty variable, so by default', (home) => ({ HOME: home, CLAUDE_CONFIG_DIR: '' }), true],
  ['not: its own home', (home) => ({ HOME: home, CLAUDE_CONFIG_DIR: `${home}/.claude-main` }), false],
  ['not: another home directory', () => ({ HOME: '/elsewhere' }), false],
])('a live agent reaches its home through the link %s', async (_, env, uses) => {
  const pid = await agent(env(machine.home));
  const { linkUsers } = await look();
  expect(linkUsers['claude']).toEqual({ ok: true, value: uses ? [{ pid, command: 'rc-test-claude' }] : [] });
});

test('an agent that hides its environment counts as a user of the link', async () => {
  const pid = await agent({ HOME: '/elsewhere' });
  const processes = { ...machine.host.processes, environmentOf: () => Promise.resolve(null) };
  const { linkUsers } = await look({ ...machine.host, processes });
  expect(linkUsers['claude']).toEqual({ ok: true, value: [{ pid, command: 'rc-test-claude' }] });
});

test('where processes cannot be listed, or the agent cannot be told, users are unknown', async () => {
  const processes = { ...machine.host.processes, list: () => Promise.resolve(null) };
  expect((await look({ ...machine.host, processes })).linkUsers['claude']).toMatchObject({ ok: false });
  const seen = await observe(machine.host, desired(), NO_MEMORY, context({ profileOf: () => null }));
  expect(seen.linkUsers['claude']).toMatchObject({ ok: false });
});

test('looking changes nothing: no file, no option, no server', async () => {
  await createStamped('auto-11');
  const before = machine.sh(
    `find ${machine.folder} -printf '%p %i %m %T@\\n' | sort; tmux -S ${machine.socket} show-options -g`,
  );
  await look();
  await look(openHost({ socket: { type: 'name', name: 'other' }, env: machine.env }));
  expect(
    machine.sh(
      `find ${machine.folder} -printf '%p %i %m %T@\\n' | sort; tmux -S ${machine.socket} show-options -g`,
    ),
  ).toBe(before);
});

describe('a task under way', () => {
  const A = 'aaaa1111';
  const at = (name: string): string => join(machine.home, name);
  const file = `fix@auto-11@${A}.md`;

  function withInbox(): DesiredState {
    const inbox = { dir: at('q/inbox'), pool: 'auto', cwd: at('project'), allow: ALLOW };
    return {
      ...desired(),
      inboxes: { work: inbox },
      agents: {
        claude: { extends: 'builtin:claude', args: [], env: {}, trust: [], models: null, overrides: {} },
      },
    };
  }
  const ALLOW = { cwd: ['/allowed/**'], models: [], agents: [] };

  function observed(host: HostReader): Promise<Observed> {
    const agentOf = (): { profile: Profile } => ({ profile: builtinProfile('claude') });
    return observe(host, withInbox(), NO_MEMORY, context({ agentOf }));
  }

  beforeEach(() => {
    mkdirSync(at('q/inbox'), { recursive: true });
    mkdirSync(at('q/attempts'));
    mkdirSync(at('q/claimed'));
    mkdirSync(at('project'));
    const record = { ...RECORD, attempt: A, cwd: at('project'), session: 'auto-11' };
    writeFileSync(at(`q/attempts/fix@${A}.json`), recordText(record));
  });

  test('is seen with its screen, in two tmux invocations', async () => {
    writeFileSync(at(`q/claimed/${file}`), 'Do it.\n');
    for (const name of ['auto-11', 'auto-12']) await createStamped(name);
    machine.tmux(
      'respawn-pane',
      '-k',
      '-t',
      'auto-11:',
      '--',
      'sh',
      '-c',
      'echo rc-says-hello; exec sleep 1000',
    );
    const pid = machine.tmux('display-message', '-p', '-t', 'auto-11:', '#{pane_pid}');
    mark('auto-11', { fence: A, phase: 'started', since: '5', pid });
    await until(() => machine.tmux('capture-pane', '-p', '-t', 'auto-11:').includes('hello'));
    const counting = countingTmux(machine);
    const { runs, inboxes, directories, nonce } = await observed(machine.hostWith({ env: counting.env }));
    expect(counting.calls()).toBe(2);
    expect(Object.keys(runs)).toEqual([A]);
    expect(runs[A]).toMatchObject({ claim: { file }, facts: { screen: { lastLines: ['rc-says-hello'] } } });
    expect(inboxes['work']).toMatchObject({ ok: true, value: { claims: { [A]: { id: 'fix' } } } });
    expect(directories[at('project')]).toMatchObject({ ok: true, value: { type: 'present' } });
    expect(nonce).toMatch(/^[0-9a-f]{32}$/);
  });

  test('is the only reason to read a screen', async () => {
    for (const name of ['auto-11', 'auto-12']) await createStamped(name);
    await createStamped('auto-13', 'other');
    for (const name of ['auto-11', 'auto-13']) mark(name, { fence: A, phase: 'started' });
    const asked: string[] = [];
    const { tmux } = machine.host;
    const stamps: HostReader['tmux']['stamps'] = (ids, panes = []) => {
      asked.push(...panes);
      return tmux.stamps(ids, panes);
    };
    const list = (): Promise<TmuxAnswer<TmuxListing>> => tmux.list();
    await observed({ ...machine.host, tmux: { socket: tmux.socket, list, stamps } });
    expect(asked).toEqual([machine.tmux('display-message', '-p', '-t', 'auto-11:', '#{pane_id}')]);
  });

  test('is not taken for over where it is claimed while we look', async () => {
    await createStamped('auto-11');
    mark('auto-11', { fence: A, phase: 'started', since: '5' });
    const host = between(() => writeFileSync(at(`q/claimed/${file}`), 'Do it.\n'));
    expect((await observed(host)).runs[A]?.claim).toMatchObject({ id: 'fix' });
  });

  test('is seen reserved wherever it is seen claimed', async () => {
    await createStamped('auto-11');
    const claimThenList = {
      ...machine.host,
      files: {
        ...machine.host.files,
        names: async (path: string) => {
          const names = await machine.host.files.names(path);
          // Whoever reserves and claims right after we looked into the folder.
          if (path.endsWith('/claimed')) mark('auto-11', { fence: A });
          return names;
        },
      },
    };
    writeFileSync(at(`q/claimed/${file}`), 'Do it.\n');
    const { runs, tmux } = await observed(claimThenList);
    const [session] = tmux.ok && tmux.value.type === 'up' ? Object.values(tmux.value.sessions) : [];
    expect(runs[A]?.claim).toMatchObject({ id: 'fix' });
    expect(session?.stamp?.work).toMatchObject({ attempt: A });
  });

  test('makes us look into no folder that its inbox does not allow', async () => {
    writeFileSync(at('q/inbox/a.md'), '---\ncwd: /allowed/x\n---\nDo it.\n');
    writeFileSync(at('q/inbox/b.md'), '---\ncwd: /etc\n---\nDo it.\n');
    const later = { ...machine.host, now: () => Date.now() + 60_000 };
    const { inboxes, directories } = await observed(later);
    expect(inboxes['work']).toMatchObject({
      value: { entries: { 'a.md': { type: 'task' }, 'b.md': { type: 'task' } } },
    });
    expect(directories['/allowed/x']).toEqual({ ok: true, value: { type: 'absent' } });
    expect(directories['/etc']).toBeUndefined();
  });
});
