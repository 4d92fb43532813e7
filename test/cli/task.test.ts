import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { acquireLock } from '../../src/host/state/lock.ts';
import { prepareStateDir } from '../../src/host/state/state-dir.ts';
import { startOf } from '../../src/host/processes.ts';
import { writeLoopInfo } from '../../src/host/state/loop-info.ts';
import { outputSchema, type OutputName } from '../../src/report/schemas.ts';
import { openTaskRig, type TaskRig } from './task-rig.ts';

let rig: TaskRig;
beforeEach(() => {
  rig = openTaskRig();
});
afterEach(() => rig.close());

function conforms(name: OutputName, json: string): boolean {
  return z.fromJSONSchema(JSON.parse(JSON.stringify(outputSchema(name)))).safeParse(JSON.parse(json)).success;
}

async function add(...argv: readonly string[]): Promise<string> {
  const { exit, out, err } = await rig.run(['task', 'add', '--inbox', 'box', ...argv]);
  if (exit !== 0) throw new Error(err);
  return out.trim();
}

describe('task add', () => {
  test('puts the bytes of a file into the inbox, and prints the address', async () => {
    const text = '---\r\npriority: high\r\n---\r\nFix it.\r\n\tTabs and CRLF stay — so do umlauts: ä\r\n';
    writeFileSync(join(rig.home, 'Fix the login!.md'), text);
    expect(await add('Fix the login!.md')).toBe('task/box/Fix-the-login-');
    expect(rig.tasks('box')).toEqual({ 'inbox/Fix-the-login-.md': text });
  });

  test('takes a text, standard input and a pipe', async () => {
    expect(await add('--text', 'Rename the Ünicode helper\nand more')).toBe(
      'task/box/rename-the-unicode-helper',
    );
    const input = async function* (): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode('# From ');
      yield new TextEncoder().encode('stdin\n');
    };
    const { out } = await rig.run(['task', 'add', '--inbox', 'box', '-'], { input });
    expect(out).toBe('task/box/from-stdin\n');
    expect(rig.tasks('box')).toEqual({
      'inbox/rename-the-unicode-helper.md': 'Rename the Ünicode helper\nand more\n',
      'inbox/from-stdin.md': '# From stdin\n',
    });
  });

  test('writes its options into the frontmatter, over what is there, and leaves the body as it is', async () => {
    writeFileSync(join(rig.home, 't.md'), '---\npriority: low # not now\ntitle: a\n---\n\n---\nbody: "x"\n');
    await add('t.md', '--priority', 'critical', '--retries', '2', '--timeout', '1h30m', '--id', '0042');
    expect(rig.tasks('box')).toEqual({
      'inbox/0042.md': [
        '---',
        'priority: critical # not now',
        'title: a',
        'id: 0042',
        'timeout: 1h30m',
        'retries: 2',
        '---',
        '',
        '---',
        'body: "x"',
        '',
      ].join('\n'),
    });
  });

  test.each([
    ['a title that YAML would read as something else', '--title', '- a: {b} # c'],
    ['a title longer than a line', '--title', 'many words '.repeat(18).trim()],
    ['a title of quotes', '--title', `it's "quoted": yes`],
  ])('keeps %s', async (_, flag, value) => {
    const address = await add('--text', 'x', '--id', 'odd', flag, value);
    const { out } = await rig.run(['task', 'show', address, '-o', 'json']);
    expect(JSON.parse(out)).toMatchObject({ title: value, id: 'odd' });
  });

  test('takes a folder from where the shell is, and a time from now', async () => {
    mkdirSync(join(rig.home, 'box', 'api'));
    rig.declare(
      `pools: { auto: { prefix: auto-, max: 1 } }\ninboxes: { box: { dir: ${rig.queue('box')}/inbox, pool: auto, allow: { cwd: [${rig.home}/box/*] } } }\n`,
    );
    const now = Date.parse('2026-11-23T10:00:00Z');
    const argv = ['task', 'add', '-f', rig.file, '--text', 'x', '--cwd', 'api', '--not-before', '2h'];
    const ran = await rig.run(argv, { cwd: join(rig.home, 'box'), now: () => now });
    expect(ran).toMatchObject({ exit: 0 });
    const [text] = Object.values(rig.tasks('box'));
    expect(text).toContain(`cwd: ${rig.home}/box/api\n`);
    expect(text).toContain('notBefore: 2026-11-23T12:00:00.000Z\n');
  });

  test('numbers a name of its own making, and never takes up the history of another task', async () => {
    rig.put('box', 'inbox/do-it.md');
    rig.put('box', 'done/do-it-2.md');
    rig.record('box', { id: 'do-it-3' });
    rig.claim('box', 'do-it-4');
    expect(await add('--text', 'Do it')).toBe('task/box/do-it-5');
    expect(await add('--text', 'Do it')).toBe('task/box/do-it-6');
  });

  test('never loses one of many that are added at once', async () => {
    const many = await Promise.all(Array.from({ length: 40 }, (_, i) => add('--text', `same\n${String(i)}`)));
    expect(new Set(many).size).toBe(40);
    const bodies = Object.values(rig.tasks('box')).toSorted();
    expect(bodies).toEqual(Array.from({ length: 40 }, (_, i) => `same\n${String(i)}\n`).toSorted());
    expect(readdirSync(join(rig.queue('box'), 'inbox'))).toHaveLength(40);
  });

  test.each(['inbox/mine.md', 'claimed/mine@auto-0@abcd.md'])(
    'refuses an id of the caller that is taken by %s',
    async (file) => {
      rig.put('box', file, 'old\n');
      const { exit, err } = await rig.run(['task', 'add', '--inbox', 'box', '--text', 'new', '--id', 'mine']);
      expect({ exit, err }).toEqual({ exit: 5, err: expect.stringContaining('--id gives another id') });
      expect(rig.tasks('box')).toEqual({ [file]: 'old\n' });
    },
  );

  test.each([
    ['an empty text', 78, ['--text', '  '], /empty/],
    ['control characters', 78, ['--text', 'a\u001b[201~b'], /control-characters/],
    ['another language behind the dashes', 78, ['--text', '---js\nx\n---\ny'], /malformed/],
    ['an unknown key', 78, ['--text', '---\npriorty: high\n---\ny'], /did you mean "priority"/],
    ['an id that leaves the folder', 64, ['--text', 'x', '--id', '../../etc/passwd'], /malformed.*id/s],
    ['retries that are no number', 64, ['--text', 'x', '--retries', 'often'], /retries/],
    ['a priority there is none of', 64, ['--text', 'x', '--priority', 'asap'], /critical, high, normal, low/],
    ['a model that is more than one', 64, ['--text', 'x', '--model', 'x; rm -rf'], /model/],
    ['a folder the inbox does not allow', 5, ['--text', 'x', '--cwd', '/'], /not-allowed.*allow\.cwd/],
    ['a model the inbox does not allow', 5, ['--text', 'x', '--model', 'opus'], /allow\.models/],
    ['neither file nor text', 64, [], /FILE/],
    ['both', 64, ['f.md', '--text', 'x'], /FILE/],
    ['a file there is none of', 4, ['nowhere.md'], /nowhere\.md/],
  ])('ends on %s with %i, and writes nothing', async (_, exit, argv, message) => {
    const ran = await rig.run(['task', 'add', '--inbox', 'box', ...argv]);
    expect(ran).toMatchObject({ exit, out: '' });
    expect(ran.err).toMatch(message);
    expect(rig.tasks('box')).toEqual({});
  });

  test('asks which inbox is meant where there are several, and knows the only one', async () => {
    expect(await rig.run(['task', 'add', '--text', 'x'])).toMatchObject({
      exit: 64,
      err: expect.stringContaining('box, other'),
    });
    expect(await rig.run(['task', 'add', '--text', 'x', '--inbox', 'nope'])).toMatchObject({ exit: 4 });
    rig.declare(
      `pools: { auto: { prefix: auto-, max: 1 } }\ninboxes: { only: { dir: ${rig.queue('other')}/inbox, pool: auto } }\n`,
    );
    expect(await rig.run(['task', 'add', '--text', 'x'])).toMatchObject({ exit: 0, out: 'task/only/x\n' });
  });

  test('makes an inbox in a project, and no project', async () => {
    rmSync(join(rig.home, 'box'), { recursive: true });
    expect(await rig.run(['task', 'add', '--inbox', 'box', '--text', 'x'])).toMatchObject({ exit: 5 });
    expect(existsSync(join(rig.home, 'box'))).toBe(false);
  });

  test('is a Task document with -o json', async () => {
    const { out } = await rig.run(['task', 'add', '--inbox', 'box', '--text', 'x', '-o', 'json']);
    expect(conforms('Task', out)).toBe(true);
    expect(JSON.parse(out)).toMatchObject({ address: 'task/box/x', state: 'waiting', attempts: [] });
  });

  test('says so where no loop will work on it', async () => {
    const argv = ['task', 'add', '--inbox', 'box', '--text', 'x'];
    expect((await rig.run(argv)).err).toMatch(/no loop runs/);
    prepareStateDir(rig.state);
    const procStart = startOf(process.pid) ?? '';
    writeLoopInfo(rig.state, { pid: process.pid, procStart, since: 0, lastCycleAt: 0 });
    expect((await rig.run(argv)).err).toBe('');
  });
});

