import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import { startOf } from '../../src/host/processes.ts';
import { launcherArgv } from '../../src/launcher/argv.ts';
import type { DesiredState } from '../../src/model/desired.ts';
import type { Observed, Stamp, Work } from '../../src/model/observed.ts';
import { claimFile } from '../../src/model/queue.ts';
import { read, unreadable } from '../../src/model/reading.ts';
import type { AgentFacts, ObservedRun } from '../../src/model/run.ts';
import { lookCache } from '../../src/observe/look-cache.ts';
import { lookAtRuns } from '../../src/observe/run.ts';
import type { Screens } from '../../src/observe/session.ts';
import { capture } from '../agents/captures.ts';
import { FLEET, pane, server, session } from '../support/fleet.ts';
import { type PrivateMachine, privateMachine, until } from '../support/tmux.ts';
import { type InboxRig, inboxRig, RECORD } from './inbox-rig.ts';

let machine: PrivateMachine;
let rig: InboxRig;
let cache: ReturnType<typeof lookCache>;
const children: ChildProcess[] = [];
/** Unlike that of any test beside this one: processes are looked for by it. */
const A = randomBytes(6).toString('hex');
beforeEach(() => {
  machine = privateMachine();
  rig = inboxRig(machine);
  cache = lookCache();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  machine.cleanup();
});

const runDir = (attempt = A): string => join(machine.folder, 'runs', attempt);

