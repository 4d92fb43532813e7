import { describe, expect, it } from 'vitest';
import type { DesiredState } from '../../../src/model/desired.ts';
import { NO_MEMORY } from '../../../src/model/memory.ts';
import type { Observed } from '../../../src/model/observed.ts';
import type { PlanInput } from '../../../src/model/plan-input.ts';
import { type AccountQuota, NOTHING_KNOWN, type Swap, type Usage } from '../../../src/model/quota.ts';
import { read, unreadable } from '../../../src/model/reading.ts';
import type { ObservedRun } from '../../../src/model/run.ts';
import { phaseOf } from '../../../src/plan/phase.ts';
import { input, MINUTE, NOW } from '../../support/fleet.ts';
import { waiting } from '../../support/queue.ts';
import {
  atWork,
  homeOf,
  HOUR,
  inHook,
  inTranscript,
  onScreen,
  quotaFleet,
  quotaLook,
  runUnder,
} from '../../support/quota-fleet.ts';
import { linesOf } from '../../support/task-world.ts';
import { inboxNamed, withInbox } from '../../support/world.ts';

const FLEET = quotaFleet();

interface Scene {
  /** Account -> when its login was refused. */
  readonly loggedOut?: Readonly<Record<string, number>>;
  readonly state?: DesiredState;
  readonly active?: string;
  readonly runs?: readonly ObservedRun[];
  readonly free?: number;
  readonly tasks?: number;
  /** Account -> how long it has no quota, milliseconds; below 0: had none until then. */
  readonly exhausted?: Readonly<Record<string, number>>;
  readonly used?: Readonly<Record<string, number>>;
  readonly swaps?: readonly Swap[];
  readonly look?: Partial<Observed>;
  readonly over?: Partial<PlanInput>;
}

function planOf(scene: Scene) {
  const given = inputOf(scene);
  const { plan, actions, withheld } = linesOf(given);
  const isSwap = (line: string) => line.startsWith('account.activate');
  return {
    plan,
    actions: actions.filter((line) => !line.startsWith('session.create')),
    swaps: actions.filter(isSwap),
    heldSwaps: withheld.filter(isSwap),
    withheld,
    phase: phaseOf(given, plan),
  };
}

function inputOf(scene: Scene): PlanInput {
  const { state = FLEET, active = 'main', runs = [], free = 0, tasks = 0, exhausted = {}, used = {} } = scene;
  const plain = quotaLook(state, active, { runs, free, over: scene.look ?? {} });
  const files = Array.from(
    { length: tasks },
    (_, i) => [`new-${String(i)}.md`, waiting(`new-${String(i)}`)] as const,
  );
  const look = withInbox(plain, 'sec', { ...inboxNamed(plain, 'sec'), entries: Object.fromEntries(files) });
  const accounts = Object.keys(state.accounts).map((account): [string, AccountQuota] => {
    const ms = exhausted[account];
    const percent = used[account];
    const usage: Record<string, Usage> =
      percent === undefined ? {} : { five_hour: { percent, resetsAt: NOW + HOUR, at: NOW - MINUTE } };
    const loggedOutAt = scene.loggedOut?.[account] ?? null;
    return [
      account,
      { ...NOTHING_KNOWN, loggedOutAt, exhaustedUntil: ms === undefined ? null : NOW + ms, used: usage },
    ];
  });
  const known = Object.fromEntries(accounts);
  return input(state, look, {
    memory: { ...NO_MEMORY, quota: { accounts: known, swaps: scene.swaps ?? [] } },
    exhaustedUntil: read(
      Object.fromEntries(accounts.map(([name, { exhaustedUntil }]) => [name, exhaustedUntil])),
    ),
    ...scene.over,
  });
}

function swapped(agoMs: number, over: Partial<Swap> = {}): Swap {
  return { agent: 'claude', from: 'backup', to: 'main', at: NOW - agoMs, byHand: false, made: true, ...over };
}

function homeless(account: string): Partial<Observed> {
  const { directories } = quotaLook(FLEET, 'main');
  return { directories: { ...directories, [homeOf(account)]: read({ type: 'absent' } as const) } };
}