describe('task list', () => {
  beforeEach(() => {
    rig.put('box', 'inbox/later.md', '---\nnotBefore: 2999-01-01\ntitle: The far future\n---\nx\n');
    rig.put('box', 'inbox/named.md', '---\nid: other-id\npriority: high\n---\nx\n');
    rig.put('box', 'inbox/bad.md', '---\nprio: 1\n---\nx\n');
    rig.put('box', 'inbox/.hidden.md');
    rig.put('box', 'inbox/notes.txt');
    rig.claim('box', 'runs', { attempt: 'aaaa1' });
    rig.claim('box', 'parks', { attempt: 'aaaa2', parkedUntil: 4_000_000_000_000 });
    rig.put('box', 'claimed/foreign.md');
    rig.put('other', 'done/ok.md');
    rig.put('other', 'failed/no.md');
    rig.record('other', {
      id: 'no',
      file: 'no.md',
      attempt: 'bbbb1',
      end: { result: 'failed', reason: 'stalled', detail: 'nothing moved', at: 1, lastLines: [] },
    });
    rig.put('other', 'rejected/fifo.md');
    rig.put('other', 'rejected/fifo.md.reason', 'not-a-file\n\nit is a FIFO\n\nRejected by rollcall.\n');
  });

  test('shows every task once, in the state its folder says', async () => {
    const { out } = await rig.run(['task', 'list', '-o', 'json']);
    expect(conforms('TaskList', out)).toBe(true);
    const { tasks } = JSON.parse(out) as { readonly tasks: readonly Readonly<Record<string, unknown>>[] };
    const states = tasks.map(({ address, state }) => `${String(address)} ${String(state)}`);
    expect(states.toSorted()).toEqual([
      'task/box/bad waiting',
      'task/box/later waiting',
      'task/box/other-id waiting',
      'task/box/parks parked',
      'task/box/runs running',
      'task/other/fifo rejected',
      'task/other/no failed',
      'task/other/ok done',
    ]);
    const by = Object.fromEntries(tasks.map((task) => [String(task['id']), task]));
    expect(by['runs']).toMatchObject({ session: 'auto-0', attempt: 'aaaa1', note: null });
    expect(by['parks']).toMatchObject({ until: '2096-10-02T07:06:40.000Z' });
    expect(by['later']).toMatchObject({ until: '2999-01-01T00:00:00.000Z', title: 'The far future' });
    expect(by['bad']).toMatchObject({ note: expect.stringMatching(/^will be rejected: malformed: line 2/) });
    expect(by['no']).toMatchObject({ note: 'stalled: nothing moved', session: 'ccl-auto-14' });
    expect(by['fifo']).toMatchObject({ note: 'not-a-file: it is a FIFO' });
  });

  test('shows those of one inbox and of some states where asked to', async () => {
    const ids = async (...argv: readonly string[]): Promise<readonly string[]> => {
      const { out } = await rig.run(['task', 'list', ...argv]);
      return [...out.matchAll(/^(?:box|other)\/(\S+)/gm)].map(([, id = '']) => id);
    };
    expect(await ids('--inbox', 'other')).toEqual(['no', 'fifo', 'ok']);
    expect(await ids('--state', 'running', '--state', 'done')).toEqual(['runs', 'ok']);
    expect(await rig.run(['task', 'list', '--state', 'lost'])).toMatchObject({
      exit: 64,
      err: expect.stringContaining('running, parked, waiting'),
    });
  });

  test('opens no FIFO, device or link, and follows none', async () => {
    execFileSync('mkfifo', [join(rig.queue('box'), 'inbox', 'pipe.md')]);
    symlinkSync('/etc/passwd', join(rig.queue('box'), 'inbox', 'link.md'));
    linkSync(rig.put('box', 'two'), join(rig.queue('box'), 'inbox', 'two.md'));
    const { out, exit } = await rig.run(['task', 'list', '--inbox', 'box', '-o', 'json']);
    expect(exit).toBe(0);
    expect(out).not.toContain('root:');
    const notes = (
      JSON.parse(out) as { readonly tasks: readonly { readonly id: string; readonly note: string }[] }
    ).tasks
      .filter(({ id }) => ['pipe', 'link', 'two'].includes(id))
      .map(({ id, note }) => `${id}: ${note}`);
    expect(notes.toSorted()).toEqual([
      expect.stringMatching(/^link: .*not-a-file/),
      expect.stringMatching(/^pipe: .*not-a-file/),
      expect.stringMatching(/^two: .*hard-link/),
    ]);
  });

  test('says which inbox is not there, and of the others all the same', async () => {
    rmSync(join(rig.queue('box'), 'inbox'), { recursive: true });
    const { out, err, exit } = await rig.run(['task', 'list']);
    expect(exit).toBe(0);
    expect(err).toMatch(/inbox\/box\].*mkdir -p/s);
    expect(out).toContain('other/ok');
  });
});

