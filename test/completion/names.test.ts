import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NAME_KINDS } from '../../src/report/completion/command-line.ts';
import { openRig, type Rig } from '../cli/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = openRig();
  for (const home of ['main', 'spare']) mkdirSync(join(rig.home, home));
  mkdirSync(join(rig.home, 'q', 'inbox'), { recursive: true });
  rig.declare(FLEET());
  await mustRun('apply', '--yes');
  // Foreign ones, one of them under a declared name.
  for (const name of ['auto-12', 'stranger', HOSTILE, '\u202Eflip'])
    rig.tmux('new-session', '-d', '-s', name);
  rig.tmux('new-session', '-d', '-s', 'dash');
  rig.tmux('rename-session', '-t', '=dash', '--', '-rf');
  await mustRun('suspend', 'session/mine');
  for (const [folder, files] of Object.entries(TASKS)) {
    mkdirSync(join(rig.home, 'q', folder), { recursive: true });
    for (const file of files) writeFileSync(join(rig.home, 'q', folder, file), 'x\n');
  }
});
afterAll(() => rig.close());

async function mustRun(...argv: readonly string[]): Promise<void> {
  const { exit, err } = await rig.run(argv);
  if (exit !== 0) throw new Error(err);
}

const HOSTILE = "a'b $(touch ran) `touch ran`";
const FLEET = (): string =>
  [
    `accounts: { main: { home: ${join(rig.home, 'main')} }, spare: { home: ${join(rig.home, 'spare')} } }`,
    `sharedState: { root: ${join(rig.home, 'shared')}, entries: [projects] }`,
    `activeAccount: { link: ${join(rig.home, 'active')} }`,
    `dedicated: { mine: { cwd: ${rig.home} } }`,
    `pools: { auto: { prefix: auto-, startIndex: 11, min: 1, max: 2, cwd: ${rig.home} } }`,
    `inboxes: { box: { dir: ${rig.home}/q/inbox, pool: auto } }`,
    '',
  ].join('\n');

const TASKS = {
  inbox: ['waits.md', '-rf.md', 'notes.txt', '.hidden.md', "evil$(touch ran)'.md"],
  claimed: ['runs@auto-11@abcd1.md', 'foreign.md'],
  done: ['done.md'],
  failed: ['failed.md'],
  rejected: ['rejected.md', 'rejected.md.reason'],
};

async function names(kind: string, file: string = rig.file): Promise<readonly string[]> {
  const { out, ...rest } = await rig.run(['-f', file, 'complete-names', kind]);
  expect(rest).toEqual({ exit: 0, err: '' });
  return out.split('\n').slice(0, -1);
}

const OPEN = ['box/evil--touch-ran--', 'box/rf', 'box/runs', 'box/waits'];
const TARGETS = [
  'account/main',
  'account/spare',
  'inbox/box',
  'link/main/projects',
  'link/spare/projects',
  'pool/auto',
  'session/auto-11',
  'session/auto-12',
  'session/mine',
];

describe('names', () => {
  test.each([
    ['sessions', [HOSTILE, 'auto-11', 'auto-12', 'mine', 'stranger']],
    ['adoptable', ['auto-12']],
    ['owned', ['auto-11', 'mine']],
    ['accounts', ['main', 'spare']],
    ['agents', ['claude', 'codex', 'gemini', 'generic', 'opencode']],
    ['targets', TARGETS],
    ['suspended', ['session/mine']],
    [
      'subjects',
      [
        ...TARGETS,
        ...[...OPEN, 'box/failed', 'box/rejected'].map((task) => `task/${task}`),
        'link/claude',
        'auto-11',
        'auto-12',
        'mine',
        'fleet',
        'not',
      ].toSorted(),
    ],
    ['inboxes', ['box']],
    ['tasks', [...OPEN, 'box/done', 'box/failed', 'box/rejected'].toSorted()],
    ['tasks-running', ['box/runs']],
    ['tasks-open', OPEN],
    ['tasks-ended', ['box/failed', 'box/rejected']],
  ])('of kind %s are those of the fleet now', async (kind, expected) => {
    expect(await names(kind)).toEqual(expected);
  });

  test('are each an answer to the verb they are offered for', async () => {
    for (const name of (await names('subjects')).filter((each) => each !== 'not'))
      expect([name, (await rig.run(['why', name])).exit]).toEqual([name, 0]);
    for (const name of await names('targets')) {
      expect([name, (await rig.run(['suspend', name])).exit]).toEqual([name, 0]);
      expect([name, (await rig.run(['plan'])).exit]).toEqual([name, 0]);
    }
    for (const name of (await names('suspended')).filter((each) => each !== 'session/mine'))
      expect([name, (await rig.run(['resume', name])).exit]).toEqual([name, 0]);
  });

  test('never begin with a dash, and never hold a character that acts on a terminal', async () => {
    expect(rig.tmux('list-sessions', '-F', '#{session_name}').split('\n')).toContain('-rf');
    for (const kind of NAME_KINDS)
      expect((await names(kind)).filter((name) => /^-|[\p{Cc}\p{Cf}]/u.test(name))).toEqual([]);
  });

  test('are none, with 0 and in silence, where anything is wrong', async () => {
    expect(await names('nonsense')).toEqual([]);
    expect(await names('sessions', join(rig.home, 'nowhere.yaml'))).toEqual([]);
    expect(await names('sessions', rig.home)).toEqual([]);
    expect(await rig.run(['complete-names'])).toEqual({ exit: 0, out: '', err: '' });
    const clock = (): number => {
      throw new Error('no clock');
    };
    const broken = await rig.run(['complete-names', 'sessions'], {
      now: clock,
      env: { ...rig.env, XDG_STATE_HOME: '/dev/null/x' },
    });
    expect(broken).toMatchObject({ exit: 0, err: '' });
  });

  test('change no file', async () => {
    const before = everything();
    for (const kind of NAME_KINDS) await names(kind);
    expect(everything()).toEqual(before);
  });

  test('come within a second from a tmux server that hangs, and those declared still come', async () => {
    const pid = Number(rig.tmux('display-message', '-p', '#{pid}').trim());
    process.kill(pid, 'SIGSTOP');
    try {
      const start = performance.now();
      const found = await names('targets');
      expect(performance.now() - start).toBeLessThan(1000);
      expect(found).toEqual(TARGETS);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  });
});

/** Every file of the home, with kind, size and time. */
function everything(): readonly string[] {
  const found = execFileSync('find', [rig.home, '-printf', '%p %y %s %T@\n'], { encoding: 'utf8' });
  return found.trim().split('\n').toSorted();
}