function diverted(...accounts: readonly string[]): Partial<Observed> {
  const { paths } = quotaLook(FLEET, 'main');
  const elsewhere = read({ type: 'link', target: '/elsewhere', resolved: '/elsewhere' } as const);
  const links = accounts.map((account) => [`${homeOf(account)}/projects`, elsewhere] as const);
  return { paths: { ...paths, ...Object.fromEntries(links) } };
}

describe('the account that is to be active (SPEC §6.6, §6.7)', () => {
  it('is none whose login was refused a while ago, unless a person asks for it', () => {
    const scene = { exhausted: { main: HOUR }, loggedOut: { backup: NOW - HOUR } };
    expect(planOf(scene).swaps).toEqual(['account.activate account/third exhausted']);
    expect(planOf({ ...scene, loggedOut: { backup: NOW - 7 * HOUR } }).swaps).toEqual([
      'account.activate account/backup exhausted',
    ]);
    expect(planOf({ ...scene, over: { swapTo: 'backup' } }).swaps).toEqual([
      'account.activate account/backup by-hand',
    ]);
    expect(planOf({ loggedOut: { main: NOW - 1 } }).swaps).toEqual([]);
  });

  it('is the next in order that can take over', () => {
    const gone = { main: HOUR };
    expect(planOf({ exhausted: gone }).swaps).toEqual(['account.activate account/backup exhausted']);
    expect(planOf({ exhausted: { ...gone, backup: 1 } }).swaps).toEqual([
      'account.activate account/third exhausted',
    ]);
    for (const look of [homeless('backup'), diverted('backup')]) {
      expect(planOf({ exhausted: gone, look }).swaps).toEqual(['account.activate account/third exhausted']);
    }
    expect(planOf({ active: 'third', exhausted: { third: HOUR } }).swaps).toEqual([
      'account.activate account/main exhausted',
    ]);
  });

  it('stays where none is left, and the fleet is blocked', () => {
    const all = planOf({ exhausted: { main: HOUR, backup: HOUR, third: 1 }, tasks: 1, free: 1 });
    expect(all.swaps).toEqual([]);
    expect(all.heldSwaps).toEqual([]);
    expect(all.actions).toEqual([]);
    expect(all.phase).toBe('Blocked');
    expect(planOf({ exhausted: { main: HOUR }, look: diverted('backup', 'third') }).swaps).toEqual([]);
  });

  it('stays where what is known of quota cannot be read', () => {
    const diagnostic = {
      severity: 'error',
      code: 'path-unreadable',
      target: 'x',
      summary: '',
      detail: '',
      help: null,
    };
    const over = { exhaustedUntil: unreadable(diagnostic as Parameters<typeof unreadable>[0]) };
    expect(planOf({ exhausted: { main: HOUR }, over }).swaps).toEqual([]);
  });

  it('is not moved by an account that ran out beside it', () => {
    expect(planOf({ exhausted: { backup: HOUR, third: HOUR } }).swaps).toEqual([]);
  });

  it.each([
    { agoMs: 0, held: true },
    { agoMs: 5 * MINUTE - 1, held: true },
    { agoMs: 5 * MINUTE, held: false },
    { agoMs: -HOUR, held: true },
  ])('waits for the cooldown, $agoMs ms after the last swap: $held', ({ agoMs, held }) => {
    const { swaps, heldSwaps } = planOf({ exhausted: { main: HOUR }, swaps: [swapped(agoMs)] });
    expect(heldSwaps).toEqual(held ? ['account.activate account/backup swap-cooldown'] : []);
    expect(swaps.length).toBe(held ? 0 : 1);
  });

  it('waits for its own cooldown, not that of another agent', () => {
    const codex = swapped(1_000, { agent: 'codex' });
    expect(planOf({ exhausted: { main: HOUR }, swaps: [codex] }).swaps.length).toBe(1);
  });

  it.each([
    { of: 5, byHand: 0, held: false },
    { of: 6, byHand: 0, held: true },
    { of: 6, byHand: 1, held: false },
    { of: 7, byHand: 1, held: true },
  ])('is moved no more often than maxSwaps: $of swaps, $byHand by hand', ({ of, byHand, held }) => {
    const swaps = Array.from({ length: of }, (_, i) => swapped((of - i) * HOUR, { byHand: i < byHand }));
    const scene = planOf({ exhausted: { main: HOUR }, swaps });
    expect(scene.heldSwaps).toEqual(held ? ['account.activate account/backup swap-budget'] : []);
    expect(scene.swaps.length).toBe(held ? 0 : 1);
  });

  it('may be moved again when the oldest of them is over', () => {
    const swaps = Array.from({ length: 6 }, (_, i) => swapped(24 * HOUR - i * HOUR));
    expect(planOf({ exhausted: { main: HOUR }, swaps }).swaps.length).toBe(1);
  });

  it('is moved by hand at any time, but never to one that cannot take over', () => {
    const recent = [swapped(1_000)];
    const over = { swapTo: 'third' };
    expect(planOf({ over, swaps: recent }).swaps).toEqual(['account.activate account/third by-hand']);
    expect(planOf({ over, exhausted: { third: 1 } }).swaps).toEqual([]);
    expect(planOf({ over, look: homeless('third') }).swaps).toEqual([]);
    expect(planOf({ over, look: diverted('third') }).swaps).toEqual([]);
    expect(planOf({ over: { swapTo: 'main' } }).swaps).toEqual([]);
    expect(planOf({ over: { swapTo: 'nobody' } }).swaps).toEqual([]);
  });

  it('is not moved under an agent that reaches its home through the link; our own launches go on meanwhile', () => {
    const users = { claude: read([{ pid: 9, command: 'claude' }]) };
    const scene = planOf({ exhausted: { main: HOUR }, look: { linkUsers: users }, free: 1, tasks: 1 });
    expect(scene.swaps).toEqual([]);
    expect(scene.heldSwaps).toEqual(['account.activate account/backup link-in-use']);
    const start = scene.plan.actions.find((action) => action.type === 'task.start');
    expect(start?.effect.record.account).toBe('backup');
    expect(start?.effect.launch.home).toBe(homeOf('backup'));
  });
});

