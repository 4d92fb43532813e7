import { describe, expect, test } from 'vitest';
import { type MachineFacts, machineChecks } from '../../src/commands/doctor/machine.ts';
import { type StateFacts, stateChecks } from '../../src/commands/doctor/state.ts';
import { type TmuxFacts, tmuxChecks } from '../../src/commands/doctor/tmux.ts';
import type { Check, CheckStatus } from '../../src/model/doctor.ts';
import { read } from '../../src/model/reading.ts';
import { desired } from '../support/fleet.ts';

const MACHINE: MachineFacts = {
  node: '24.21.0',
  procReadable: true,
  locale: 'fr_FR.utf8',
  linger: true,
  underUserManager: true,
  tmux: '/usr/bin/tmux',
  tmuxVersion: '3.3a',
};

const MIB = 1024 * 1024;
const STATE: StateFacts = {
  dir: '/s',
  mode: 0o700,
  unsafe: null,
  unreadable: null,
  room: { free: 1000 * MIB, size: 2000 * MIB, inodes: null },
  holder: null,
  holderAlive: false,
  host: 'here',
  loop: { running: true, pid: 7, since: 0, lastCycleAt: 990_000 },
  everyMs: 15_000,
  loopSeesOurs: true,
  suspensions: read({}),
  newest: null,
  now: 1_000_000,
};

const TMUX: TmuxFacts = {
  socket: '/s/tmux',
  listing: { type: 'ok', value: { incarnation: { pid: 5, startTime: 1 }, sessions: {} } },
  inherited: false,
  options: { 'destroy-unattached': 'off', 'exit-unattached': 'off' },
  folder: '/s',
  folderMode: 0o700,
  seen: { socket: '/s/tmux', pid: 5, procStart: '1' },
  seenAlive: true,
  listeners: [5],
  sharedService: null,
  access: { others: [], variables: ['HOME', 'PATH', 'MONKEY'] },
  noNewPrivileges: false,
  seesOurs: true,
  diesTogether: false,
};

function ill(checks: readonly Check[]): readonly string[] {
  return checks.filter(({ status }) => status !== 'ok').map(({ id, status }) => `${status} ${id}`);
}

type Row<T> = readonly [string, Partial<T>, `${CheckStatus} ${Check['id']}` | null];

describe('of a machine', () => {
  test.each<Row<MachineFacts>>([
    ['that is well', {}, null],
    ['with an old Node', { node: '20.19.0' }, 'fail node-version'],
    ['whose processes are hidden', { procReadable: false }, 'fail proc-readable'],
    ['with no locale', { locale: '' }, 'warn locale'],
    ['with a locale of one byte', { locale: 'C' }, 'warn locale'],
    ['that ends services at log-out', { linger: false }, 'warn linger'],
    ['that does not say whether it does', { linger: null }, 'warn linger'],
    ['without a user manager', { linger: null, underUserManager: false }, null],
    ['without tmux', { tmux: null, tmuxVersion: null }, 'fail tmux-program'],
    ['whose tmux is something else', { tmuxVersion: null }, 'fail tmux-program'],
    ['with another tmux', { tmuxVersion: '3.6' }, 'warn tmux-program'],
  ])('%s, says so', (_, facts, expected) => {
    expect(ill(machineChecks({ ...MACHINE, ...facts }))).toEqual(expected === null ? [] : [expected]);
  });
});