describe('task show', () => {
  test('has every attempt, oldest first, and where the file is', async () => {
    const end = {
      result: 'returned',
      reason: 'interrupted',
      detail: 'died',
      at: 9,
      lastLines: ['bye'],
    } as const;
    rig.record('box', { id: 'fix', file: 'fix.md', attempt: 'zzzz1', startedAt: 5, end });
    rig.claim('box', 'fix', { attempt: 'aaaa2', startedAt: 10, number: 2 });
    const { out } = await rig.run(['task', 'show', 'fix', '-o', 'json']);
    expect(conforms('Task', out)).toBe(true);
    expect(JSON.parse(out)).toMatchObject({
      address: 'task/box/fix',
      state: 'running',
      path: join(rig.queue('box'), 'claimed/fix@auto-0@aaaa2.md'),
      attempts: [
        { attempt: 'zzzz1', end: { lastLines: ['bye'] } },
        { attempt: 'aaaa2', end: null },
      ],
    });
  });

  test('knows a task by id, inbox/id, address and file name, and asks where that is not enough', async () => {
    rig.put('box', 'inbox/a.md');
    rig.put('other', 'inbox/a.md');
    rig.put('box', 'inbox/Ünder scöre.md');
    for (const name of ['box/a', 'task/box/a', 'Ünder scöre.md', '-nder-sc-re'.slice(1)])
      expect([name, (await rig.run(['task', 'show', name])).exit]).toEqual([name, 0]);
    const { exit, err } = await rig.run(['task', 'show', 'a']);
    expect(exit).toBe(64);
    expect(err).toMatch(/box\/a\.md \(waiting\)\n.*other\/a\.md/);
    expect(await rig.run(['task', 'show', 'nowhere'])).toMatchObject({ exit: 4 });
    expect(await rig.run(['task', 'show', '../x'])).toMatchObject({ exit: 4 });
    expect(await rig.run(['task', 'show', 'a/b/c'])).toMatchObject({ exit: 64 });
  });

  test('shows of several with one id the one that is furthest from its end', async () => {
    rig.put('box', 'done/a.md');
    rig.put('box', 'failed/a.md');
    expect((await rig.run(['task', 'show', 'a'])).out).toMatch(/^task\/box\/a {2}failed/);
    rig.put('box', 'inbox/a.md');
    expect((await rig.run(['task', 'show', 'a'])).out).toMatch(/^task\/box\/a {2}waiting/);
  });
});