describe('select', () => {
  const preferred = quotaFleet({ select: 'preferred' });
  const eligible = { main: -MINUTE };

  it('sticky stays with what it has', () => {
    expect(planOf({ active: 'backup', exhausted: eligible }).swaps).toEqual([]);
  });

  it('preferred returns to the first one that is eligible', () => {
    const back = planOf({ state: preferred, active: 'third', exhausted: eligible });
    expect(back.swaps).toEqual(['account.activate account/main preferred']);
    const second = planOf({ state: preferred, active: 'third', exhausted: { main: HOUR } });
    expect(second.swaps).toEqual(['account.activate account/backup preferred']);
    expect(planOf({ state: preferred, active: 'main', exhausted: {} }).swaps).toEqual([]);
    expect(planOf({ state: preferred, active: 'backup', exhausted: { main: 1 } }).swaps).toEqual([]);
  });

  it('preferred waits for turns, cooldown and budget', () => {
    const scene = { state: preferred, active: 'backup', exhausted: eligible };
    const busy = planOf({ ...scene, runs: [runUnder(0, 'backup', atWork())] });
    expect(busy.heldSwaps).toEqual(['account.activate account/main mid-turn']);
    expect(busy.swaps).toEqual([]);
    expect(planOf({ ...scene, runs: [runUnder(0, 'main', atWork())] }).swaps.length).toBe(1);
    const soon = planOf({ ...scene, swaps: [swapped(MINUTE, { to: 'backup' })] });
    expect(soon.heldSwaps).toEqual(['account.activate account/main swap-cooldown']);
  });
});