describe('of the state of a fleet', () => {
  const holder = { pid: 9, procStart: '1', since: 0, host: 'here', command: 'rollcall run' };
  test.each<Row<StateFacts>>([
    ['that is well', {}, null],
    ['on a full disk', { room: { free: 1, size: 2, inodes: null } }, 'fail disk-space'],
    ['on a disk nearly full', { room: { free: 100 * MIB, size: 1, inodes: 9999 } }, 'warn disk-space'],
    ['on a disk without inodes', { room: { free: 1e12, size: 1, inodes: 3 } }, 'fail disk-space'],
    ['on a disk that does not tell', { room: null }, 'warn disk-space'],
    ['held', { holder, holderAlive: true }, null],
    ['whose holder died', { holder }, null],
    ['held from another machine', { holder: { ...holder, host: 'there' } }, 'warn lock'],
    ['whose loop is late', { now: 1_060_000 }, 'warn loop'],
    ['whose loop may take its time', { now: 1_060_000, everyMs: 60_000 }, null],
    ['whose loop sees another /tmp', { loopSeesOurs: false }, 'warn loop-view'],
    ['written in the future', { newest: { path: '/f', at: 1_070_000 } }, 'warn clock'],
    ['written just now', { newest: { path: '/f', at: 1_001_000 } }, null],
  ])('%s, says so', (_, facts, expected) => {
    expect(ill(stateChecks({ ...STATE, ...facts }))).toEqual(expected === null ? [] : [expected]);
  });

  test('counts a suspension that ends as no problem', () => {
    const until = { since: 0, until: 2_000_000, reason: null, by: 'ann' };
    const checks = stateChecks({ ...STATE, suspensions: read({ '*': until }) });
    expect(ill(checks)).toEqual([]);
    expect(ill(stateChecks({ ...STATE, suspensions: read({ '*': { ...until, until: null } }) }))).toEqual([
      'warn suspensions',
    ]);
  });
});

describe('of a tmux server', () => {
  test.each<Row<TmuxFacts>>([
    ['that is well', {}, null],
    ["in the loop's unit", { sharedService: 'loop.service' }, 'fail tmux-cgroup'],
    ['that does not answer', { listing: { type: 'timeout' }, seen: null }, 'fail tmux-server'],
    ['that answers oddly', { listing: { type: 'error', text: 'x' }, seen: null }, 'fail tmux-server'],
    ['that does not run', { listing: { type: 'no-server' }, seen: null, listeners: [] }, null],
    ['not at its socket', { listing: { type: 'no-server' }, listeners: [5] }, 'fail tmux-unreachable'],
    [
      'that is not the one seen last, which has ended',
      { seen: { socket: '/s/tmux', pid: 4, procStart: '1' }, seenAlive: false },
      null,
    ],
    ['left at another socket', { seen: { socket: '/old', pid: 4, procStart: '1' } }, 'warn tmux-unreachable'],
    ['beside another at the same socket', { listeners: [4, 5] }, 'fail tmux-second-server'],
    ['with a kernel that does not tell', { listeners: null }, null],
    ['in a folder of everybody', { folderMode: 0o777 }, 'fail tmux-socket-mode'],
    ['in a folder like /tmp', { folderMode: 0o1777 }, 'warn tmux-socket-mode'],
    ['with a stamp for all', { inherited: true }, 'fail stamp-inherited'],
    ['that others were let into', { access: { others: ['eve'], variables: [] } }, 'fail tmux-access'],
    [
      'that gives secrets to every session',
      { access: { others: [], variables: ['GH_TOKEN'] } },
      'warn tmux-environment',
    ],
    [
      'that is too old to tell',
      { access: null, noNewPrivileges: null, seesOurs: null, diesTogether: null },
      null,
    ],
    ['shut in', { noNewPrivileges: true }, 'warn tmux-confined'],
    ['in another /tmp', { seesOurs: false }, 'warn tmux-confined'],
    ['that dies with one of its agents', { diesTogether: true }, 'warn tmux-oom'],
    [
      'that runs what programs write',
      { options: { 'status-right': '"#{T:pane_title}"' } },
      'fail tmux-options',
    ],
    [
      'that shows what programs write',
      { options: { 'status-right': '"#{pane_title} #{E:status-style}"' } },
      null,
    ],
    ['that types other keys', { options: { 'extended-keys': 'always' } }, 'warn tmux-options'],
    ['that ends sessions', { options: { 'destroy-unattached': 'keep-last' } }, 'fail tmux-options'],
  ])('%s, says so', (_, facts, expected) => {
    expect(ill(tmuxChecks({ ...TMUX, ...facts }, desired()))).toEqual(expected === null ? [] : [expected]);
  });
});
