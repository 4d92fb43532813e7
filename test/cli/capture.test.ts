import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../support/tmux.ts';
import { openRig, type Rig } from './rig.ts';

const LIMIT = readFileSync(
  fileURLToPath(new URL('../corpus/claude/51-e-limit5h-oat-final.ansi.txt', import.meta.url)),
  'utf8',
);
const TOKEN = 'ghp_q8Zr5tYw2mNv7KpLx3BdQ8Zr5tYw2mNv';
const TELLING = ['ann', 'conformvault', 'reserve-konto', 'hunter2', 'q8Zr5tYw', '61ee476c', 'example.org'];

let rig: Rig;
beforeEach(() => {
  rig = openRig();
  mkdirSync(join(rig.home, 'work', 'conformvault'));
  rig.declare(`
agents: { claude: { env: { SHOP_PASS: { fromEnv: SHOP_PASS } } } }
accounts: { reserve-konto: { home: ${rig.home}/.claude-reserve } }
dedicated: { ops-1: { cwd: ${rig.home}/work/conformvault } }
`);
});
afterEach(() => rig.close());

/** A session in which a program called `claude` has drawn that screen, 120 columns wide. */
async function drawn(name: string, screen: string): Promise<void> {
  const file = join(rig.home, `${name}.screen`);
  writeFileSync(file, `\u001b[H\u001b[2J${screen.replaceAll('\n', '\r\n')}`);
  const line = `cat ${file}; exec -a claude sleep 600`;
  const cwd = join(rig.home, 'work', 'conformvault');
  const env = ['-e', 'SHOP_PASS=hunter2-staple', '-e', `CLAUDE_CONFIG_DIR=${rig.home}/.claude-reserve`];
  rig.tmux('new-session', '-d', '-s', name, '-x', '120', '-y', '45', '-c', cwd, ...env, 'bash', '-c', line);
  await until(() => rig.tmux('capture-pane', '-p', '-t', `=${name}:`).includes('limit'), 10_000);
  await until(() => execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).includes('claude 600'), 10_000);
}

/** The first rows of the screen exchanged for what would tell who sits there. */
function telling(): string {
  const rows = [
    `${rig.home}/work/conformvault  ann@example.org  reserve-konto`,
    `${TOKEN} hunter2-staple`,
    'claude --resume 61ee476c-2ab2-4640-81b7-42d51dfc08c2',
  ];
  return [...rows, ...LIMIT.trimEnd().split('\n').slice(rows.length)].join('\n');
}

function world(): string {
  return rig.tmux(
    'list-panes',
    '-a',
    '-F',
    '#{session_name} #{pane_id} #{pane_pid} #{cursor_x} #{cursor_y} #{pane_in_mode}',
  );
}

describe('rollcall capture', () => {
  test('prints what a session shows, whoever it belongs to, without what says who and where', async () => {
    for (const name of ['ops-1', 'somebodys']) {
      await drawn(name, telling());
      const before = world();
      const ran = await rig.run(['-f', rig.file, 'capture', name]);
      expect(ran).toMatchObject({ exit: 0 });
      for (const each of TELLING) expect(ran.out).not.toContain(each);
      expect(ran.out).toContain("You've hit your 5-hour limit");
      expect(ran.err).toContain("claude's rules read: limited, by rule limit-notice");
      expect(world()).toBe(before);
    }
  });

  test('writes both forms and their line of the manifest, from which the rules read the same', async () => {
    await drawn('ops-1', telling());
    const out = join(rig.home, 'captured');
    const ran = await rig.run(['-f', rig.file, 'capture', 'ops-1', '--corpus', '--out', out]);
    expect(ran).toMatchObject({ exit: 0, out: '' });
    const [entry] = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
    expect(entry).toMatchObject({
      agent: 'claude',
      state: 'limited',
      evidence: 'quota',
      size: '120x45',
      note: null,
    });
    expect(entry.file).toMatch(/^claude\/limited-\d{8}T\d{6}Z\.txt$/);
    const plain = join(out, entry.file);
    const ansi = plain.replace(/\.txt$/, '.ansi.txt');
    for (const file of [plain, ansi]) {
      const text = readFileSync(file, 'utf8');
      for (const each of TELLING) expect(text).not.toContain(each);
      const read = await rig.run(['screen', file, '--seen-at', entry.seenAt, '-o', 'json']);
      const { state, evidence, resetsAt } = JSON.parse(read.out);
      expect({ state, evidence, resetsAt }).toEqual({
        state: 'limited',
        evidence: 'quota',
        resetsAt: entry.resetsAt,
      });
    }
    // As tmux itself tells the two apart.
    const rows = readFileSync(plain, 'utf8')
      .split('\n')
      .map((row) => row.length);
    expect(rows).toEqual(
      rig
        .tmux('capture-pane', '-p', '-t', '=ops-1:')
        .split('\n')
        .map((row) => row.length),
    );
  });

  test('overwrites nothing', async () => {
    await drawn('ops-1', telling());
    const out = join(rig.home, 'captured');
    mkdirSync(out);
    writeFileSync(join(out, 'manifest.json'), 'mine');
    const ran = await rig.run(['-f', rig.file, 'capture', 'ops-1', '--corpus', '--out', out]);
    expect(ran.exit).toBe(5);
    expect(readFileSync(join(out, 'manifest.json'), 'utf8')).toBe('mine');
    expect(readdirSync(join(out, 'claude'))).toEqual([]);
  });

  test('refuses where the rules would read it differently, and says what helps', async () => {
    await drawn('ops-1', telling());
    const out = join(rig.home, 'captured');
    const argv = ['-f', rig.file, 'capture', 'ops-1', '--corpus', '--out', out, '--hide', 'limit'];
    const ran = await rig.run(argv);
    expect(ran).toMatchObject({ exit: 5, out: '' });
    expect(ran.err).toContain('before  limited, by rule limit-notice');
    expect(readdirSync(rig.home)).not.toContain('captured');
    expect((await rig.run([...argv, '--keep', 'limit'])).exit).toBe(0);
  });

  test('needs no desired-state file, and no agent for a look', async () => {
    const env = { ...rig.env, TMUX_TMPDIR: rig.home };
    const tmux = (...args: readonly string[]): string =>
      execFileSync('tmux', args, { env, encoding: 'utf8' });
    tmux('-f', '/dev/null', 'new-session', '-d', '-s', 'plain', 'sh', '-c', 'echo hello; sleep 600');
    try {
      await until(() => tmux('capture-pane', '-p', '-t', 'plain').includes('hello'));
      const cwd = join(rig.home, 'work');
      expect(await rig.run(['capture', 'plain'], { env, cwd })).toMatchObject({
        exit: 0,
        out: expect.stringMatching(/^hello\n/),
      });
      expect((await rig.run(['capture', 'plain', '--corpus'], { env, cwd })).exit).toBe(5);
      expect((await rig.run(['capture', 'pla'], { env, cwd })).exit).toBe(4);
      tmux('split-window', '-d', '-t', 'plain', 'sleep', '600');
      const which = await rig.run(['capture', 'plain'], { env, cwd });
      expect(which).toMatchObject({ exit: 64, err: expect.stringContaining('--pane %1') });
      const json = await rig.run(['capture', 'plain', '--pane', '%0', '-o', 'json'], { env, cwd });
      expect(JSON.parse(json.out)).toMatchObject({
        kind: 'Capture',
        pane: '%0',
        agent: null,
        state: null,
        files: null,
      });
    } finally {
      tmux('kill-server');
    }
  });
});