/** Writes a file of a run; a value that is no text is written as JSON. */
function put(path: string, content: unknown = '', at?: number): string {
  const file = path.startsWith('/') ? path : join(runDir(), path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  if (at !== undefined) utimesSync(file, at / 1000, at / 1000);
  return file;
}

function claimed(over: Partial<typeof RECORD> = {}): void {
  const { id, session: name, attempt } = rig.record({ attempt: A, ...over });
  rig.write('claimed', claimFile({ id, session: name, attempt }));
}

const CLAUDE = { extends: 'builtin:claude', args: [], env: {}, trust: [], models: null, overrides: {} };

function fleet(over: Partial<DesiredState> = {}): DesiredState {
  const main = { agent: 'claude', home: join(machine.home, '.claude-main') };
  return rig.desired({ agents: { claude: CLAUDE }, accounts: { main }, ...over });
}

interface Seen {
  readonly desired?: DesiredState;
  readonly inboxes?: Observed['inboxes'];
  readonly tmux?: Observed['tmux'];
  readonly screens?: Screens;
  readonly between?: () => void;
}

async function look(seen: Seen = {}): Promise<Readonly<Record<string, ObservedRun>>> {
  const desired = seen.desired ?? fleet();
  const inboxes = seen.inboxes ?? (await rig.reading({ desired }));
  seen.between?.();
  const tmux = seen.tmux ?? read({ type: 'none' });
  const so = { inboxes, tmux, screens: seen.screens ?? {}, at: 12_345 };
  return await lookAtRuns(machine.host, desired, so, {
    agentOf: (name) => (name === 'claude' ? { profile: builtinProfile('claude') } : null),
    runsDir: join(machine.folder, 'runs'),
    userHome: machine.home,
    cache,
  });
}

async function run(seen?: Seen): Promise<ObservedRun> {
  const found = (await look(seen))[A];
  if (found === undefined) throw new Error('no such run');
  return found;
}

const started: Work = { attempt: A, phase: 'started', since: 1 };

/** A server with one session of ours that carries the attempt in pane %7. */
function carrying(work: Work | null, over: Partial<Stamp> = {}): Observed['tmux'] {
  const stamp = { owner: FLEET, kind: 'pool', pane: '%7', pid: 70, work, freedAt: null, ...over } as const;
  const panes = { '%7': pane('%7', { pid: 70 }) };
  return read(server([{ ...session(7, 'auto-0', 'free'), stamp, panes }]));
}

describe('the attempts', () => {
  test('are those that are claimed and those that a session of ours carries', async () => {
    claimed();
    const carried = { attempt: 'zzzz2222', phase: null, since: null };
    expect(Object.keys(await look({ tmux: carrying(carried) }))).toEqual([A, 'zzzz2222']);
  });

  test.each<[string, Partial<Stamp>]>([
    ['another fleet', { owner: 'other' }],
    ['a dedicated session', { kind: 'dedicated' }],
  ])('are none of %s', async (_, over) => {
    expect(await look({ tmux: carrying(started, over) })).toEqual({});
  });

  test('have their claim and record', async () => {
    claimed({ launches: 1 });
    const { claim, record, runDir: folder } = await run();
    expect(claim).toMatchObject({ inbox: 'work', id: 'fix', session: 'auto-0', attempt: A });
    expect(record).toEqual(read({ ...RECORD, attempt: A }));
    expect(folder).toBe(runDir());
  });

  test('that are over still have their record', async () => {
    rig.record({ attempt: A });
    expect(await run({ tmux: carrying(started) })).toMatchObject({
      claim: null,
      record: read({ ...RECORD, attempt: A }),
    });
  });

  test('that were claimed only after we looked into the inbox are not over', async () => {
    rig.record({ attempt: A });
    const name = claimFile({ id: 'fix', session: 'auto-0', attempt: A });
    const late = await run({ tmux: carrying(started), between: () => void rig.write('claimed', name) });
    expect(late.claim).toMatchObject({ id: 'fix', file: name });
  });

  test('have no record where none was written, and an unreadable one where it cannot be told', async () => {
    expect((await run({ tmux: carrying(started) })).record).toEqual(read(null));
    const inboxes = { work: unreadable(PROBLEM) };
    expect((await run({ tmux: carrying(started), inboxes })).record).toMatchObject({ ok: false });
  });

  test.each<[string, () => void]>([
    ['broken', () => rig.write('attempts', `fix@${A}.json`, '{"version":1')],
    [
      'of another attempt',
      () => {
        rig.record({ attempt: 'cccc3333' });
        const { attempts } = rig.folders;
        renameSync(join(attempts, 'fix@cccc3333.json'), join(attempts, `fix@${A}.json`));
      },
    ],
    ['a link', () => symlinkSync('/etc/passwd', join(rig.folders.attempts, `fix@${A}.json`))],
  ])('have an unreadable record, never none, where it is %s', async (_, make) => {
    claimed();
    rmSync(join(rig.folders.attempts, `fix@${A}.json`));
    make();
    expect((await run()).record).toMatchObject({ ok: false, diagnostic: { target: 'task/work/fix' } });
  });
});

const PROBLEM = {
  severity: 'error',
  code: 'inbox-unreadable',
  target: 'inbox/work',
  summary: '',
  detail: '',
  help: null,
} as const;

describe('what is to be started', () => {
  test.each<[files: readonly string[], spec: string]>([
    [[], 'absent'],
    [['spec.json'], 'waiting'],
    [['spec.taken'], 'taken'],
    [['spec.void'], 'void'],
    [['spec.json', 'spec.taken'], 'taken'],
    [['spec.taken', 'spec.void'], 'taken'],
  ])('is told by what stands there: %j is %s', async (files, spec) => {
    claimed();
    for (const file of files) put(`1/${file}`);
    expect((await run()).spec).toBe(spec);
  });

  test('counts as taken where it cannot be told', async () => {
    claimed();
    const files = { ...machine.host.files };
    const path = (): ReturnType<typeof files.path> =>
      Promise.resolve({ type: 'error', code: 'EIO', text: 'EIO' });
    const desired = fleet();
    const inboxes = await rig.reading({ desired });
    const runs = await lookAtRuns(
      { ...machine.host, files: { ...files, path } },
      desired,
      { inboxes, tmux: read({ type: 'none' }), screens: {}, at: 1 },
      { agentOf: () => null, runsDir: join(machine.folder, 'runs'), userHome: machine.home, cache },
    );
    expect(runs[A]?.spec).toBe('taken');
  });

  test('is that of the last start: by the record, else by the highest number', async () => {
    claimed({ launches: 2 });
    put('1/spec.taken');
    put('2/spec.json');
    put('10/spec.void');
    expect((await run()).spec).toBe('waiting');
    rmSync(join(rig.folders.attempts, `fix@${A}.json`));
    expect((await run()).spec).toBe('void');
  });
});

describe('the agent', () => {
  const spec = (argv: readonly string[]): object => ({
    argv,
    env: { PATH: process.env['PATH'], ROLLCALL_ATTEMPT: A },
    cwd: machine.home,
  });

  function launch(argv: readonly string[]): ChildProcess {
    put('1/spec.json', spec(argv));
    const [node = '', ...args] = launcherArgv(join(runDir(), '1'));
    const child = spawn(node, args, { env: machine.env, stdio: 'ignore' });
    children.push(child);
    return child;
  }

  test('is the process that the launcher started, until it ends', async () => {
    claimed();
    const launcher = launch(['sleep', '1000']);
    await until(() => existsSync(join(runDir(), '1/agent.json')));
    const { agent, spec: state, exit } = await run();
    expect(agent).toEqual({
      pid: expect.any(Number),
      start: startOf(agent?.pid ?? 0),
      alive: true,
      at: expect.any(Number),
    });
    expect([state, exit]).toEqual(['taken', null]);
    launcher.kill('SIGTERM');
    await until(() => existsSync(join(runDir(), '1/exit.json')));
    expect(await run()).toMatchObject({
      agent: { pid: agent?.pid, alive: false },
      exit: { code: null, signal: 'SIGTERM' },
    });
  });

  test('is not a later process of the same number', async () => {
    claimed();
    put('1/spec.taken');
    put('1/agent.json', { pid: process.pid, start: '1', at: 5 });
    expect((await run()).agent).toEqual({ pid: process.pid, start: '1', alive: false, at: 5 });
  });

  test('is found by its environment where its launcher died before it wrote it down', async () => {
    claimed();
    put('1/spec.taken');
    const line = `sleep 1000 & echo started; exec sleep 1000`;
    const env = { PATH: '/usr/bin:/bin', ROLLCALL_ATTEMPT: A };
    const child = spawn('sh', ['-c', line], { env, detached: true });
    onTestFinished(() => void process.kill(-(child.pid ?? 0), 'SIGKILL'));
    const other = spawn('sleep', ['1000'], { env: { PATH: '/usr/bin:/bin', ROLLCALL_ATTEMPT: 'zzzz9999' } });
    children.push(child, other);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const found = (await run()).agent;
    expect(found).toEqual({ pid: child.pid, start: startOf(child.pid ?? 0), alive: true, at: null });
    put('1/exit.json', { code: 0, signal: null, at: 1 });
    expect((await run()).agent).toBeNull();
  });

  test('is nobody where nothing was taken', async () => {
    claimed();
    put('1/spec.json', spec(['true']));
    const child = spawn('sleep', ['1000'], { env: { PATH: '/usr/bin:/bin', ROLLCALL_ATTEMPT: A } });
    children.push(child);
    await new Promise((resolve) => child.once('spawn', resolve));
    expect((await run()).agent).toBeNull();
  });

  test.each([
    '',
    '{',
    '[]',
    '{"pid":1,"start":"1","at":1}',
    '{"pid":"x","start":"1","at":1}',
    'x'.repeat(10_000),
  ])('is not believed of what no launcher writes: %.30s', async (text) => {
    claimed();
    put('1/spec.taken');
    put('1/agent.json', text);
    put('1/exit.json', text);
    expect(await run()).toMatchObject({ agent: null, exit: null });
  });

  test('was told to end when the mark of it was made', async () => {
    claimed();
    expect((await run()).endingSince).toBeNull();
    put('1/ending', '', 1_700_000_000_000);
    expect((await run()).endingSince).toBe(1_700_000_000_000);
  });
});

describe('a word about the task', () => {
  test.each<[string, [name: string, text: string, at: number][], object | null]>([
    ['none', [], null],
    ['done by touch', [['done', '', 5000]], { type: 'done', at: 5000, message: null }],
    [
      'failed with a message',
      [['failed', ' no way\n', 5000]],
      { type: 'failed', at: 5000, message: 'no way' },
    ],
    [
      'the first of two',
      [
        ['done', 'x', 9000],
        ['cancelled', 'y', 8000],
      ],
      { type: 'cancelled', at: 8000, message: 'y' },
    ],
    [
      'a long one, cut',
      [['done', 'é'.repeat(3000), 5000]],
      { type: 'done', at: 5000, message: 'é'.repeat(500) },
    ],
    ['other files say nothing', [['done.txt', 'x', 5000]], null],
  ])('is %s', async (_, files, word) => {
    claimed();
    mkdirSync(runDir(), { recursive: true });
    for (const [name, text, at] of files) put(name, text, at);
    expect((await run()).word).toEqual(word);
  });

  test('is not said by a folder or a link', async () => {
    claimed();
    mkdirSync(join(runDir(), 'done'), { recursive: true });
    symlinkSync('/etc/passwd', join(runDir(), 'failed'));
    expect((await run()).word).toBeNull();
  });
});

describe('the agent’s own records', () => {
  const home = (): string => join(machine.home, '.claude-main');

  function living(account: string | null = 'main', over: Partial<typeof RECORD> = {}): void {
    claimed({ account, cwd: join(machine.home, 'project'), launchedAt: Date.now(), ...over });
    put('1/spec.taken');
    put('1/agent.json', { pid: process.pid, start: startOf(process.pid), at: 1 });
  }

  const registered = (folder: string, status: string): string =>
    put(join(folder, 'sessions', `${String(process.pid)}.json`), {
      pid: process.pid,
      procStart: startOf(process.pid),
      status,
      statusUpdatedAt: 1_700_000_000_000,
    });

  test('are those of the account it was started under', async () => {
    living();
    registered(home(), 'busy');
    registered(join(machine.home, '.claude'), 'idle');
    expect((await run()).facts.registry).toMatchObject({ status: 'working', at: 1_700_000_000_000 });
  });

  test('are those of its default home without one', async () => {
    living(null);
    registered(home(), 'busy');
    registered(join(machine.home, '.claude'), 'idle');
    expect((await run()).facts.registry).toMatchObject({ status: 'idle' });
  });

  test('are nowhere under an account that is no longer declared, or an agent without a profile', async () => {
    living();
    registered(home(), 'busy');
    registered(join(machine.home, '.claude'), 'idle');
    expect((await run({ desired: fleet({ accounts: {} }) })).facts.registry).toBeNull();
    expect((await run({ desired: fleet({ agents: {} }) })).facts.registry).toBeNull();
  });

  test('say nothing any more once its process has ended', async () => {
    living();
    const child = spawn('sleep', ['1000']);
    children.push(child);
    const pid = child.pid ?? 0;
    const start = startOf(pid);
    put('1/agent.json', { pid, start, at: 1 });
    put(join(home(), `sessions/${String(pid)}.json`), {
      pid,
      procStart: start,
      status: 'busy',
      updatedAt: 1.7e12,
    });
    expect((await run()).facts.registry).toMatchObject({ status: 'working' });
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect((await run()).facts.registry).toBeNull();
  });

  test('are its events, the newest fifty, oldest first', async () => {
    living();
    for (let n = 0; n < 60; n += 1) {
      const event = { hook_event_name: 'UserPromptSubmit', prompt: `p${String(n)}` };
      put(`hooks/${String(100 - n)}.json`, event, 1_700_000_000_000 + n * 1000);
    }
    put('hooks/x.tmp', { hook_event_name: 'SessionEnd' });
    put('hooks/broken.json', '{');
    symlinkSync('/dev/zero', join(runDir(), 'hooks/zero.json'));
    const { hooks } = (await run()).facts;
    // The broken one is the newest of the fifty.
    expect(hooks.map(({ text }) => text)).toEqual(Array.from({ length: 49 }, (_, n) => `p${String(n + 11)}`));
    expect(hooks[0]).toMatchObject({ event: 'prompted', at: 1_700_000_011_000 });
  });

  const said = (text: string): string =>
    `${JSON.stringify({ type: 'user', message: { role: 'user', content: text } })}\n`;
  const answered = `${JSON.stringify({
    type: 'assistant',
    message: { role: 'assistant', content: [{ type: 'text', text: 'Fine.' }], stop_reason: 'end_turn' },
  })}\n`;
  const file = (slug: string): string => join(home(), 'projects', slug, `${RECORD.conversation}.jsonl`);
  const slug = (): string => join(machine.home, 'project').replaceAll(/[^A-Za-z0-9]/g, '-');

  test('are its transcript, where the prompt of ours is known by its attempt', async () => {
    living();
    put(file(slug()), said('Something else') + answered, 1_700_000_000_000);
    expect((await run()).facts.transcript).toMatchObject({ prompted: false, at: 1_700_000_000_000 });
    put(file(slug()), said(`Rollcall task work/fix (attempt ${A})\n\nDo it.`) + answered);
    expect((await run()).facts.transcript).toMatchObject({
      prompted: true,
      turn: 'ended',
      lastLines: ['Fine.'],
    });
  });

  test('are its transcript’s end: what was seen in it once counts as seen', async () => {
    living();
    const prompt = said(`Rollcall task work/fix (attempt ${A})\n\nDo it.`);
    put(file(slug()), prompt);
    expect((await run()).facts.transcript).toMatchObject({ prompted: true });
    put(file(slug()), prompt + answered.repeat(4000));
    expect((await run()).facts.transcript).toMatchObject({ prompted: true, turn: 'ended' });
    cache = lookCache();
    expect((await run()).facts.transcript).toMatchObject({ prompted: false, turn: 'ended' });
  });

  test('are its transcript wherever the agent keeps it, once it has had time to begin one', async () => {
    living();
    put(file('-somewhere-else'), answered);
    expect((await run()).facts.transcript).toBeNull();
    rig.record({
      attempt: A,
      account: 'main',
      cwd: join(machine.home, 'project'),
      launchedAt: Date.now() - 60_000,
    });
    expect((await run()).facts.transcript).toMatchObject({ turn: 'ended' });
    expect(cache.runs.get(A)?.transcript).toBe(file('-somewhere-else'));
  });

  test('are what its status line was told last, and nothing that an earlier start was told', async () => {
    living();
    const told = (percent: number): object => ({ rate_limits: { five_hour: { used_percentage: percent } } });
    put('1/status.json', told(97), 1_700_000_000_000);
    expect((await run()).facts.usage).toEqual({
      five_hour: { percent: 97, resetsAt: null, at: 1_700_000_000_000 },
    });
    claimed({ account: 'main', launches: 2 });
    expect((await run()).facts.usage).toEqual({});
    put('2/status.json', told(3));
    expect((await run()).facts.usage).toMatchObject({ five_hour: { percent: 3 } });
    put('2/status.json', '{"rate_limits":');
    expect((await run()).facts.usage).toEqual({});
  });

  test('are of a transcript no turn that was written down before it was last started', async () => {
    living();
    const limit = {
      type: 'assistant',
      isApiErrorMessage: true,
      error: 'rate_limit',
      apiError: 'usage_limit_reached',
      timestamp: '2026-11-22T12:09:27.085Z',
      message: { content: [{ type: 'text', text: "You've hit your 5-hour limit" }] },
    };
    const launchedAt = Date.parse(limit.timestamp);
    put(file(slug()), `${JSON.stringify(limit)}\n{"type":"mode"}\n`);
    const of = async (at: number): Promise<AgentFacts['transcript']> => {
      const cwd = join(machine.home, 'project');
      rig.record({ attempt: A, account: 'main', cwd, launches: 2, launchedAt: at });
      return (await run()).facts.transcript;
    };
    expect(await of(launchedAt)).toMatchObject({ turn: 'failed', error: 'quota' });
    expect(await of(launchedAt + 1)).toMatchObject({ turn: null, error: null });
  });

  test('are remembered for no longer than its attempt is there', async () => {
    living();
    await run();
    expect([...cache.runs.keys()]).toEqual([A]);
    rmSync(join(rig.folders.claimed, claimFile({ id: 'fix', session: 'auto-0', attempt: A })));
    await look();
    expect(cache.runs.size).toBe(0);
  });
});

describe('the screen', () => {
  const screens = { '%7': { text: 'Hello\n', title: '' }, '%8': { text: 'Other\n', title: '' } };

  test('is that of the pane we started the agent in', async () => {
    claimed();
    const { screen } = (await run({ tmux: carrying(started), screens })).facts;
    expect(screen).toMatchObject({ at: 12_345, lastLines: ['Hello'] });
  });

  const limited = {
    '%7': { text: capture('claude/51-e-limit5h-oat-final', true).text, title: '' },
  };

  test('of one that goes on says nothing of how it ended, until it has taken its prompt', async () => {
    const seen = async (): Promise<string | null | undefined> =>
      (await run({ tmux: carrying(started), screens: limited })).facts.screen?.verdict.evidence;
    claimed({ launches: 1, launchedAt: Date.now() });
    expect(await seen()).toBe('quota');
    rig.record({ attempt: A, launches: 2, launchedAt: Date.now() - 31_000 });
    expect(await seen()).toBe('quota');
    rig.record({ attempt: A, launches: 2, launchedAt: Date.now() - 5_000 });
    expect(await seen()).toBeNull();
    put('hooks/a.json', { hook_event_name: 'SessionStart', source: 'resume' });
    expect(await seen()).toBeNull();
    put('hooks/b.json', { hook_event_name: 'UserPromptSubmit', prompt: 'go on' });
    expect(await seen()).toBe('quota');
  });

  test.each<[string, Work | null]>([
    ['before its start', { attempt: A, phase: null, since: null }],
    ['of another attempt', { attempt: 'dddd4444', phase: 'started', since: 1 }],
    ['of nobody', null],
  ])('is nobody’s %s', async (_, work) => {
    claimed();
    expect((await run({ tmux: carrying(work), screens })).facts.screen).toBeNull();
  });
});

test('what was written by a launcher is read as it was written', async () => {
  claimed();
  const folder = join(runDir(), '1');
  put('1/spec.json', { argv: ['sh', '-c', 'exit 3'], env: { PATH: process.env['PATH'] }, cwd: machine.home });
  const [node = '', ...args] = launcherArgv(folder);
  const child = spawn(node, args, { env: machine.env, stdio: 'ignore' });
  children.push(child);
  await new Promise((resolve) => child.once('exit', resolve));
  const written: unknown = JSON.parse(readFileSync(join(folder, 'exit.json'), 'utf8'));
  expect((await run()).exit).toEqual(written);
});
