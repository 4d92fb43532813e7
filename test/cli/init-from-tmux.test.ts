import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../support/tmux.ts';
import { openRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(() => {
  rig = openRig();
});
afterEach(() => rig.close());

const IDLE = ['sleep', '600'];

function session(name: string, ...more: readonly string[]): void {
  rig.tmux('new-session', '-d', '-s', name, '-c', join(rig.home, 'work'), ...more);
}

/** A program called so, under that home. */
function agent(name: string, called: string, variable: string, home: string): void {
  session(name, '-e', `${variable}=${home}`, 'bash', '-c', `exec -a ${called} sleep 600`);
}

/** Everything of the server that anybody could have changed. */
function world(): string {
  const listed = rig.tmux(
    'list-panes',
    '-a',
    '-F',
    '#{session_id}#{session_name} #{window_id} #{pane_id} #{pane_pid} #{pane_dead}',
  );
  const options = rig
    .tmux('list-sessions', '-F', '#{session_id}')
    .trim()
    .split('\n')
    .map((id) => rig.tmux('show-options', '-t', id));
  return [listed, rig.tmux('show-options', '-g'), rig.tmux('show-hooks', '-g'), ...options].join('\n');
}

/** The file that it writes, proved: nothing was touched, the file is valid, and its plan is empty. */
async function made(): Promise<string> {
  const before = world();
  const init = await rig.run(['init', '--from-tmux', '--socket', rig.socket]);
  expect(init.err).toContain('Its plan is empty');
  expect(init.exit).toBe(0);
  expect(world()).toBe(before);
  expect((await rig.run(['validate'])).exit).toBe(0);
  const plan = await rig.run(['plan', '--detailed-exitcode']);
  expect(`${String(plan.exit)} ${plan.out}`).toMatch(/^0 /);
  expect((await rig.run(['apply', '--yes'])).exit).toBe(0);
  expect(world()).toBe(before);
  return readFileSync(rig.file, 'utf8');
}

describe('init --from-tmux', () => {
  test('declares each session as it is, whatever its shape, and plans nothing for them', async () => {
    for (const name of [
      'plain',
      'a b',
      '1',
      'true',
      'null',
      'été',
      "it's",
      '##(touch x)',
      'key- [',
      '-f',
      'x{y}',
    ])
      session(name, ...IDLE);
    session('dots.and:colons', ...IDLE);
    session('windows', ...IDLE);
    rig.tmux('new-window', '-d', '-t', '=windows:', ...IDLE);
    rig.tmux('split-window', '-d', '-t', '=windows:', ...IDLE);
    session('grouped', '-t', 'windows');
    session('ends', 'sh', '-c', 'exit 3');
    // Its process is gone before it could be kept: made anew where the pane stays.
    rig.tmux('set-option', '-g', 'remain-on-exit', 'on');
    session('dead', 'sh', '-c', 'exit 3');
    await until(() => rig.tmux('list-panes', '-a', '-F', '#{session_name} #{pane_dead}').includes('dead 1'));
    const gone = join(rig.home, 'gone');
    mkdirSync(gone);
    rig.tmux('new-session', '-d', '-s', 'nowhere', '-c', gone, ...IDLE);
    rmSync(gone, { recursive: true });
    const hash = join(rig.home, 'c#');
    mkdirSync(hash);
    rig.tmux('new-session', '-d', '-s', 'hash', '-c', hash.replace('#', '##'), ...IDLE);
    const text = await made();
    expect(text).toMatch(/^ {2}plain: \{ cwd: ~\/work \}$/m);
    expect(text).toMatch(/^ {2}"1": \{ cwd: ~\/work \}$/m);
    expect(text).toMatch(/^ {2}dots_and_colons: /m);
    expect(text).toContain('# 1 pane, 1 of them dead');
    expect(text).toContain('"a b": a name can be declared only of letters');
    expect(text).not.toMatch(/^ {2}.*été/m);
    // Where the server was started.
    expect(existsSync('x')).toBe(false);
  });

  test('finds agents, their homes, the active link and what the homes share, as they are', async () => {
    for (const home of ['.claude-main', '.claude-backup']) {
      mkdirSync(join(rig.home, '.claude-shared', 'projects'), { recursive: true });
      mkdirSync(join(rig.home, home), { mode: 0o700 });
      symlinkSync(join(rig.home, '.claude-shared', 'projects'), join(rig.home, home, 'projects'));
      // Only one of them: not shared.
      if (home === '.claude-main') mkdirSync(join(rig.home, home, 'file-history'));
    }
    mkdirSync(join(rig.home, 'elsewhere', 'codex'), { recursive: true });
    symlinkSync('.claude-backup', join(rig.home, '.claude'));
    agent('ops', 'claude', 'CLAUDE_CONFIG_DIR', join(rig.home, '.claude-main'));
    agent('linked', 'claude', 'CLAUDE_CONFIG_DIR', join(rig.home, '.claude'));
    agent('other', 'codex', 'CODEX_HOME', join(rig.home, 'elsewhere', 'codex'));
    await until(() => /codex 600/.test(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })));
    const text = await made();
    expect(text).toMatch(/^ {2}main: \{ home: ~\/\.claude-main \}$/m);
    expect(text).toMatch(/^ {2}backup: \{ home: ~\/\.claude-backup \}$/m);
    expect(text).toMatch(/^ {2}codex: \{ home: ~\/elsewhere\/codex, agent: codex \}$/m);
    expect(text).toMatch(/^activeAccount: \{ link: \{ claude: ~\/\.claude \} \}$/m);
    expect(text).toMatch(
      /^sharedState: \{ root: ~\/\.claude-shared, entries: \{ claude: \[projects\] \} \}$/m,
    );
    expect(text).toMatch(/claude in %\d+ under ~\/\.claude-main\n {2}ops: \{ cwd: ~\/work, agent: claude \}/);
  });

  test('keeps what is a pool a pool, and makes none of what only is named like one', async () => {
    rig.declare(
      `pools: { auto: { prefix: ccl-auto-, startIndex: 11, min: 3, max: 10, cwd: ${rig.home}/work } }\n`,
    );
    expect((await rig.run(['apply', '--yes'])).exit).toBe(0);
    unlinkSync(rig.file);
    rig.tmux('kill-session', '-t', '=ccl-auto-12');
    for (const name of ['ccl-0', 'ccl-1', 'ccl-2', 'ccl-auto-7']) session(name, ...IDLE);
    const text = await made();
    expect(text).toContain('name: test');
    expect(text).toMatch(
      /^ {2}ccl-auto: \{ prefix: ccl-auto-, startIndex: 11, min: 2, max: 3, cwd: ~\/work \}$/m,
    );
    expect(text).toMatch(/^ {2}ccl-auto-7: \{ cwd: ~\/work \}$/m);
    // What it suggests for the others is valid as it stands, once it is done.
    expect(text).toContain('#   rollcall adopt ccl-1');
    const line = /^#( {3}ccl: \{.*\})$/m.exec(text)?.[1] ?? '';
    const taken = text.replace(/^ {2}ccl-\d: .*\n/gm, '').replace(/^pools:$/m, `pools:\n${line.slice(1)}`);
    writeFileSync(rig.file, taken);
    for (const name of ['ccl-0', 'ccl-1', 'ccl-2']) expect((await rig.run(['adopt', name])).exit).toBe(0);
    expect((await rig.run(['plan', '--detailed-exitcode'])).exit).toBe(0);
  });

  test('leaves out what is another fleet’s, and says so', async () => {
    for (const fleet of ['one', 'other']) {
      rig.declare(
        `pools: { p: { prefix: ${fleet}-, max: ${fleet === 'one' ? '2' : '1'}, cwd: ${rig.home}/work } }\n`,
      );
      writeFileSync(rig.file, readFileSync(rig.file, 'utf8').replace('name: test', `name: ${fleet}`));
      expect((await rig.run(['apply', '--yes'])).exit).toBe(0);
    }
    unlinkSync(rig.file);
    const text = await made();
    expect(text).toContain('name: one');
    expect(text).toContain('#   "other-0": it is fleet other\'s');
  });

  test('says who is attached, and is valid where nothing runs', async () => {
    const nothing = await rig.run([
      '-f',
      join(rig.home, 'none.yaml'),
      'init',
      '--from-tmux',
      '--socket',
      rig.socket,
    ]);
    expect(nothing.exit).toBe(0);
    expect((await rig.run(['-f', join(rig.home, 'none.yaml'), 'plan', '--detailed-exitcode'])).exit).toBe(0);
    expect(existsSync(rig.socket)).toBe(false);
    session('ops', ...IDLE);
    const client = spawn('tmux', ['-S', rig.socket, '-C', 'attach', '-t', '=ops'], { env: rig.env });
    await until(() => rig.tmux('list-clients').includes('ops'));
    const text = await made();
    client.kill();
    expect(text).toContain('# 1 pane; somebody attached');
    expect((await rig.run(['init', '--from-tmux', '--socket', rig.socket])).exit).toBe(5);
    expect((await rig.run(['-f', 'x.yaml', 'init', '--from-tmux', '--socket', 'a b'])).exit).toBe(64);
  });
});
