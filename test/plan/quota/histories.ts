import fc from 'fast-check';
import type { DesiredState } from '../../../src/model/desired.ts';
import type { Observed } from '../../../src/model/observed.ts';
import { read } from '../../../src/model/reading.ts';
import { KIND, type Luck } from '../../support/evolve.ts';
import { MINUTE, NOW } from '../../support/fleet.ts';
import { inbox, waiting } from '../../support/queue.ts';
import type { Truth } from '../../support/quota-evolve.ts';
import { atWork, homeOf, HOUR, operatorUnder, quotaFleet, quotaLook } from '../../support/quota-fleet.ts';
import { QuotaLife } from '../../support/quota-life.ts';

export const STORMY = 30;
export const CALM = 400;

/** A fleet, its policies, and how its agents tell of limits. */
export const arbFleet = fc.record({
  sessions: fc.integer({ min: 1, max: 4 }),
  accounts: fc.constantFrom(['main', 'backup'], ['main', 'backup', 'third'], ['main']),
  select: fc.constantFrom('sticky' as const, 'sticky' as const, 'preferred' as const),
  shared: fc.constantFrom(['projects'], ['projects'], ['projects'], []),
  confirmations: fc.constantFrom(1, 2, 3),
  pool: fc.constantFrom(1, 2, 3),
  cooldownMs: fc.constantFrom(0, 5 * MINUTE, 30 * MINUTE),
  count: fc.constantFrom(1, 2, 6),
  told: fc.subarray(['transcript', 'hook', 'screen', 'screen-with-reset'] as const, { minLength: 1 }),
  operators: fc.boolean(),
  seed: fc.nat(),
});
type Drawn = typeof arbFleet extends fc.Arbitrary<infer T> ? T : never;

function fleetOf(drawn: Drawn): DesiredState {
  const { confirmations, pool, cooldownMs, count, sessions, accounts, select, shared } = drawn;
  const quota = {
    confirmations,
    thresholds: { pool, dedicated: 1 },
    cooldownMs,
    maxSwaps: { count, perMs: 24 * HOUR },
  };
  const state = quotaFleet({ quota, sessions, accounts, select, shared });
  // Nothing here is about time that an agent takes.
  return { ...state, tasks: { ...state.tasks, idleTimeoutMs: 1_000 * HOUR } };
}

/** More tasks than sessions, all free, the first account active. */
export function lifeOf(drawn: Drawn, noise: Truth['noise']): QuotaLife {
  const state = fleetOf(drawn);
  const tasks = Array.from({ length: drawn.sessions + 2 }, (_, i) => waiting(`task-${String(i)}`));
  const entries = Object.fromEntries(tasks.map((each, i) => [`task-${String(i)}.md`, each]));
  const operators = drawn.operators ? { mine: [operatorUnder('main', atWork(NOW))] } : {};
  const look = quotaLook(state, 'main', { free: drawn.sessions, operators });
  const filled = { ...look, inboxes: { sec: read(inbox(entries)) } };
  return new QuotaLife(state, filled, { limits: {}, noise, told: drawn.told, busy: 3 });
}

/** A course of things that one number decides. */
export function from(seed: number): Luck {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    const drawn = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((drawn ^ (drawn >>> 14)) >>> 0) % sides;
  };
}

function withPath(look: Observed, path: string, target: string): Observed {
  return { ...look, paths: { ...look.paths, [path]: read({ type: 'link', target, resolved: target }) } };
}

/** One thing that may go wrong, or be put right again. */
export function mishap(life: QuotaLife, whole: DesiredState, luck: Luck): void {
  const accounts = Object.keys(whole.accounts);
  const account = accounts[luck(accounts.length)] ?? 'main';
  const link = `${homeOf(account)}/projects`;
  const right = `${whole.sharedState?.root ?? ''}/projects`;
  const { directories } = life.look;
  const home = (present: boolean) =>
    present ? read({ type: 'present', real: homeOf(account) } as const) : read({ type: 'absent' } as const);
  switch (luck(14)) {
    case 1:
      life.forgets();
      return;
    case 2:
      life.moveLink(account);
      return;
    case 3:
    case 4:
      life.look = { ...life.look, directories: { ...directories, [homeOf(account)]: home(luck(2) === 0) } };
      return;
    case 5:
    case 6:
      if (link in life.look.paths)
        life.look = withPath(life.look, link, luck(2) === 0 ? right : '/elsewhere');
      return;
    case 7:
      life.state = luck(2) === 0 ? whole : without(whole, account);
      return;
    case 8:
    case 9:
    case 10:
      strike(life, account, luck);
      return;
    default:
      return;
  }
}

/** An account runs out, for minutes or hours. */
function strike(life: QuotaLife, account: string, luck: Luck): void {
  const ends = life.look.at + (1 + luck(20)) * 15 * MINUTE;
  const { limits } = life.truth;
  if ((limits[account] ?? 0) <= life.look.at)
    life.truth = { ...life.truth, limits: { ...limits, [account]: ends } };
}

export function without(state: DesiredState, account: string): DesiredState {
  const accounts = Object.fromEntries(Object.entries(state.accounts).filter(([name]) => name !== account));
  const spec = state.activeAccounts['claude'];
  if (spec === undefined || Object.keys(accounts).length === 0) return state;
  const prefer = spec.prefer.filter((name) => name !== account);
  return { ...state, accounts, activeAccounts: { claude: { ...spec, prefer } } };
}

/** Everything is put right again: homes, links, the file. */
export function repaired(life: QuotaLife, whole: DesiredState): void {
  life.state = whole;
  const right = `${whole.sharedState?.root ?? ''}/projects`;
  for (const account of Object.keys(whole.accounts)) {
    const home = read({ type: 'present', real: homeOf(account) } as const);
    life.look = { ...life.look, directories: { ...life.look.directories, [homeOf(account)]: home } };
    const link = `${homeOf(account)}/projects`;
    if (link in life.look.paths) life.look = withPath(life.look, link, right);
  }
}

export function storm(life: QuotaLife, whole: DesiredState, luck: Luck, clock: Clock): void {
  for (let look = 0; look < STORMY; look += 1) {
    mishap(life, whole, luck);
    life.passes(1_000 + luck(6) * 20_000, luck, jumpOf(clock, luck));
    life.cycle(luck(3) === 2 ? luck(5) : Infinity);
  }
}

export type Clock = 'steady' | 'forth' | 'both';

/** Now and then a clock jumps by up to 80 minutes. */
export function jumpOf(clock: Clock, luck: Luck): number {
  if (clock === 'steady' || luck(8) < 7) return 0;
  const ms = (1 + luck(4)) * 20 * MINUTE;
  return clock === 'both' && luck(2) === 0 ? -ms : ms;
}

export function calm(life: QuotaLife): void {
  for (let look = 0; look < CALM; look += 1) {
    const { waiting: left, claimed } = life.counts();
    if (left + claimed === 0) return;
    life.passes(look % 2 === 0 ? 2_000 : 11 * MINUTE, KIND);
    life.cycle();
  }
}