describe('switchAt', () => {
  const at95 = quotaFleet({ quota: { switchAtPercent: 95 } });

  it.each([
    { main: 94, backup: 0, to: null },
    { main: 95, backup: 0, to: 'backup' },
    { main: 100, backup: 94, to: 'backup' },
    { main: 96, backup: 95, to: 'third' },
  ])('moves from $main % to what has room: $to', ({ main, backup, to }) => {
    const { swaps } = planOf({ state: at95, used: { main, backup } });
    expect(swaps).toEqual(to === null ? [] : [`account.activate account/${to} nearly-exhausted`]);
  });

  it('is off unless the file says so', () => {
    expect(planOf({ used: { main: 100 } }).swaps).toEqual([]);
  });

  it('stays where none has room, and does not come back to one that is full', () => {
    expect(planOf({ state: at95, used: { main: 96, backup: 96, third: 99 } }).swaps).toEqual([]);
    const state = quotaFleet({ quota: { switchAtPercent: 95 }, select: 'preferred' });
    expect(planOf({ state, active: 'backup', used: { main: 96 } }).swaps).toEqual([]);
  });

  it('waits for the cooldown like any swap', () => {
    const { heldSwaps } = planOf({ state: at95, used: { main: 96 }, swaps: [swapped(MINUTE)] });
    expect(heldSwaps).toEqual(['account.activate account/backup swap-cooldown']);
  });

  it('moves new work only: who works goes on where they are', () => {
    const failed = runUnder(
      1,
      'main',
      inHook('server-error', { at: NOW - 10 * MINUTE + 1 }),
      {},
      {
        agent: null,
        exit: { code: 1, signal: null, at: NOW - 9 * MINUTE },
      },
    );
    const scene = { state: at95, used: { main: 96 }, runs: [runUnder(0, 'main', atWork()), failed] };
    const { actions, plan } = planOf({ ...scene, active: 'backup', free: 1, tasks: 1 });
    const start = plan.actions.find((action) => action.type === 'task.start');
    expect(start?.effect.record.account).toBe('backup');
    const again = plan.actions.find((action) => action.type === 'session.relaunch');
    expect(again?.effect.record.account).toBe('main');
    expect(actions.filter((line) => /agent.stop|task.park/.test(line))).toEqual([]);
  });
});

describe('conversations that go on', () => {
  const parked = (number: number): ObservedRun =>
    runUnder(
      number,
      'main',
      inTranscript('quota'),
      { parkedUntil: NOW - 1 },
      {
        agent: null,
        exit: { code: 143, signal: null, at: NOW - MINUTE },
      },
    );
  const gone = { main: HOUR };
  const relaunched = (number: number, agoMs: number, isAtWork: boolean): ObservedRun =>
    runUnder(
      number,
      'backup',
      isAtWork ? atWork(NOW - agoMs + 1) : inTranscript('quota', { at: NOW - agoMs - 1 }),
      { launches: 2, launchedAt: NOW - agoMs },
    );
  const goOn = (runs: readonly ObservedRun[]) => {
    const { actions, withheld } = planOf({ active: 'backup', exhausted: gone, runs });
    return {
      relaunches: actions.filter((line) => line.startsWith('session.relaunch')),
      held: withheld.filter((line) => line.startsWith('session.relaunch')),
    };
  };

  it('go on one by one: the first now, the others after it', () => {
    expect(goOn([parked(0), parked(1), parked(2)])).toEqual({
      relaunches: ['session.relaunch session/auto-0 goes-on'],
      held: ['session.relaunch session/auto-1 spread-out', 'session.relaunch session/auto-2 spread-out'],
    });
  });

  it.each([
    { agoMs: 500, work: true, held: 'spread-out' },
    { agoMs: 1_000, work: true, held: null },
    { agoMs: 5_000, work: false, held: 'first-one-watched' },
    { agoMs: 59_999, work: false, held: 'first-one-watched' },
    { agoMs: 60_000, work: false, held: null },
    // Written under another clock.
    { agoMs: -HOUR, work: false, held: null },
  ])('wait for the one before: $agoMs ms ago, at work: $work', ({ agoMs, work, held }) => {
    const { relaunches, held: waits } = goOn([relaunched(0, agoMs, work), parked(1)]);
    expect(waits).toEqual(held === null ? [] : [`session.relaunch session/auto-1 ${held}`]);
    expect(relaunches.length).toBe(held === null ? 1 : 0);
  });

  it('go on under their own account where the accounts share no conversations', () => {
    const state = quotaFleet({ shared: [] });
    const scene = { state, active: 'backup', runs: [parked(0)] };
    const held = planOf({ ...scene, exhausted: gone }).withheld;
    expect(held).toContain('session.relaunch session/auto-0 not-shared');
    const { plan } = planOf({ ...scene, exhausted: { main: -1 } });
    const again = plan.actions.find((action) => action.type === 'session.relaunch');
    expect(again?.effect).toMatchObject({ launch: { home: homeOf('main') }, record: { account: 'main' } });
  });

  it('wait while their agents still live, which are told to end', () => {
    const lives = runUnder(0, 'main', inTranscript('quota'), { parkedUntil: NOW - 1 });
    expect(planOf({ active: 'backup', exhausted: gone, runs: [lives] }).actions).toEqual([
      'agent.stop task/sec/task-0 quota',
    ]);
  });

  it('go on in a free session where their own is gone, before anything that waits', () => {
    const orphan = parked(0);
    const base = inputOf({ active: 'backup', exhausted: gone, runs: [orphan], free: 1, tasks: 1 });
    const { tmux } = base.observed;
    if (!tmux.ok || tmux.value.type !== 'up') throw new Error('no server');
    const sessions = Object.fromEntries(
      Object.entries(tmux.value.sessions).filter(([, { name }]) => name !== 'auto-0'),
    );
    const given = { ...base, observed: { ...base.observed, tmux: read({ ...tmux.value, sessions }) } };
    const { actions } = linesOf(given);
    expect(actions.filter((line) => /relaunch|task.start/.test(line))).toEqual([
      'session.relaunch session/auto-1 goes-on',
    ]);
  });
});