describe('an agent', () => {
  let runDir = '';
  beforeEach(() => {
    runDir = rig.claim('box', 'own');
    rig.claim('box', 'foreign', { attempt: 'ffff1', session: 'auto-1' });
  });
  const inside = (): { readonly env: Readonly<Record<string, string>> } => ({
    env: { ...rig.env, ROLLCALL_RUN: runDir, ROLLCALL_TASK: 'box/own', ROLLCALL_ATTEMPT: 'a1b2c3' },
  });
  const words = (): readonly string[] => readdirSync(runDir);

  test.each([
    [['done'], 'done', ''],
    [['done', 'own', '--message', 'all ä green'], 'done', 'all ä green\n'],
    [['done', 'box/own', '--reason', 'green'], 'done', 'green\n'],
    [['fail', 'task/box/own', '--reason', 'no access'], 'failed', 'no access\n'],
    [['fail', '--message', `  ${'x'.repeat(600)}`], 'failed', `${'x'.repeat(500)}\n`],
  ])('says %j of its own task', async (argv, file, text) => {
    expect(await rig.run(['task', ...argv], inside())).toMatchObject({ exit: 0, out: '' });
    expect(words()).toEqual([file]);
    expect(readFileSync(join(runDir, file), 'utf8')).toBe(text);
  });

  test('needs no fleet file, and no loop', async () => {
    writeFileSync(rig.file, 'not: [valid');
    expect(await rig.run(['task', 'done'], inside())).toMatchObject({ exit: 0 });
    rmSync(rig.file);
    expect(await rig.run(['task', 'done'], inside())).toMatchObject({
      exit: 0,
      err: expect.stringContaining('before'),
    });
    expect(words()).toEqual(['done']);
  });

  test.each([['done'], ['fail']])('may not say %s of another task', async (verb) => {
    for (const id of ['foreign', 'box/foreign', 'other/own'])
      expect(await rig.run(['task', verb, id], inside())).toMatchObject({ exit: 5 });
    expect(words()).toEqual([]);
    expect(readdirSync(join(runDir, '..', 'ffff1'))).toEqual([]);
  });

  test('is held to its first word', async () => {
    await rig.run(['task', 'fail', '--reason', 'first'], inside());
    expect(await rig.run(['task', 'done'], inside())).toMatchObject({ exit: 5 });
    await rig.run(['task', 'fail', '--reason', 'second'], inside());
    expect(words()).toEqual(['failed']);
    expect(readFileSync(join(runDir, 'failed'), 'utf8')).toBe('first\n');
  });

  test('is told that its attempt is over', async () => {
    rmSync(runDir, { recursive: true });
    expect(await rig.run(['task', 'done'], inside())).toMatchObject({ exit: 4 });
  });

  test('writes over nothing and through no link', async () => {
    const target = join(rig.home, 'precious');
    writeFileSync(target, 'mine');
    symlinkSync(target, join(runDir, 'done'));
    await rig.run(['task', 'done', '--message', 'x'], inside());
    expect(readFileSync(target, 'utf8')).toBe('mine');
  });
});

