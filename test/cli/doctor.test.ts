import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  readFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startOf } from '../../src/host/processes.ts';
import { writeLoopInfo } from '../../src/host/state/loop-info.ts';
import { saveMemory } from '../../src/host/state/memory-store.ts';
import { saveLastGood } from '../../src/host/state/last-good.ts';
import { writeSuspensions } from '../../src/host/state/suspensions.ts';
import type { Check, CheckId } from '../../src/model/doctor.ts';
import { NO_MEMORY } from '../../src/model/memory.ts';
import { outputSchema } from '../../src/report/schemas.ts';
import { textWidth } from '../../src/report/width.ts';
import { until } from '../support/tmux.ts';
import { openRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(() => {
  rig = openRig();
  healthy();
});
afterEach(() => rig.close());

const FLEET = `agents:
  claude: { extends: builtin:claude, command: [HOME/bin/claude], env: { A: { fromEnv: ROLLCALL_TEST_KEY } } }
accounts:
  main: { home: ~/main }
  backup: { home: ~/backup }
activeAccount: { link: ~/active }
sharedState: { root: ~/shared, entries: [projects] }
dedicated: { mine: { cwd: ~/work } }
pools: { auto: { prefix: auto-, max: 2, cwd: ~/work } }
notify:
  channels: { hook: { webhook: { url: 'https://example.org/', headers: { K: { fromFile: ~/key } } } } }
`;

/** A machine on which every check is ok: what each test then spoils is the only thing wrong. */
function healthy(): void {
  const { home, state } = rig;
  declare(FLEET);
  mkdirSync(join(home, 'shared/projects'), { recursive: true });
  for (const account of ['main', 'backup']) {
    mkdirSync(join(home, account), { mode: 0o700 });
    symlinkSync(join(home, 'shared/projects'), join(home, account, 'projects'));
    writeFileSync(join(home, account, '.credentials.json'), account, { mode: 0o600 });
    const answers = {
      hasCompletedOnboarding: true,
      projects: { [home]: { hasTrustDialogAccepted: true } },
    };
    writeFileSync(join(home, account, '.claude.json'), JSON.stringify(answers));
  }
  symlinkSync(join(home, 'main'), join(home, 'active'));
  writeFileSync(join(home, 'key'), 'k', { mode: 0o600 });
  program('echo "2.1.330 (Claude Code)"');
  mkdirSync(state, { recursive: true, mode: 0o700 });
  saveLastGood(state, { file: rig.file, text: readFileSync(rig.file, 'utf8') });
  cycled(Date.now());
  rig.tmux('new-session', '-d', '-s', 'mine', 'sleep', '1000');
}

function declare(text: string): void {
  rig.declare(text.replaceAll('HOME', rig.home));
}

/** The agent's program, as a shell script. */
function program(line: string): void {
  mkdirSync(join(rig.home, 'bin'), { recursive: true });
  writeFileSync(join(rig.home, 'bin/claude'), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
}

/** A loop, which is this process, and when it last finished a cycle. */
function cycled(at: number): void {
  writeLoopInfo(rig.state, {
    pid: process.pid,
    procStart: startOf(process.pid) ?? '',
    since: at - 1000,
    lastCycleAt: at,
  });
}

async function doctor(): Promise<{ exit: number; checks: readonly Check[] }> {
  const { exit, out } = await rig.run(['doctor', '-o', 'json']);
  expect(valid(out)).toBe(true);
  return { exit, checks: JSON.parse(out).checks };
}

function valid(out: string): boolean {
  return z.fromJSONSchema(JSON.parse(JSON.stringify(outputSchema('Doctor')))).safeParse(JSON.parse(out))
    .success;
}

function ill(checks: readonly Check[]): readonly string[] {
  // Whether lingering is on, and what secrets the runner of these tests has, are no matter of ours.
  return checks
    .filter(({ id, status }) => status !== 'ok' && id !== 'linger')
    .filter(({ summary }) => !summary.includes('ROLLCALL_TEST_KEY'))
    .map(({ id, status }) => `${status} ${id}`);
}

describe('rollcall doctor', () => {
  test('finds nothing wrong with a fleet that is well, and ends with 0', async () => {
    const { exit, checks } = await doctor();
    expect(ill(checks)).toEqual([]);
    expect(exit).toBe(0);
    expect(checks.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['tmux-server', 'account-links', 'account-dialogs', 'agent-version', 'secret']),
    );
  });

  const spoiled: readonly (readonly [string, CheckId, 'warn' | 'fail', () => unknown])[] = [
    ['a file with a mistake', 'file', 'fail', () => declare(`${FLEET}poools: {}\n`)],
    ['a file that others may write', 'file-mode', 'warn', () => chmodSync(rig.file, 0o666)],
    ['an edit not yet in force', 'last-good', 'warn', () => declare(`${FLEET}# edited\n`)],
    [
      'another file of the same name',
      'last-good',
      'warn',
      () => saveLastGood(rig.state, { file: '/f', text: '' }),
    ],
    ['a file from the future', 'clock', 'warn', () => utimesSync(rig.file, 4e9, 4e9)],
    ['a state folder that others may write', 'state-folder', 'fail', () => chmodSync(rig.state, 0o777)],
    ['a state folder that others may read', 'state-folder', 'warn', () => chmodSync(rig.state, 0o755)],
    ['a memory of nonsense', 'state-files', 'warn', () => writeFileSync(join(rig.state, 'state.json'), '{')],
    ['no loop', 'loop', 'warn', () => rmSync(join(rig.state, 'loop.json'))],
    ['a loop that stands still', 'loop', 'warn', () => cycled(Date.now() - 3_600_000)],
    [
      'a suspension without an end',
      'suspensions',
      'warn',
      () => writeSuspensions(rig.state, { '*': { since: 1, until: null, reason: null, by: 'ann' } }),
    ],
    [
      'suspensions that cannot be read',
      'suspensions',
      'fail',
      () => writeFileSync(join(rig.state, 'suspensions.json'), '[]'),
    ],
    [
      'a lock held from another machine',
      'lock',
      'warn',
      () =>
        writeFileSync(
          join(rig.state, 'lock.json'),
          JSON.stringify({ pid: 1, procStart: null, since: 1, host: 'elsewhere', command: 'rollcall run' }),
        ),
    ],
    [
      'a stamp for all',
      'stamp-inherited',
      'fail',
      () => rig.tmux('set-option', '-g', '@rollcall_owner', 'test'),
    ],
    [
      'a name that begins one of the pool',
      'session-prefixes',
      'warn',
      () => {
        for (const name of ['auto-1', 'auto']) rig.tmux('new-session', '-d', '-s', name, 'sleep', '1000');
      },
    ],
    ['a folder that is gone', 'folder', 'fail', () => rmSync(join(rig.home, 'work'), { recursive: true })],
    ['an agent that is not installed', 'agent-program', 'fail', () => rmSync(join(rig.home, 'bin/claude'))],
    ['an agent of another version', 'agent-version', 'warn', () => program('echo 9.9.9')],
    ['an agent that says nothing', 'agent-version', 'warn', () => program('exit 1')],
    ['an agent that hangs', 'agent-version', 'warn', () => program('sleep 1000')],
    [
      'a home that is gone',
      'account-home',
      'fail',
      () => rmSync(join(rig.home, 'backup'), { recursive: true }),
    ],
    ['a home that others may read', 'account-mode', 'warn', () => chmodSync(join(rig.home, 'backup'), 0o750)],
    [
      'a home that others may write',
      'account-mode',
      'fail',
      () => chmodSync(join(rig.home, 'backup'), 0o770),
    ],
    ['a link that is missing', 'account-links', 'warn', () => rmSync(join(rig.home, 'backup/projects'))],
    [
      'a link that leads elsewhere',
      'account-links',
      'fail',
      () => {
        rmSync(join(rig.home, 'backup/projects'));
        symlinkSync('/tmp', join(rig.home, 'backup/projects'));
      },
    ],
    [
      'two accounts with one home',
      'account-twin',
      'fail',
      () => {
        rmSync(join(rig.home, 'backup'), { recursive: true });
        symlinkSync(join(rig.home, 'main'), join(rig.home, 'backup'));
      },
    ],
    ['no login', 'account-login', 'warn', () => rmSync(join(rig.home, 'backup/.credentials.json'))],
    [
      'a login that others may read',
      'account-login',
      'fail',
      () => chmodSync(join(rig.home, 'backup/.credentials.json'), 0o644),
    ],
    [
      'one login for two accounts',
      'account-login',
      'fail',
      () => {
        rmSync(join(rig.home, 'backup/.credentials.json'));
        linkSync(join(rig.home, 'main/.credentials.json'), join(rig.home, 'backup/.credentials.json'));
      },
    ],
    [
      'a first start still to come',
      'account-dialogs',
      'warn',
      () => writeFileSync(join(rig.home, 'backup/.claude.json'), '{"hasCompletedOnboarding":true}'),
    ],
    [
      'a login of the same person',
      'account-login',
      'fail',
      () => {
        for (const account of ['main', 'backup']) {
          const file = join(rig.home, account, '.claude.json');
          const state = JSON.parse(readFileSync(file, 'utf8'));
          writeFileSync(
            file,
            JSON.stringify({ ...state, oauthAccount: { accountUuid: 'one', emailAddress: 'ann@x.org' } }),
          );
        }
      },
    ],
    [
      'a login that is a link',
      'account-login',
      'warn',
      () => {
        renameSync(join(rig.home, 'backup/.credentials.json'), join(rig.home, 'login'));
        symlinkSync(join(rig.home, 'login'), join(rig.home, 'backup/.credentials.json'));
      },
    ],
    [
      'settings that are no JSON',
      'account-hooks',
      'warn',
      () => writeFileSync(join(rig.home, 'backup/settings.json'), '{'),
    ],
    [
      'hooks that are switched off',
      'account-hooks',
      'warn',
      () => writeFileSync(join(rig.home, 'backup/settings.json'), '{"disableAllHooks":true}'),
    ],
    [
      'an inbox that others may write',
      'inbox-folder',
      'fail',
      () => {
        mkdirSync(join(rig.home, 'queue/inbox'), { recursive: true });
        chmodSync(join(rig.home, 'queue/inbox'), 0o777);
        declare(`${FLEET}inboxes: { work: { dir: ~/queue/inbox, pool: auto } }\n`);
      },
    ],
    [
      'a secret in the environment of every session',
      'tmux-environment',
      'warn',
      () => rig.tmux('set-environment', '-g', 'GH_TOKEN', 'x'),
    ],
    [
      'a status line that runs what programs write',
      'tmux-options',
      'fail',
      () => rig.tmux('set-option', '-g', 'status-right', '#{T:pane_title}'),
    ],
    ['a secret that is gone', 'secret', 'warn', () => rmSync(join(rig.home, 'key'))],
    ['a secret that others may read', 'secret', 'fail', () => chmodSync(join(rig.home, 'key'), 0o640)],
  ];

  test.each(spoiled)('says of %s what is wrong and what mends it: %s', async (_, id, status, spoil) => {
    spoil();
    const { exit, checks } = await doctor();
    const found = checks.filter((check) => check.id === id && check.status === status);
    expect([ill(checks), found.length > 0]).toEqual([expect.arrayContaining([`${status} ${id}`]), true]);
    for (const { summary, help } of found) expect([summary, help]).not.toContain('');
    expect(found.every(({ help }) => help !== null)).toBe(true);
    expect(exit).toBe(ill(checks).some((each) => each.startsWith('fail')) ? 1 : 0);
  });

  test('says nothing of a first start in folders whose questions are answered by us', async () => {
    writeFileSync(join(rig.home, 'backup/.claude.json'), '{}');
    expect(ill((await doctor()).checks)).toContain('warn account-dialogs');
    declare(FLEET.replace('extends: builtin:claude,', 'extends: builtin:claude, trust: [~/],'));
    expect(ill((await doctor()).checks)).not.toContain('warn account-dialogs');
  });

  test.runIf(process.getuid?.() === 0)('tells an agent that does not start as root', async () => {
    const skips = 'extends: builtin:claude, args: [--dangerously-skip-permissions],';
    declare(FLEET.replace('extends: builtin:claude,', skips));
    expect(ill((await doctor()).checks)).toContain('fail agent-root');
    declare(FLEET.replace('extends: builtin:claude,', skips).replace('env: {', 'env: { IS_SANDBOX: "1",'));
    expect(ill((await doctor()).checks)).not.toContain('fail agent-root');
  });

  test('names nobody whose login it compares', async () => {
    spoiled.find(([what]) => what === 'a login of the same person')?.[3]();
    expect(JSON.stringify((await doctor()).checks)).not.toContain('ann@x.org');
  });

  test.each([
    ['-g', 'destroy-unattached'],
    ['-s', 'exit-unattached'],
  ])('tells by option %s %s a server on which no session lasts', async (flag, option) => {
    // Without a client that stays, the option would end the session, and the server, at once.
    const client = spawn('tmux', ['-S', rig.socket, '-C', 'attach'], { env: rig.env });
    try {
      await until(() => rig.tmux('list-clients') !== '');
      rig.tmux('set-option', flag, option, 'on');
      expect(ill((await doctor()).checks)).toEqual(['fail tmux-options']);
    } finally {
      client.kill('SIGKILL');
    }
  });

  test('tells a server that lives but is not at its socket, and one whose place another took', async () => {
    const pid = Number(rig.tmux('display-message', '-p', '#{pid}'));
    const seen = { socket: rig.socket, pid, procStart: startOf(pid) ?? '' };
    saveMemory(rig.state, { ...NO_MEMORY, server: seen });
    expect(ill((await doctor()).checks)).toEqual([]);
    rmSync(rig.socket);
    try {
      expect(ill((await doctor()).checks)).toContain('fail tmux-unreachable');
      rig.tmux('new-session', '-d', '-s', 'mine', 'sleep', '1000');
      expect(ill((await doctor()).checks)).toEqual(['fail tmux-unreachable', 'fail tmux-second-server']);
    } finally {
      process.kill(pid, 'SIGKILL');
    }
    await until(() => startOf(pid) === null);
    expect(ill((await doctor()).checks)).toEqual([]);
  });

  test('looks at the machine alone where there is no file, and fails on one that was named', async () => {
    rmSync(rig.file);
    const { exit, out } = await rig.run(['doctor', '-o', 'json']);
    const { fleet, checks } = JSON.parse(out);
    expect({ exit, fleet, valid: valid(out) }).toEqual({ exit: 0, fleet: null, valid: true });
    expect(checks.every(({ target }: Check) => target === 'machine')).toBe(true);
    expect((await rig.run(['-f', rig.file, 'doctor'])).exit).toBe(1);
  });

  test('goes by the last good file where the file is bad', async () => {
    writeFileSync(rig.file, '}');
    const { exit, checks } = await doctor();
    expect([exit, ill(checks)]).toEqual([1, ['fail file', 'warn last-good']]);
  });

  test('runs an agent with nowhere to write, and leaves no process of it', async () => {
    const pidFile = join(rig.home, 'bin/pid');
    program(
      `sleep 1000 & echo $! >'${pidFile}'; echo x >"$HOME/written" || echo x >"$CLAUDE_CONFIG_DIR/written"; wait`,
    );
    const started = Date.now();
    const { checks } = await doctor();
    expect(Date.now() - started).toBeLessThan(20_000);
    expect(ill(checks)).toEqual(['warn agent-version']);
    const folders = [rig.home, join(rig.home, 'main'), join(rig.home, 'backup')];
    expect(folders.filter((folder) => existsSync(join(folder, 'written')))).toEqual([]);
    const child = Number(readFileSync(pidFile, 'utf8'));
    await until(() => startOf(child) === null);
  });

  test('shows foreign text as text, in 80 columns, and says what it said in JSON', async () => {
    rig.tmux('rename-session', '-t', '=mine:', 'auto');
    writeSuspensions(rig.state, {
      '*': { since: 1, until: null, reason: '\u001b[31mred\u202e', by: 'a\u0007n' },
    });
    program('echo "9.9.9\u001b[2J"');
    const { out } = await rig.run(['doctor'], {
      env: { ...rig.env, COLUMNS: '80' },
    });
    expect(out).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
    expect(out).toContain('\\x1b[31mred\\u202e');
    const prose = out.split('\n').filter((line) => !line.includes('help: '));
    expect(prose.filter((line) => textWidth(line) > 80)).toEqual([]);
    expect((await rig.run(['doctor', '-o', 'json'])).out).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
  });
});