describe('a task whose agent was refused', () => {
  const limited = (at: number, resetsAt: number | null = null): ObservedRun =>
    runUnder(0, 'main', inTranscript('quota', { at, resetsAt }));
  const parks = (scene: Scene): readonly (number | null)[] =>
    planOf(scene).plan.actions.flatMap((action) =>
      action.type === 'task.park' ? [action.effect.record.parkedUntil] : [],
    );

  it('is parked once its account has none left: until another can take it, or the first reset', () => {
    const runs = [limited(NOW - 1_000)];
    expect(parks({ runs, exhausted: { main: HOUR } })).toEqual([NOW + HOUR]);
    expect(parks({ runs, active: 'backup', exhausted: { main: HOUR } })).toEqual([NOW]);
    const none = { main: 3 * HOUR, backup: HOUR, third: 2 * HOUR };
    expect(parks({ runs, exhausted: none })).toEqual([NOW + HOUR]);
  });

  it('is said to go on under the account that takes over, not at the reset', () => {
    const said = (exhausted: NonNullable<Scene['exhausted']>): string | undefined =>
      planOf({ runs: [limited(NOW - 1_000)], exhausted }).plan.actions.find(
        ({ type }) => type === 'task.park',
      )?.because;
    expect(said({ main: HOUR })).toBe(
      'main has no quota left; it goes on under backup, which takes over now',
    );
    expect(said({ main: HOUR, backup: 2 * HOUR, third: 2 * HOUR })).toBe(
      'main has no quota left; it goes on in 1 h',
    );
  });

  it('is left as it is while nothing is sure', () => {
    expect(planOf({ runs: [limited(NOW - 1_000)] }).actions).toEqual([]);
    expect(planOf({ runs: [limited(NOW - 299_999)] }).actions).toEqual([]);
  });

  it('goes on when nobody else was refused for five minutes', () => {
    expect(parks({ runs: [limited(NOW - 300_000)] })).toEqual([NOW]);
  });

  it('goes on at once where its limit was over before anybody knew', () => {
    expect(parks({ runs: [limited(NOW - MINUTE, NOW - 1)] })).toEqual([NOW]);
    expect(parks({ runs: [limited(NOW - MINUTE)], exhausted: { main: -30_000 } })).toEqual([NOW]);
    expect(parks({ runs: [limited(NOW - MINUTE)], swaps: [swapped(30_000)] })).toEqual([NOW]);
  });

  it('is parked in a fleet without accounts, too', () => {
    const state = quotaFleet({ accounts: [] });
    const runs = [runUnder(0, null, inTranscript('quota', { resetsAt: NOW + HOUR }))];
    expect(parks({ state, runs })).toEqual([NOW + HOUR]);
    expect(parks({ state, runs: [runUnder(0, null, onScreen('quota'))] })).toEqual([NOW + HOUR]);
  });

  it('does not fail for it, however long nothing moves', () => {
    const old = runUnder(0, 'main', inTranscript('quota', { at: NOW - 9 * HOUR }), {
      launchedAt: NOW - 10 * HOUR,
      parkedUntil: NOW + HOUR,
    });
    const { actions } = planOf({ runs: [old], exhausted: { main: HOUR, backup: HOUR, third: HOUR } });
    expect(actions.filter((line) => line.startsWith('task.'))).toEqual([]);
  });
});