describe('beside the loop', () => {
  test('a word is left for a running task, by its id, and takes no lock', async () => {
    const runDir = rig.claim('box', 'own');
    prepareStateDir(rig.state);
    const lock = acquireLock(rig.state, {
      pid: process.pid,
      procStart: startOf(process.pid),
      since: 0,
      host: 'h',
      command: 'run',
    });
    expect(lock.ok).toBe(true);
    expect(await rig.run(['task', 'done', 'own', '--message', 'by hand'])).toMatchObject({ exit: 0 });
    expect(readFileSync(join(runDir, 'done'), 'utf8')).toBe('by hand\n');
  });

  test.each([
    ['waits', 'inbox/own.md', 5, /waiting, not running/],
    ['is done', 'done/own.md', 5, /is done, not running/],
    ['is not there', 'inbox/else.md', 4, /no task own/],
  ])('none is left for a task that %s', async (_, file, exit, message) => {
    rig.put('box', file);
    const ran = await rig.run(['task', 'done', 'own']);
    expect(ran.exit).toBe(exit);
    expect(ran.err).toMatch(message);
  });

  test('a task has to be named', async () => {
    expect(await rig.run(['task', 'done'])).toMatchObject({ exit: 64 });
  });
});

describe('task cancel', () => {
  test('moves a waiting task to failed, says why, and tells the journal', async () => {
    rig.put('box', 'inbox/a.md', '---\nid: named\n---\nbytes\n');
    expect(await rig.run(['task', 'cancel', 'named', '--reason', 'changed my mind'])).toMatchObject({
      exit: 0,
    });
    expect(rig.tasks('box')).toEqual({ 'failed/a.md': '---\nid: named\n---\nbytes\n' });
    const { out } = await rig.run(['task', 'show', 'named']);
    expect(out).toContain('cancelled: by ann, before it was started: changed my mind');
    expect((await rig.run(['events', '--target', 'task/box/named'])).out).toContain('task.cancelled');
  });

  test('leaves both where a failed one has the name', async () => {
    rig.put('box', 'inbox/a.md', 'new\n');
    rig.put('box', 'failed/a.md', 'old\n');
    expect(await rig.run(['task', 'cancel', 'a'])).toMatchObject({ exit: 0 });
    const { 'failed/a.md': there, ...rest } = rig.tasks('box');
    expect(there).toBe('old\n');
    expect(Object.entries(rest)).toEqual([[expect.stringMatching(/^failed\/a@[a-z0-9]+\.md$/), 'new\n']]);
  });

  test('leaves a word for a running one, and moves nothing', async () => {
    const runDir = rig.claim('box', 'own');
    const before = rig.tasks('box');
    expect(await rig.run(['task', 'cancel', 'box/own'])).toMatchObject({ exit: 0 });
    expect(readdirSync(runDir)).toEqual(['cancelled']);
    expect(rig.tasks('box')).toEqual(before);
  });

  test('has nothing to do with what is over', async () => {
    rig.put('box', 'done/a.md');
    expect(await rig.run(['task', 'cancel', 'a'])).toMatchObject({
      exit: 5,
      err: expect.stringContaining('task/box/a is done'),
    });
  });

  test('asks which of two with one id is meant, and takes the name of a file', async () => {
    rig.put('box', 'inbox/a.md', '---\nid: same\n---\n1\n');
    rig.put('box', 'inbox/b.md', '---\nid: same\n---\n2\n');
    expect(await rig.run(['task', 'cancel', 'same'])).toMatchObject({
      exit: 64,
      err: expect.stringMatching(/box\/a\.md.*box\/b\.md/s),
    });
    expect(await rig.run(['task', 'cancel', 'box/b.md'])).toMatchObject({ exit: 0 });
    expect(Object.keys(rig.tasks('box')).toSorted()).toEqual(['failed/b.md', 'inbox/a.md']);
  });
});

