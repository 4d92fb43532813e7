import { execFileSync, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { acquireLock } from '../../src/host/state/lock.ts';
import { loadMemory, saveMemory } from '../../src/host/state/memory-store.ts';
import { prepareStateDir } from '../../src/host/state/state-dir.ts';
import { NOTHING_KNOWN, type AccountQuota } from '../../src/model/quota.ts';
import { NO_MEMORY } from '../../src/model/memory.ts';
import { type OutputName, outputSchema } from '../../src/report/schemas.ts';
import { openRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(() => {
  rig = openRig();
  for (const name of ['main', 'backup', 'third']) mkdirSync(home(name));
  symlinkSync(home('main'), link());
  declare();
});
afterEach(() => rig.close());

const home = (name: string): string => join(rig.home, `.claude-${name}`);
const link = (): string => join(rig.home, '.claude');
const HOUR = 3_600_000;

function declare(more = ''): void {
  const accounts = ['main', 'backup', 'third'].map((name) => `${name}: { home: ${home(name)} }`).join(', ');
  rig.declare(`accounts: { ${accounts} }\nactiveAccount: { link: ${link()}${more} }\n`);
}

/** What is known of the accounts before a verb is called, as a loop would have left it. */
function remember(accounts: Readonly<Record<string, Partial<AccountQuota>>>): void {
  prepareStateDir(rig.state);
  const known = Object.entries(accounts).map(([name, quota]) => [name, { ...NOTHING_KNOWN, ...quota }]);
  saveMemory(rig.state, { ...NO_MEMORY, quota: { accounts: Object.fromEntries(known), swaps: [] } });
}

function spentFor(ms: number): Partial<AccountQuota> {
  const now = Date.now();
  const because = {
    since: now - 60_000,
    source: 'transcript',
    confidence: 'told',
    session: 'auto-1',
    rule: 'quota',
    text: 'secret words of a screen',
  } as const;
  return { exhaustedUntil: now + ms, because };
}

function conforms(name: OutputName, json: string): boolean {
  return z.fromJSONSchema(JSON.parse(JSON.stringify(outputSchema(name)))).safeParse(JSON.parse(json)).success;
}

function everything(): string {
  return execFileSync('find', [rig.home, '-printf', '%P %y %l %s %T@\n'], { encoding: 'utf8' });
}

describe('swap', () => {
  test('makes the named account the active one, and remembers that it was asked for by hand', async () => {
    const { exit, out } = await rig.run(['swap', '--to', 'third', '--yes']);
    expect({ exit, out }).toMatchObject({ exit: 0, out: expect.stringContaining('by-hand') });
    expect(readlinkSync(link())).toBe(home('third'));
    expect(loadMemory(rig.state).memory.quota.swaps).toMatchObject([{ to: 'third', byHand: true }]);
    const events = (await rig.run(['events', '-o', 'json'])).out.trim().split('\n');
    expect(events.map((line): unknown => JSON.parse(line))).toContainEqual(
      expect.objectContaining({
        type: 'swap.done',
        target: 'account/third',
        fields: { agent: 'claude', from: 'main', reason: 'by-hand' },
      }),
    );
  });

  test('takes the next account that can take over where none is named, round to the first', async () => {
    rmSync(home('backup'), { recursive: true });
    expect((await rig.run(['swap', '--yes'])).exit).toBe(0);
    expect(readlinkSync(link())).toBe(home('third'));
    expect((await rig.run(['swap', '--yes'])).exit).toBe(0);
    expect(readlinkSync(link())).toBe(home('main'));
  });

  test('shows with --dry-run what it would do, writes nothing, and needs no lock', async () => {
    prepareStateDir(rig.state);
    const holder = {
      pid: process.pid,
      procStart: '1',
      since: Date.now(),
      host: 'h',
      command: 'rollcall run',
    };
    const lock = acquireLock(rig.state, holder);
    const before = everything();
    const { exit, out, err } = await rig.run(['swap', '--dry-run']);
    expect({ exit, out, err }).toMatchObject({
      exit: 0,
      out: expect.stringContaining('Plan: 1 to change.'),
      err: expect.stringContaining('Nothing has been changed.'),
    });
    const json = await rig.run(['swap', '--dry-run', '-o', 'json']);
    expect(conforms('Plan', json.out)).toBe(true);
    expect(JSON.parse(json.out)).toMatchObject({
      actions: [{ target: 'account/backup', reason: 'by-hand' }],
    });
    expect(everything()).toBe(before);
    if (lock.ok) lock.release();
  });

  test('changes nothing but the active account and its links', async () => {
    writeFileSync(join(rig.home, 'work', 'x'), '');
    rig.declare(
      `accounts: { main: { home: ${home('main')} }, backup: { home: ${home('backup')} } }\nactiveAccount: { link: ${link()} }\n` +
        `sharedState: { root: ${rig.home}/shared, entries: [projects] }\n` +
        `pools: { auto: { prefix: auto-, max: 1, cwd: ${rig.home}/work } }\n`,
    );
    expect((await rig.run(['swap', '--yes'])).exit).toBe(0);
    expect(readlinkSync(link())).toBe(home('backup'));
    expect(readlinkSync(join(home('backup'), 'projects'))).toBe(`${rig.home}/shared/projects`);
    expect(existsSync(join(home('main'), 'projects'))).toBe(false);
    expect(existsSync(rig.socket)).toBe(false);
  });

  test('asks, and does nothing without a yes', async () => {
    expect(await rig.run(['swap'])).toMatchObject({ exit: 5, err: expect.stringContaining('--yes') });
    expect(await rig.run(['swap'], { ask: async () => 'no' })).toMatchObject({ exit: 5 });
    expect(readlinkSync(link())).toBe(home('main'));
    expect(await rig.run(['swap'], { ask: async () => 'yes' })).toMatchObject({ exit: 0 });
    expect(readlinkSync(link())).toBe(home('backup'));
  });

  test('is refused with the reason where the account cannot take over', async () => {
    remember({ backup: spentFor(2 * HOUR) });
    rmSync(home('third'), { recursive: true });
    expect(await rig.run(['swap', '--to', 'backup', '--yes'])).toMatchObject({
      exit: 5,
      err: expect.stringContaining('backup cannot take over: it has no quota for 2 h'),
    });
    const all = await rig.run(['swap', '--yes']);
    expect(all).toMatchObject({ exit: 5, err: expect.stringContaining('third: its home') });
    expect(all.err).toContain('backup: it has no quota');
    await rig.run(['suspend', 'account/backup']);
    expect(readlinkSync(link())).toBe(home('main'));
  });

  test('is refused where what stands at the active link is not ours', async () => {
    rmSync(link());
    mkdirSync(link());
    writeFileSync(join(link(), 'data'), 'mine');
    expect(await rig.run(['swap', '--to', 'backup', '--yes'])).toMatchObject({
      exit: 5,
      err: expect.stringContaining('it may hold data'),
    });
    expect(readFileSync(join(link(), 'data'), 'utf8')).toBe('mine');
  });

  test('is refused, and says by whom, while a live agent reaches its home through the link', async () => {
    copyFileSync('/bin/sleep', join(rig.home, 'claude'));
    const agent = spawn(join(rig.home, 'claude'), ['60'], {
      env: { CLAUDE_CONFIG_DIR: link() },
      stdio: 'ignore',
    });
    try {
      const { exit, err } = await rig.run(['swap', '--yes']);
      expect({ exit, err }).toMatchObject({
        exit: 5,
        err: expect.stringContaining(`claude (pid ${String(agent.pid)})`),
      });
      expect(readlinkSync(link())).toBe(home('main'));
    } finally {
      agent.kill('SIGKILL');
    }
  });

  test('has 4 for an account that is not declared, and does nothing to be done for the active one', async () => {
    expect(await rig.run(['swap', '--to', 'bakcup', '--yes'])).toMatchObject({
      exit: 4,
      err: expect.stringContaining('did you mean "backup"?'),
    });
    expect(await rig.run(['swap', '--to', 'main', '--yes'])).toMatchObject({ exit: 0 });
    expect(loadMemory(rig.state).memory.quota.swaps).toEqual([]);
  });

  test('has 6 where a loop holds the fleet, and says who and what to do', async () => {
    prepareStateDir(rig.state);
    const holder = {
      pid: process.pid,
      procStart: '1',
      since: Date.now(),
      host: 'h',
      command: 'rollcall run',
    };
    const lock = acquireLock(rig.state, holder);
    const { exit, err } = await rig.run(['swap', '--yes']);
    expect({ exit, err }).toMatchObject({ exit: 6, err: expect.stringContaining('rollcall run, pid') });
    expect(err).toContain('start it again');
    expect(readlinkSync(link())).toBe(home('main'));
    if (lock.ok) lock.release();
  });

  test('says that select: preferred will go back', async () => {
    declare(', select: preferred');
    expect(await rig.run(['swap', '--yes'])).toMatchObject({
      exit: 0,
      err: expect.stringContaining('goes back to main'),
    });
  });

  test('is held by no cooldown, and the next swap that nobody asked for is', async () => {
    expect((await rig.run(['swap', '--to', 'backup', '--yes'])).exit).toBe(0);
    expect((await rig.run(['swap', '--to', 'third', '--yes'])).exit).toBe(0);
    const { memory } = loadMemory(rig.state);
    const accounts = { ...memory.quota.accounts, third: { ...NOTHING_KNOWN, ...spentFor(HOUR) } };
    saveMemory(rig.state, { ...memory, quota: { ...memory.quota, accounts } });
    const { out } = await rig.run(['plan', '-o', 'json']);
    expect(JSON.parse(out)).toMatchObject({
      actions: [],
      withheld: [{ type: 'account.activate', reason: 'swap-cooldown' }],
    });
  });
});

describe('what the operator sees of quota', () => {
  test('status has each fact with its source and age, and no words of a screen', async () => {
    const now = Date.now();
    remember({
      main: {
        ...spentFor(2 * HOUR),
        used: { five_hour: { percent: 100, resetsAt: now + 2 * HOUR, at: now - 60_000 } },
      },
    });
    const { out } = await rig.run(['status', '-o', 'json']);
    expect(conforms('Status', out)).toBe(true);
    expect(out).not.toContain('secret words');
    expect(JSON.parse(out).accounts.main).toMatchObject({
      active: true,
      exhaustedUntil: expect.stringMatching(/Z$/),
      exhaustion: { source: 'transcript', confidence: 'told', session: 'auto-1', rule: 'quota' },
      used: { five_hour: { percent: 100 } },
    });
    const text = (await rig.run(['status'])).out;
    expect(text).toMatch(
      /main +exhausted \(told\) +.*\(in (2 h|1 h 59 m|1 h 60 m)\).*transcript of auto-1$/m,
    );
    expect(text).not.toContain('secret words');
  });

  test('the journal says a thing once, whoever looks again', async () => {
    remember({ main: spentFor(2 * HOUR), third: spentFor(3 * HOUR) });
    for (const _ of [1, 2]) expect((await rig.run(['apply', '--yes'])).exit).toBe(0);
    expect(readlinkSync(link())).toBe(home('backup'));
    const events = (await rig.run(['events', '-o', 'json'])).out.trim().split('\n');
    const told = events.map((line): { type: string; target: string } => JSON.parse(line));
    const quota = told.filter(({ type }) => /^(quota|swap)\./.test(type));
    expect(quota.map(({ type, target }) => `${type} ${target}`)).toEqual([
      'quota.exhausted account/main',
      'quota.exhausted account/third',
      'swap.done account/backup',
    ]);
    expect(events.join('')).not.toContain('secret words');
  });

  test('status says until when the fleet is blocked', async () => {
    remember({ main: spentFor(2 * HOUR), backup: spentFor(HOUR), third: spentFor(3 * HOUR) });
    const status = JSON.parse((await rig.run(['status', '-o', 'json'])).out);
    expect(status.phase).toBe('Blocked');
    expect(status.blockedUntil).toBe(status.accounts.backup.exhaustedUntil);
    expect((await rig.run(['status'])).out).toMatch(
      /BLOCKED +no account has quota; it goes on by itself at /,
    );
  });

  test('why says of an account what it rests on, and why another one is not active', async () => {
    remember({ backup: spentFor(2 * HOUR) });
    const { out } = await rig.run(['why', 'not', 'account/backup']);
    const flat = out.replaceAll(/\s+/g, ' ');
    expect(flat).toMatch(
      /it has no quota for (2 h|1 h 59 m( \d+ s)?) more: by the transcript of auto-1 \(rule quota\), 1 m/,
    );
    expect(flat).toContain('it cannot be worked under now');
    expect(flat).toContain('main stays: select: sticky');
    expect(out).not.toContain('secret words');
  });
});
