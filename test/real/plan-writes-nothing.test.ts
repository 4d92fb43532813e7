import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { withoutCache } from '../support/tmux.ts';
import { BIN, type FleetMachine, fleetMachine } from './fleet-machine.ts';
import { rawFiles, rawServer } from './world.ts';

const DECLARED = `
apiVersion: rollcall/v1
kind: Fleet
name: real
tmux: { socket: SOCKET }
accounts:
  main: { home: ~/.claude-main }
activeAccount: { link: ~/.claude }
sharedState: { root: ~/.claude-shared, entries: [projects, file-history] }
dedicated:
  ops-1: { cwd: ~/work }
pools:
  auto: { prefix: ccl-auto-, min: 3, max: 3, cwd: ~/work }
`;

const VERBS: readonly (readonly string[])[] = [
  ['plan'],
  ['plan', '-o', 'json', '--detailed-exitcode'],
  ['status'],
  ['status', '-o', 'json'],
  ['why', 'session/ccl-auto-1'],
  ['why', 'not', 'account/main'],
  ['validate'],
  ['events'],
  ['schema'],
  ['env', '--account', 'main'],
];

/** The ones that look at the world. */
const QUICK = VERBS.filter(([verb]) => ['plan', 'status', 'events'].includes(verb ?? ''));

/** A fleet with something of everything to do, on a server with somebody else's sessions or on none. */
function machine(server: 'up' | 'none'): FleetMachine {
  const fleet = fleetMachine(DECLARED);
  onTestFinished(() => fleet.cleanup());
  mkdirSync(join(fleet.home, '.claude-main'), { mode: 0o700 });
  symlinkSync('/nowhere', join(fleet.home, '.claude-main/projects'));
  if (server === 'up') {
    for (const name of ['theirs', 'ccl-auto-2'])
      fleet.machine.tmux('new-session', '-d', '-s', name, 'sleep', '4000');
  }
  return fleet;
}

describe.each(['none', 'up'] as const)('reading verbs, with a tmux server that is %s', (server) => {
  it('change no file, folder, link, session or option, and make no state folder', async () => {
    const fleet = machine(server);
    const before = [rawFiles(fleet.home), rawServer(fleet.machine)];
    for (const verb of server === 'up' ? VERBS : QUICK) {
      const { code, err } = await fleet.cli(...verb);
      expect([verb, code, err]).toEqual([verb, verb.includes('--detailed-exitcode') ? 2 : 0, '']);
    }
    expect([rawFiles(fleet.home), rawServer(fleet.machine)]).toEqual(before);
    expect(existsSync(join(fleet.home, '.local'))).toBe(false);
    expect(existsSync(fleet.machine.socket)).toBe(server === 'up');
  });
});

describe('after an apply', () => {
  it('change nothing either, not even what is remembered', async () => {
    const fleet = machine('up');
    await fleet.converge();
    const before = [rawFiles(fleet.home), rawServer(fleet.machine)];
    for (const verb of QUICK) await fleet.cli(...verb);
    expect([rawFiles(fleet.home), rawServer(fleet.machine)]).toEqual(before);
  });
});

const STRACE = has('strace', '-V');

describe('plan, seen by the kernel', () => {
  it.skipIf(!STRACE)('(needs strace) asks for no write to any file, by itself or by tmux', async () => {
    const fleet = machine('up');
    const log = join(fleet.machine.folder, 'strace');
    execFileSync(
      'strace',
      [
        '-f',
        '-qq',
        '-s',
        '300',
        '-o',
        log,
        '-e',
        `trace=${WRITES}`,
        process.execPath,
        BIN,
        '-f',
        fleet.file,
        'plan',
      ],
      { env: withoutCache(fleet.machine.env), cwd: fleet.home, stdio: 'ignore' },
    );
    const calls = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    expect(calls.some((line) => line.includes('desired-state.yaml'))).toBe(true);
    expect(calls.filter((line) => line.includes('execve(') && line.includes('"tmux"'))).not.toEqual([]);
    expect(calls.filter(isWrite)).toEqual([]);
  });
});

describe('plan under a home that cannot be written', () => {
  it.skipIf(!has('unshare', '-m', 'true'))('(needs a mount namespace) says the same', async () => {
    const fleet = machine('up');
    const line = `mount --bind '${fleet.home}' '${fleet.home}' && mount -o remount,ro,bind '${fleet.home}' && ! touch '${fleet.home}/x' 2>/dev/null && exec '${process.execPath}' '${BIN}' -f '${fleet.file}' plan`;
    const [free, bound] = [await fleet.cli('plan'), await fleet.run('unshare', '-m', 'sh', '-c', line).ended];
    expect([bound.code, bound.err]).toEqual([0, '']);
    const timeless = (text: string): string => text.replace(/observed [\d.]+ \w+ ago/, 'observed');
    expect(timeless(bound.out)).toBe(timeless(free.out));
    expect(free.out).toContain('ccl-auto-0');
  });
});

const WRITES = [
  'open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat',
  'unlink,unlinkat,rmdir,chmod,fchmod,fchmodat,chown,lchown,fchown,fchownat,truncate,ftruncate',
  'utimensat,mknod,mknodat,setxattr,lsetxattr,fsetxattr,execve',
].join(',');

/** A call that would change a file. Terminals, /dev/null and /proc hold no data. */
function isWrite(line: string): boolean {
  if (line.includes('execve(')) return false;
  if (/\bopen(?:at2?)?\(/.test(line)) {
    return /O_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND)/.test(line) && !/"\/(?:dev|proc)\//.test(line);
  }
  return /^\d+ +[a-z0-9]+\(/.test(line);
}

function has(program: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