describe('task retry', () => {
  test('puts a failed task back under its own name, bytes and all', async () => {
    rig.put('box', 'failed/a@zzzz9.md', 'bytes\n');
    rig.record('box', {
      id: 'a',
      file: 'a.md',
      attempt: 'zzzz9',
      end: { result: 'failed', reason: 'stalled', detail: '', at: 1, lastLines: [] },
    });
    rig.put('box', 'inbox/else.md', 'else\n');
    expect(await rig.run(['task', 'retry', 'a@zzzz9'])).toMatchObject({ exit: 0 });
    expect(rig.tasks('box')).toEqual({ 'inbox/a.md': 'bytes\n', 'inbox/else.md': 'else\n' });
    expect((await rig.run(['events', '--target', 'task/box'])).out).toContain('task.retried');
  });

  test('takes the reason of a rejected one away with it, once it is mended', async () => {
    rig.put('box', 'rejected/a.md', '---\npriorty: high\n---\nx\n');
    rig.put('box', 'rejected/a.md.reason', 'malformed\n\nline 2\n');
    const refused = await rig.run(['task', 'retry', 'a']);
    expect(refused).toMatchObject({ exit: 5, err: expect.stringContaining('did you mean "priority"') });
    rig.put('box', 'rejected/a.md', '---\npriority: high\n---\nx\n');
    expect(await rig.run(['task', 'retry', 'a'])).toMatchObject({ exit: 0 });
    expect(readdirSync(join(rig.queue('box'), 'rejected'))).toEqual([]);
    expect(Object.keys(rig.tasks('box'))).toEqual(['inbox/a.md']);
  });

  test('never puts it over another one', async () => {
    rig.put('box', 'failed/a.md', 'old\n');
    rig.put('box', 'inbox/a.md', 'new\n');
    expect(await rig.run(['task', 'retry', 'a'])).toMatchObject({ exit: 5 });
    expect(rig.tasks('box')).toEqual({ 'failed/a.md': 'old\n', 'inbox/a.md': 'new\n' });
  });

  test('undoes a cancel', async () => {
    rig.put('box', 'inbox/a.md', 'bytes\n');
    await rig.run(['task', 'cancel', 'a']);
    expect(await rig.run(['task', 'retry', 'a'])).toMatchObject({ exit: 0 });
    expect(rig.tasks('box')).toEqual({ 'inbox/a.md': 'bytes\n' });
    expect(readdirSync(join(rig.queue('box'), 'failed'))).toEqual([]);
  });
});

