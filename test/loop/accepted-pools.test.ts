import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { writeSuspensions } from '../../src/host/state/suspensions.ts';
import { type Look, lookAndPlan } from '../../src/loop/look.ts';
import type { DesiredState } from '../../src/model/desired.ts';
import type { HostReader, ListedSession, TmuxAnswer } from '../../src/model/host.ts';
import { acceptable } from '../../src/plan/mass-removal.ts';
import { NO_MEMORY, type Suspensions } from '../../src/model/memory.ts';
import { desired, FLEET, INCARNATION, NOW, pool } from '../support/fleet.ts';
import { lookCache } from '../../src/observe/look-cache.ts';

const TEN = { auto: pool({ min: 10, max: 10 }) };
const ONE = { auto: pool({ min: 1, max: 10 }) };
const MEMORY = { ...NO_MEMORY, accepted: acceptable(desired({ pools: TEN })) };
const NAMES = Array.from({ length: 9 }, (_, i) => `auto-${String(i + 1)}`);

describe('an edit that takes too much', () => {
  it('is not in force before a yes, when nothing else holds it back', async () => {
    const look = await lookAt(desired({ pools: ONE }), {});
    expect(look.memory.accepted?.pools).toEqual(TEN);
    expect(look.massRemoval.toSorted()).toEqual(NAMES);
  });

  it('is not in force before a yes, when the sessions it takes are too young to go yet', async () => {
    const look = await lookAt(desired({ pools: ONE }), { age: 1000 });
    expect(look.plan.withheld).toEqual([]);
    expect(look.memory.accepted?.pools).toEqual(TEN);
    expect(look.massRemoval.toSorted()).toEqual(NAMES);
  });

  it('is not in force before a yes, when the fleet is suspended meanwhile', async () => {
    const suspended = { '*': { since: 0, until: null, reason: null, by: 'op' } };
    const look = await lookAt(desired({ pools: ONE }), { suspended });
    expect(look.memory.accepted?.pools).toEqual(TEN);
  });

  it('is not in force before a yes, when somebody types in each of the sessions', async () => {
    const look = await lookAt(desired({ pools: ONE }), { typed: true });
    expect(look.memory.accepted?.pools).toEqual(TEN);
  });

  it('is not in force before a yes, when the server cannot be read meanwhile', async () => {
    const look = await lookAt(desired({ pools: ONE }), { unreadable: true });
    expect(look.memory.accepted?.pools).toEqual(TEN);
  });

  it('is in force by a yes', async () => {
    const look = await lookAt(desired({ pools: ONE }), { confirmed: true });
    expect(look.memory.accepted?.pools).toEqual(ONE);
    expect(look.massRemoval).toEqual([]);
  });

  it('is in force at once where it takes little', async () => {
    const eight = { auto: pool({ min: 8, max: 10 }) };
    expect((await lookAt(desired({ pools: eight }), {})).memory.accepted?.pools).toEqual(eight);
  });
});

interface World {
  readonly age?: number;
  readonly typed?: boolean;
  readonly unreadable?: boolean;
  readonly suspended?: Suspensions;
  readonly confirmed?: boolean;
}

/** One look, through the product's own code, at ten free sessions. */
async function lookAt(state: DesiredState, world: World): Promise<Look> {
  const stateDir = mkdtempSync(join(tmpdir(), 'rollcall-test-'));
  onTestFinished(() => rmSync(stateDir, { recursive: true }));
  writeSuspensions(stateDir, world.suspended ?? {});
  const place = {
    desired: state,
    host: hostWith(world),
    stateDir,
    profileOf: () => null,
    agents: {},
    agentOf: () => null,
    runsDir: join(stateDir, 'runs'),
    userHome: '/home/op',
    cache: lookCache(),
  };
  return await lookAndPlan(place, MEMORY, { massRemovalConfirmed: world.confirmed ?? false });
}

function hostWith({ age = 3_600_000, typed = false, unreadable = false }: World): HostReader {
  const answer = <T>(value: T): Promise<TmuxAnswer<T>> =>
    Promise.resolve(unreadable ? { type: 'timeout' } : { type: 'ok', value });
  const ids = Array.from({ length: 10 }, (_, i) => i);
  const created = (NOW - age) / 1000;
  const sessions = Object.fromEntries(ids.map((i) => [`$${String(i)}`, holder(i, created, typed)]));
  const stamps = Object.fromEntries(
    ids.map((i) => [
      `$${String(i)}`,
      {
        '@rollcall_owner': FLEET,
        '@rollcall_kind': 'pool',
        '@rollcall_pane': `%${String(i)}`,
        '@rollcall_pid': String(100 + i),
      },
    ]),
  );
  return {
    now: () => NOW,
    nonce: () => '0123456789abcdef0123456789abcdef',
    tmux: {
      socket: '/tmp/none',
      list: () => answer({ incarnation: INCARNATION, sessions }),
      stamps: () => answer({ incarnation: INCARNATION, sessions: stamps, inherited: false, screens: {} }),
    },
    files: {
      path: () => Promise.resolve({ type: 'ok', value: { type: 'absent' } }),
      directory: (path) => Promise.resolve({ type: 'ok', value: { type: 'present', real: path } }),
      names: () => Promise.resolve({ type: 'ok', value: [] }),
      text: () => Promise.resolve({ type: 'ok', value: '' }),
      head: () => Promise.resolve({ type: 'ok', value: '' }),
      tail: () => Promise.resolve({ type: 'ok', value: { text: '', at: NOW } }),
      entries: () => Promise.resolve({ type: 'ok', value: {} }),
      bytes: () => Promise.resolve({ type: 'ok', value: { bytes: new Uint8Array(), identity: '' } }),
      beingWritten: () => Promise.resolve([]),
    },
    processes: {
      list: () => Promise.resolve([]),
      startOf: () => Promise.resolve('1'),
      environmentOf: () => Promise.resolve({}),
      openFiles: () => Promise.resolve(null),
      detailsOf: () => Promise.resolve(null),
    },
  };
}

function holder(i: number, created: number, typed: boolean): ListedSession {
  const pane = {
    id: `%${String(i)}`,
    pid: 100 + i,
    dead: false,
    deadStatus: null,
    deadSignal: null,
    command: 'sleep',
    cwd: '/',
    inMode: false,
    inputOdd: false,
    shownOwner: FLEET,
    shownFence: '',
  };
  return {
    id: `$${String(i)}`,
    name: `auto-${String(i)}`,
    created,
    attached: typed ? 1 : 0,
    lastKey: typed ? NOW / 1000 : null,
    panes: { [pane.id]: pane },
  };
}
