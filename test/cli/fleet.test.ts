import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { acquireLock } from '../../src/host/state/lock.ts';
import { prepareStateDir } from '../../src/host/state/state-dir.ts';
import { type OutputName, outputSchema } from '../../src/report/schemas.ts';
import { openRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(() => {
  rig = openRig();
});
afterEach(() => rig.close());

function pool(min: number, max = 4): string {
  return `pools: { auto: { prefix: ccl-auto-, min: ${String(min)}, max: ${String(max)}, cwd: ${rig.home}/work, cooldown: 1s } }\n`;
}

function names(): string[] {
  return rig.tmux('list-sessions', '-F', '#{session_name}').trim().split('\n').toSorted();
}

function conforms(name: OutputName, json: string): boolean {
  return z.fromJSONSchema(JSON.parse(JSON.stringify(outputSchema(name)))).safeParse(JSON.parse(json)).success;
}

describe('plan', () => {
  test('writes nothing, takes no lock, and starts no server', async () => {
    rig.declare(pool(2));
    const before = execFileSync('find', [rig.home, '-printf', '%P %y %s %T@\n'], { encoding: 'utf8' });
    const { exit, out } = await rig.run(['plan']);
    expect(exit).toBe(0);
    expect(out).toContain('Plan: 2 to create. Nothing has been changed.');
    expect(execFileSync('find', [rig.home, '-printf', '%P %y %s %T@\n'], { encoding: 'utf8' })).toBe(before);
    expect(existsSync(rig.socket)).toBe(false);
  });

  test('ends with 2 where there are changes and it was asked to, with 0 where there are none', async () => {
    rig.declare(pool(1));
    expect((await rig.run(['plan', '--detailed-exitcode'])).exit).toBe(2);
    expect((await rig.run(['apply', '--yes'])).exit).toBe(0);
    expect((await rig.run(['plan', '--detailed-exitcode'])).exit).toBe(0);
  });

  test('is a Plan document with -o json', async () => {
    rig.declare(pool(1));
    const { out } = await rig.run(['plan', '-o', 'json']);
    expect(conforms('Plan', out)).toBe(true);
    expect(JSON.parse(out)).toMatchObject({
      fleet: 'test',
      converged: false,
      actions: [{ target: 'session/ccl-auto-0' }],
    });
  });

  test('has colour exactly where asked for', async () => {
    rig.declare(pool(1));
    expect((await rig.run(['plan', '--color', 'always'])).out).toContain('\u001b[');
    expect((await rig.run(['plan'], { env: { ...rig.env, FORCE_COLOR: '1' } })).out).toContain('\u001b[');
    const stdout = { write: () => undefined, isTTY: true, columns: 80 };
    expect((await rig.run(['plan'], { stdout })).out).toContain('\u001b[');
    expect((await rig.run(['plan'], { stdout, env: { ...rig.env, NO_COLOR: '1' } })).out).not.toContain(
      '\u001b',
    );
    expect((await rig.run(['plan', '-o', 'json', '--color', 'always'])).out).not.toContain('\u001b');
  });
});

describe('a saved plan', () => {
  test('is private, and is done exactly', async () => {
    rig.declare(pool(2));
    expect((await rig.run(['plan', '--out', 'p.json'])).exit).toBe(0);
    const path = join(rig.home, 'p.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(conforms('Plan', readFileSync(path, 'utf8'))).toBe(true);
    expect((await rig.run(['apply', 'p.json'])).exit).toBe(0);
    expect(names()).toEqual(['ccl-auto-0', 'ccl-auto-1']);
  });

  test.each([
    ['the file was edited', () => rig.declare(pool(3)), /edited[^]*ccl-auto-2 is to be done now/],
    [
      'somebody took the name',
      () => rig.tmux('new-session', '-d', '-s', 'ccl-auto-0'),
      /ccl-auto-0 is not to be done/,
    ],
    [
      'a server came up',
      () => rig.tmux('new-session', '-d', '-s', 'mine'),
      /what session.create session\/ccl-auto-0 acts on/,
    ],
  ])('stops with 7 and does nothing where %s', async (_, move, message) => {
    rig.declare(pool(1));
    await rig.run(['plan', '--out', 'p.json']);
    move();
    const before = existsSync(rig.socket) ? names() : [];
    const { exit, err } = await rig.run(['apply', 'p.json']);
    expect(exit).toBe(7);
    expect(err).toMatch(message);
    expect(existsSync(rig.socket) ? names() : []).toEqual(before);
  });

  test('of another fleet is stale', async () => {
    rig.declare(pool(1));
    await rig.run(['plan', '--out', 'p.json']);
    writeFileSync(rig.file, readFileSync(rig.file, 'utf8').replace('name: test', 'name: other'));
    expect((await rig.run(['apply', 'p.json'])).exit).toBe(7);
  });

  test('that is missing ends with 4, one that is none with 78', async () => {
    rig.declare(pool(1));
    expect((await rig.run(['apply', 'none.json'])).exit).toBe(4);
    writeFileSync(join(rig.home, 'p.json'), '{"kind":"Plan"}');
    expect((await rig.run(['apply', 'p.json'])).exit).toBe(78);
    expect((await rig.run(['apply', 'p.json', '--target', 'pool/auto'])).exit).toBe(64);
  });
});

describe('apply', () => {
  test('refuses with 5, changing nothing, where there is nobody to ask', async () => {
    rig.declare(pool(1));
    const { exit, err } = await rig.run(['apply']);
    expect(exit).toBe(5);
    expect(err).toContain('add --yes');
    expect(existsSync(rig.socket)).toBe(false);
  });

  test.each([
    ['y', 5],
    ['YES', 5],
    ['', 5],
    [null, 5],
    ['yes', 0],
  ])('takes only yes for a yes: %j', async (answer, exit) => {
    rig.declare(pool(1));
    const asked: string[] = [];
    const ask = async (question: string): Promise<string | null> => {
      asked.push(question);
      return answer;
    };
    expect((await rig.run(['apply'], { ask })).exit).toBe(exit);
    expect(asked).toEqual(["Apply this change? Only 'yes' is taken: "]);
    expect(existsSync(rig.socket)).toBe(exit === 0);
  });

  test('asks nothing where there is nothing to do', async () => {
    rig.declare(pool(1));
    await rig.run(['apply', '--yes']);
    const { exit, out } = await rig.run(['apply']);
    expect(exit).toBe(0);
    expect(out).toContain('Converged');
  });

  test('shows one line per action', async () => {
    rig.declare(pool(3));
    const { out, exit } = await rig.run(['apply', '--yes']);
    expect(exit).toBe(0);
    expect(out.match(/^\[\d\/3\] \+ {3}session ccl-auto-\d +created \d/gm)).toHaveLength(3);
    expect(out).toMatch(/3 done in .*Converged\.\n$/);
  });

  test('with -o json prints its report and nothing else on stdout', async () => {
    rig.declare(pool(1));
    const { out, err } = await rig.run(['apply', '--yes', '-o', 'json']);
    expect(conforms('ApplyReport', out)).toBe(true);
    expect(JSON.parse(out)).toMatchObject({ outcome: 'converged', results: [{ outcome: 'applied' }] });
    expect(err).toContain('[1/1]');
  });

  test('does only what --target names', async () => {
    rig.declare(pool(3));
    expect((await rig.run(['apply', '--yes', '--target', 'session/ccl-auto-1'])).exit).toBe(0);
    expect(names()).toEqual(['ccl-auto-1']);
  });

  test('ends with 3 where only withheld changes remain', async () => {
    rig.declare(`dedicated: { mine: { cwd: ${rig.home}/nowhere } }\n`);
    const { exit, out } = await rig.run(['apply', '--yes']);
    expect(exit).toBe(3);
    expect(out).toContain('cwd-missing');
  });

  test('ends with 5 where the fleet is suspended, and says by whom', async () => {
    rig.declare(pool(1));
    await rig.run(['suspend', '--all', '--reason', 'moving']);
    const { exit, err } = await rig.run(['apply', '--yes']);
    expect(exit).toBe(5);
    expect(err).toContain('suspended by ann (moving)');
    expect(existsSync(rig.socket)).toBe(false);
  });

  test('ends with 6 where another holds the fleet, and says who', async () => {
    rig.declare(pool(1));
    expect(prepareStateDir(rig.state)).toBeNull();
    const holder = {
      pid: 4211,
      procStart: null,
      since: Date.now() - 60_000,
      host: 'box',
      command: 'rollcall run',
    };
    const lock = acquireLock(rig.state, holder);
    try {
      const { exit, err } = await rig.run(['apply', '--yes']);
      expect(exit).toBe(6);
      expect(err).toContain('rollcall run, pid 4211 on box, for 1 m');
      expect((await rig.run(['run'])).exit).toBe(6);
      expect((await rig.run(['plan'])).exit).toBe(0);
      expect((await rig.run(['status'])).exit).toBe(0);
    } finally {
      if (lock.ok) lock.release();
    }
    expect(existsSync(rig.socket)).toBe(false);
  });

  test('leaves the lock free behind it, also when it refuses', async () => {
    rig.declare(pool(1));
    expect((await rig.run(['apply'])).exit).toBe(5);
    expect((await rig.run(['apply', '--yes'])).exit).toBe(0);
  });

  test('ends with 1 where an action failed, and says what is left', async () => {
    rig.declare(pool(2));
    const { exit, out } = await rig.run(['apply', '--yes', '--once'], { env: brokenTmux() });
    expect(exit).toBe(1);
    expect(out).toContain('FAILED');
    expect(out).toContain('out of order');
    expect(out).toMatch(/1 failed/);
  });

  test('ends with 124 where time ran out', async () => {
    rig.declare(pool(1));
    const { exit, out } = await rig.run(['apply', '--yes', '--timeout', '1ms']);
    expect(exit).toBe(124);
    expect(out).toContain('Timed out');
  });

  test('ends with 130 on Ctrl-C, before the next action', async () => {
    rig.declare(pool(1));
    const asked = new AbortController();
    const ask = async (): Promise<string> => {
      asked.abort('SIGINT');
      return 'yes';
    };
    expect((await rig.run(['apply'], { ask, interruption: () => asked.signal })).exit).toBe(130);
    expect(existsSync(rig.socket)).toBe(false);
  });

  test('carries out a mass removal only after saying how many sessions go', async () => {
    rig.declare(pool(4));
    await rig.run(['apply', '--yes']);
    rig.declare(`pools: { other: { prefix: other-, min: 0, max: 1, cwd: ${rig.home}/work } }\n`);
    const refused = await rig.run(['apply'], { ask: async () => 'no' });
    expect(refused.exit).toBe(5);
    expect(refused.err).toContain('mass removal. By the last edit of the file 4 sessions go');
    expect(names()).toHaveLength(4);
    expect((await rig.run(['apply'], { ask: async () => 'yes' })).exit).toBe(0);
    expect(() => names()).toThrow(/no server|error connecting/);
  });
});

describe('status', () => {
  test('is a Status document with -o json', async () => {
    rig.declare(
      `${pool(1)}inboxes: { work: { dir: ${rig.home}/q/inbox, pool: auto, cwd: ${rig.home}/work } }\n`,
    );
    mkdirSync(join(rig.home, 'q', 'inbox'), { recursive: true });
    writeFileSync(join(rig.home, 'q', 'inbox', 'a.md'), 'do');
    const { out, exit } = await rig.run(['status', '-o', 'json']);
    expect(exit).toBe(0);
    expect(conforms('Status', out)).toBe(true);
    expect(JSON.parse(out)).toMatchObject({
      loop: { running: false },
      sessions: { 'ccl-auto-0': { state: 'absent' } },
      inboxes: { work: { waiting: 1 } },
    });
  });

  test('ends with 3 where it is not converged and it was asked to', async () => {
    rig.declare(pool(1));
    expect((await rig.run(['status'])).exit).toBe(0);
    expect((await rig.run(['status', '--exit-code'])).exit).toBe(3);
    await rig.run(['apply', '--yes']);
    expect((await rig.run(['status', '--exit-code'])).exit).toBe(0);
  });

  test('writes nothing', async () => {
    rig.declare(pool(1));
    await rig.run(['status']);
    expect(existsSync(join(rig.home, 'state'))).toBe(false);
  });

  test('never lets foreign text through raw', async () => {
    rig.declare(`dedicated: { mine: { cwd: ${rig.home}/work } }\n`);
    const evil = join(rig.home, 'e\u001b]0;pwn\u0007\u009b');
    mkdirSync(evil);
    rig.tmux('new-session', '-d', '-s', 'x\u001b[31m', '-c', evil);
    rig.tmux('new-session', '-d', '-s', 'mine', '-c', evil);
    for (const verb of [['status'], ['plan'], ['why', 'mine'], ['status', '-o', 'json']]) {
      const { out, err } = await rig.run(verb);
      expect((out + err).replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    }
  });
});

describe('suspend and resume', () => {
  test('are shown first, and end', async () => {
    rig.declare(pool(1));
    await rig.run(['apply', '--yes']);
    expect((await rig.run(['suspend', 'ccl-auto-0', '--for', '2h', '--reason', 'debugging'])).exit).toBe(0);
    const second = (await rig.run(['status'])).out.split('\n')[1];
    expect(second).toMatch(/^SUSPENDED {2}session\/ccl-auto-0 {2}by ann, until .*\(in 2 h\): debugging$/);
    expect((await rig.run(['resume', 'session/ccl-auto-0'])).exit).toBe(0);
    expect((await rig.run(['status'])).out).not.toContain('SUSPENDED');
  });

  test('of the whole fleet is the first word of the status', async () => {
    rig.declare(pool(1));
    await rig.run(['suspend', '--all']);
    expect((await rig.run(['status'])).out).toMatch(/^fleet test {2}SUSPENDED {2}by ann, until resumed\n/);
    await rig.run(['suspend', 'pool/auto']);
    await rig.run(['resume', '--all']);
    expect((await rig.run(['status'])).out).not.toContain('SUSPENDED');
  });

  test.each([
    [['suspend', 'nobody'], 4],
    [['suspend', 'pool/nobody'], 4],
    [['suspend'], 64],
    [['suspend', '--all', 'ccl-auto-0'], 64],
    [['resume', 'nobody'], 4],
    [['resume', 'ccl-auto-0'], 0],
  ])('%j ends with %i', async (argv, exit) => {
    rig.declare(pool(1));
    expect((await rig.run(argv)).exit).toBe(exit);
  });
});

describe('adopt and release', () => {
  test('stamp and unstamp exactly the session that was named', async () => {
    rig.declare(pool(1));
    rig.tmux('new-session', '-d', '-s', 'ccl-auto-1');
    rig.tmux('new-session', '-d', '-s', 'ccl-auto-10');
    expect((await rig.run(['adopt', 'ccl-auto-1'])).exit).toBe(0);
    expect(rig.tmux('show-options', '-qv', '-t', '=ccl-auto-1:', '@rollcall_owner').trim()).toBe('test');
    expect(rig.tmux('show-options', '-qv', '-t', '=ccl-auto-10:', '@rollcall_owner').trim()).toBe('');
    expect((await rig.run(['release', 'ccl-auto-1'])).exit).toBe(0);
    expect(rig.tmux('show-options', '-t', '=ccl-auto-1:')).not.toContain('rollcall');
    expect((await rig.run(['events', '-o', 'json'])).out.match(/session\.(adopted|released)/g)).toHaveLength(
      2,
    );
  });

  test.each([
    [['adopt', 'nobody'], 4, 'no session nobody'],
    [['adopt', 'other'], 5, 'no declared name'],
    [['adopt', 'ccl-auto-10'], 5, 'no declared name'],
    [['release', 'other'], 5, 'no stamp'],
    [['release', 'nobody'], 4, 'no session'],
    [['release', 'theirs'], 5, 'fleet other'],
  ])('%j ends with %i', async (argv, exit, message) => {
    rig.declare(pool(1));
    for (const name of ['other', 'ccl-auto-10', 'theirs']) rig.tmux('new-session', '-d', '-s', name);
    rig.tmux('set-option', '-t', '=theirs:', '@rollcall_owner', 'other');
    rig.tmux('set-option', '-t', '=theirs:', '@rollcall_kind', 'pool');
    const ran = await rig.run(argv);
    expect(ran.exit).toBe(exit);
    expect(ran.err).toContain(message);
    expect(rig.tmux('show-options', '-qv', '-t', '=theirs:', '@rollcall_owner').trim()).toBe('other');
  });

  test('a session of another fleet is adopted whole: its record of the process is not taken over', async () => {
    rig.declare(pool(1));
    rig.tmux('new-session', '-d', '-s', 'ccl-auto-2');
    for (const [option, value] of [
      ['owner', 'other'],
      ['kind', 'pool'],
      ['pane', '%0'],
      ['pid', '1'],
    ] as const) {
      rig.tmux('set-option', '-t', '=ccl-auto-2:', `@rollcall_${option}`, value);
    }
    const { exit, err } = await rig.run(['adopt', 'ccl-auto-2']);
    expect(exit).toBe(0);
    expect(err).toContain('from fleet other');
    const options = rig.tmux('show-options', '-t', '=ccl-auto-2:');
    expect(options).toContain('@rollcall_owner test');
    expect(options).not.toMatch(/rollcall_p(ane|id)/);
  });

  test('a mark from elsewhere is refused', async () => {
    rig.declare(pool(1));
    rig.tmux('new-session', '-d', '-s', 'ccl-auto-2');
    rig.tmux('set-option', '-g', '@rollcall_owner', 'test');
    for (const verb of ['adopt', 'release']) {
      const { exit, err } = await rig.run([verb, 'ccl-auto-2']);
      expect(exit).toBe(5);
      // Told before the server is asked at all; its guard would refuse, too, and could not say why.
      expect(err).toContain("something other than the session's own options");
    }
  });
});

describe('env', () => {
  function accounts(): string {
    for (const name of ["it's main", 'backup']) mkdirSync(join(rig.home, name), { recursive: true });
    return [
      'accounts:',
      `  main: { home: "${rig.home}/it's main" }`,
      `  backup: { home: ${rig.home}/backup }`,
      `activeAccount: { link: ${rig.home}/active, prefer: [main, backup] }`,
      '',
    ].join('\n');
  }

  function evaluated(lines: string): string {
    return execFileSync('sh', ['-c', 'eval "$1"; printf %s "$CLAUDE_CONFIG_DIR"', 'sh', lines], {
      encoding: 'utf8',
      env: {},
    });
  }

  test('gives the real path of the active account, whatever is in it', async () => {
    rig.declare(accounts());
    symlinkSync(join(rig.home, "it's main"), join(rig.home, 'active'));
    const { out, exit } = await rig.run(['env']);
    expect(exit).toBe(0);
    expect(evaluated(out)).toBe(join(rig.home, "it's main"));
    rmSync(join(rig.home, 'active'));
    symlinkSync(join(rig.home, 'backup'), join(rig.home, 'active'));
    expect(evaluated((await rig.run(['env'])).out)).toBe(join(rig.home, 'backup'));
  });

  test('gives a named account without any link', async () => {
    rig.declare(accounts());
    expect(evaluated((await rig.run(['env', '--account', 'backup'])).out)).toBe(join(rig.home, 'backup'));
  });

  test.each([
    [['env', '--account', 'nobody'], 4],
    [['env', '--account', 'toString'], 4],
    [['env', '--agent', 'codex'], 4],
    [['env', '--account', 'main', '--agent', 'codex'], 4],
    [['env'], 5],
  ])('%j without an active link ends with %i and prints nothing', async (argv, exit) => {
    rig.declare(accounts());
    expect(await rig.run(argv)).toMatchObject({ exit, out: '' });
  });
});

describe('attach', () => {
  test('goes to exactly that session of that server', async () => {
    rig.declare(pool(1));
    rig.tmux('new-session', '-d', '-s', 'mine');
    const calls: unknown[] = [];
    const runOnTerminal = async (command: string, args: readonly string[]): Promise<number> => {
      calls.push([command, ...args]);
      return 0;
    };
    expect((await rig.run(['attach', 'mine'], { runOnTerminal })).exit).toBe(0);
    expect(calls).toEqual([['tmux', '-u', '-S', rig.socket, 'attach-session', '-t', '=mine']]);
    expect((await rig.run(['attach', 'min'], { runOnTerminal })).exit).toBe(4);
    const inside = await rig.run(['attach', 'mine'], {
      runOnTerminal,
      env: { ...rig.env, TMUX: `${rig.socket},1,0` },
    });
    expect(inside.exit).toBe(5);
    expect(inside.err).toContain("switch-client -t '=mine'");
    expect(calls).toHaveLength(1);
  });
});

describe('why', () => {
  test('answers for what is and for what is not', async () => {
    rig.declare(pool(1));
    const { out, exit } = await rig.run(['why', 'not', 'ccl-auto-0', '-o', 'json']);
    expect(exit).toBe(0);
    expect(conforms('Explanation', out)).toBe(true);
    expect((await rig.run(['why', 'ccl-auto-0'])).out).toMatch(/desired-state\.yaml:5/);
    expect((await rig.run(['why', 'nobody'])).exit).toBe(4);
  });
});

describe('events', () => {
  test('are one document a line, and follow until interrupted', async () => {
    rig.declare(pool(1));
    await rig.run(['apply', '--yes']);
    const lines = (await rig.run(['events', '-o', 'json'])).out.trim().split('\n');
    expect(lines.every((line) => conforms('Event', line))).toBe(true);
    const asked = new AbortController();
    const following = rig.run(['events', '--follow'], { interruption: () => asked.signal });
    await rig.run(['suspend', '--all']);
    rig.tmux('new-session', '-d', '-s', 'ccl-auto-1');
    await rig.run(['adopt', 'ccl-auto-1']);
    setTimeout(() => asked.abort('SIGINT'), 600);
    const { out, exit } = await following;
    expect(exit).toBe(130);
    expect(out).toMatch(/session\.create[^]*session\.adopted/);
  });

  test('older than --since are left out', async () => {
    rig.declare(pool(1));
    await rig.run(['apply', '--yes']);
    expect((await rig.run(['events', '--since', '1h'])).out).toContain('session.create');
    const later = (): number => Date.now() + 7_200_000;
    expect((await rig.run(['events', '--since', '1h'], { now: later })).out).toBe('');
  });
});

describe('run', () => {
  test('keeps the fleet, is seen by status, and ends with 0 on SIGTERM', async () => {
    rig.declare(pool(1));
    const asked = new AbortController();
    const running = rig.run(['run'], { interruption: () => asked.signal });
    await expect.poll(() => existsSync(rig.socket) && names(), { timeout: 5000 }).toEqual(['ccl-auto-0']);
    expect(JSON.parse((await rig.run(['status', '-o', 'json'])).out)).toMatchObject({
      loop: { running: true, pid: process.pid },
    });
    asked.abort('SIGTERM');
    const { exit, out } = await running;
    expect(exit).toBe(0);
    for (const line of out.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ fleet: 'test' });
    expect(JSON.parse((await rig.run(['status', '-o', 'json'])).out)).toMatchObject({
      loop: { running: false },
    });
  });

  test('goes by the last good file where the file is bad, also after a restart', async () => {
    rig.declare(pool(1));
    const first = new AbortController();
    const running = rig.run(['run'], { interruption: () => first.signal });
    await expect.poll(() => existsSync(rig.socket), { timeout: 5000 }).toBe(true);
    first.abort('SIGINT');
    expect((await running).exit).toBe(130);
    rig.tmux('kill-server');
    writeFileSync(rig.file, 'half a fi');
    const second = new AbortController();
    const again = rig.run(['run'], { interruption: () => second.signal });
    await expect
      .poll(() => existsSync(rig.socket) && namesOrNone(), { timeout: 5000 })
      .toEqual(['ccl-auto-0']);
    second.abort('SIGTERM');
    expect((await again).err).toContain('Degraded');
  });

  test('--strict refuses to start where a link is not right', async () => {
    for (const name of ['a', 'shared/projects']) mkdirSync(join(rig.home, name), { recursive: true });
    mkdirSync(join(rig.home, 'a', 'projects'));
    rig.declare(
      `${pool(1)}accounts: { a: { home: ${rig.home}/a } }\nsharedState: { root: ${rig.home}/shared, entries: [projects] }\n`,
    );
    const { exit, err } = await rig.run(['run', '--strict']);
    expect(exit).toBe(78);
    expect(err).toContain('link/a/projects');
    expect(existsSync(rig.socket)).toBe(false);
  });
});

function namesOrNone(): string[] {
  try {
    return names();
  } catch {
    return [];
  }
}

/** The real tmux, but for making sessions. */
function brokenTmux(): Record<string, string> {
  const bin = join(rig.home, 'bin');
  const real = execFileSync('sh', ['-c', 'command -v tmux'], { encoding: 'utf8' }).trim();
  mkdirSync(bin);
  const script = [
    '#!/bin/sh',
    'input=$(cat)',
    'case "$input" in',
    '*new-session*) echo "create session failed: out of order" >&2; exit 1;;',
    'esac',
    `printf '%s\\n' "$input" | exec ${real} "$@"`,
    '',
  ];
  writeFileSync(join(bin, 'tmux'), script.join('\n'));
  chmodSync(join(bin, 'tmux'), 0o755);
  return { ...rig.env, PATH: `${bin}:${rig.env['PATH'] ?? ''}` };
}