describe('two at once', () => {
  test('of cancel and retry never lose or double a task', async () => {
    rig.put('box', 'inbox/a.md', 'bytes\n');
    for (let round = 0; round < 10; round += 1) {
      const verbs = Array.from({ length: 4 }, (_, i) => ['task', i % 2 === 0 ? 'cancel' : 'retry', 'a']);
      const exits = (await Promise.all(verbs.map((argv) => rig.run(argv)))).map(({ exit }) => exit);
      expect(exits.every((exit) => [0, 4, 5].includes(exit))).toBe(true);
      expect(Object.values(rig.tasks('box'))).toEqual(['bytes\n']);
    }
  });
});

describe('a folder of the queue that cannot be read', () => {
  test.skipIf(process.getuid?.() === 0)('is no empty one', async () => {
    const folder = join(rig.queue('box'), 'inbox');
    rig.put('box', 'inbox/a.md');
    chmodSync(folder, 0);
    try {
      expect((await rig.run(['task', 'list'])).exit).toBe(1);
      expect((await rig.run(['task', 'show', 'a'])).exit).toBe(1);
    } finally {
      chmodSync(folder, 0o700);
    }
  });
});

describe('files of a task', () => {
  test('are made as the umask says', async () => {
    await add('--text', 'x');
    expect(statSync(join(rig.queue('box'), 'inbox')).isDirectory()).toBe(true);
    expect(statSync(join(rig.queue('box'), 'inbox', 'x.md')).mode & 0o077).toBe(0);
  });
});
