import type { Calm, Step, System } from './explore.ts';
import type { Limits } from '../sim/agents.ts';
import { Numbers } from './key.ts';
import { exits, MISHAPS, type Mishap, mishaps, words, workings } from './machine.ts';
import { type Call, type CallFault, isUnder } from '../sim/machine/host.ts';
import type { LauncherTraits } from '../sim/machine/processes.ts';
import { Script, type Reconciler, type Stand } from './script.ts';
import type { World } from '../sim/machine/world.ts';

/** A machine at one moment, and where each reconciler stands. */
export interface State {
  readonly world: World;
  readonly stands: readonly Stand[];
  readonly spent: Spent;
}

export type Fault = 'crash' | 'wait' | 'exit' | CallFault['type'] | Mishap;
type Spent = Readonly<Partial<Record<Fault, number>>>;

export interface Scenario<Job, Memory> {
  readonly world: World;
  readonly reconciler: Reconciler<Job, Memory>;
  /** How many of them run at once, without a lock; with one there is never more than one. */
  readonly reconcilers: number;
  /** How often each may happen; `wait` is the clock going on by a while. */
  readonly faults: Spent;
  /** How many may happen in all, not counting `wait` and `exit`. */
  readonly atMost: number;
  /** No more attempts than these are begun. */
  readonly attempts: number;
  readonly launcher?: LauncherTraits;
  /** Home of an account -> until when it refuses whoever works under it. */
  readonly limits?: Limits;
  /** Calls of one kind in a row are one step: fewer states, and further into the depth. */
  readonly coarse?: boolean;
  /** Folders in which something changes: everything else is read without anybody coming in between. */
  readonly live: readonly string[];
  readonly isOurs: (session: string) => boolean;
  /** What must never be so. */
  readonly wrong: (world: World) => string | null;
  /** What is not as it is to be in the end; `flawless`: nothing was ever killed. */
  readonly left: (world: World, flawless: boolean) => string | null;
}

/** What may make a task fail. */
const KILLING: readonly Fault[] = [...MISHAPS, 'exit'];
/** By so much the clock goes on while everything waits; milliseconds. */
const WAITS = [11_000, 11_000, 61_000, 11_000, 3_600_000, 11_000];
/** A calm end takes fewer steps than these. */
const PATIENCE = 4000;

export function systemOf<Job, Memory>(scenario: Scenario<Job, Memory>): System<State> {
  const script = new Script(scenario.reconciler);
  const numbers = new Numbers();
  const at = machineOf(scenario, script);
  const start: State = {
    world: scenario.world,
    stands: Array.from({ length: scenario.reconcilers }, () => script.start()),
    spent: {},
  };
  return {
    start,
    key: ({ world, stands, spent }) =>
      [
        numbers.world(world),
        // They are all alike.
        stands.map(({ id }) => id).toSorted((a, b) => a - b),
        ...Object.entries(spent)
          .map(([fault, times]) => fault + String(times))
          .toSorted(),
      ].join(' '),
    steps: (state) => at.steps(state),
    wrong: ({ world }) => scenario.wrong(world),
    calm: (state, isKnown) => calmEnd(scenario, at, numbers, state, isKnown),
  };
}

interface Machine {
  readonly steps: (state: State) => readonly Step<State>[];
  readonly goOn: (state: State, who: number) => Promise<State>;
}

function machineOf<Job, Memory>(scenario: Scenario<Job, Memory>, script: Script<Job, Memory>): Machine {
  const { faults, atMost, live, launcher = {} } = scenario;
  const total = (spent: Spent): number =>
    Object.values(spent).reduce((sum, times) => sum + times, 0) - (spent.wait ?? 0) - (spent.exit ?? 0);
  const mayHappen = (spent: Spent, fault: Fault): boolean =>
    (spent[fault] ?? 0) < (faults[fault] ?? 0) &&
    (fault === 'wait' || fault === 'exit' || total(spent) < atMost);
  const spend = (spent: Spent, fault: Fault): Spent => ({ ...spent, [fault]: (spent[fault] ?? 0) + 1 });
  const standing = (state: State, world: World, who: number, stand: Stand): State => ({
    ...state,
    world,
    stands: state.stands.map((each, index) => (index === who ? stand : each)),
  });
  /** Past the calls that nobody can come in between. */
  const past = (state: State, who: number, stand: Stand, before: Call | null): State | Promise<State> => {
    const { call } = stand;
    const isOne = call !== null && before !== null && scenario.coarse === true && isGlued(before, call);
    if (call === null || !(isStill(call, live) || isOne)) return standing(state, state.world, who, stand);
    const [world, answer] = call.run(state.world);
    const after = { ...state, world };
    const last = isStill(call, live) ? before : call;
    return then(script.answer(stand, answer, world.now), (next) => past(after, who, next, last));
  };
  const carriedOut = (state: State, who: number, stand: Stand, run: Call['run']): State | Promise<State> => {
    const [world, answer] = run(state.world);
    return then(script.answer(stand, answer, world.now), (next) =>
      past({ ...state, world }, who, next, stand.call),
    );
  };
  const begin = (state: State, who: number, stand: Stand, nonce: number): State | Promise<State> =>
    then(script.begin(stand, nonce, state.world.now), (next) => past(state, who, next, null));
  const ofReconciler = (state: State, stand: Stand, who: number): readonly Step<State>[] => {
    const name = `R${String(who + 1)}`;
    const { call } = stand;
    if (call === null) {
      const nonce = freshNonce(script, scenario.reconciler.runsDir, state);
      if (nonce >= scenario.attempts) return [];
      return [{ label: `${name} begins to look`, take: () => begin(state, who, stand, nonce) }];
    }
    const steps: Step<State>[] = [
      { label: `${name} ${call.label}`, take: () => carriedOut(state, who, stand, call.run) },
    ];
    for (const fault of call.faults) {
      if (!mayHappen(state.spent, fault.type)) continue;
      const spent = spend(state.spent, fault.type);
      steps.push({
        label: `${name} ${call.label} [${fault.type}]`,
        take: () => carriedOut({ ...state, spent }, who, stand, fault.run),
      });
    }
    if (mayHappen(state.spent, 'crash')) {
      const crashed = { ...state, spent: spend(state.spent, 'crash') };
      steps.push({
        label: `${name} dies before ${call.label}`,
        take: () => standing(crashed, state.world, who, script.start()),
      });
      // Its client may have handed the command over.
      for (const { type, run } of call.faults) {
        if (type !== 'tmux-late') continue;
        const [world] = run(state.world);
        steps.push({
          label: `${name} dies in ${call.label}`,
          take: () => standing(crashed, world, who, script.start()),
        });
      }
    }
    return steps;
  };
  const ofWorld = (state: State): readonly Step<State>[] => {
    const { world, spent } = state;
    const free = [...workings(world, launcher, scenario.limits), ...words(world)];
    const paid = (
      fault: Fault,
      events: readonly { label: string; world: World }[],
    ): readonly Step<State>[] =>
      mayHappen(spent, fault)
        ? events.map((event) => ({
            label: event.label,
            take: () => ({ ...state, world: event.world, spent: spend(spent, fault) }),
          }))
        : [];
    return [
      ...free.map((event) => ({ label: event.label, take: () => ({ ...state, world: event.world }) })),
      ...paid('exit', exits(world)),
      ...(isStarting(world) ? [] : paid('wait', [later(world, WAITS[0] ?? 0)])),
      ...MISHAPS.flatMap((mishap) => paid(mishap, mishaps(world, mishap, scenario.isOurs))),
    ];
  };
  return {
    steps: (state) => [
      ...state.stands.flatMap((stand, who) => ofReconciler(state, stand, who)),
      ...ofWorld(state),
    ],
    goOn: async (state, who) => {
      const stand = state.stands[who];
      if (stand === undefined) return state;
      if (stand.call !== null) return carriedOut(state, who, stand, stand.call.run);
      return begin(state, who, stand, freshNonce(script, scenario.reconciler.runsDir, state));
    },
  };
}

/**
 * Goes on without mishaps: what is begun is finished, what the machine does by itself is done, agents finish, each
 * reconciler looks and acts, and when all of that changes nothing any more the clock goes on.
 */
async function calmEnd<Job, Memory>(
  scenario: Scenario<Job, Memory>,
  machine: Machine,
  numbers: Numbers,
  from: State,
  isKnown: (key: string) => boolean,
): Promise<Calm> {
  const keys: string[] = [];
  const labels: string[] = [];
  let state: State = { ...from, spent: {} };
  let waits = 0;
  let idle = 0;
  for (let steps = 0; steps < PATIENCE; steps += 1) {
    const key = `${numbers.world(state.world)} ${state.stands.map(({ id }) => id).join(',')}`;
    if (isKnown(key)) return { left: null, keys, labels };
    keys.push(key);
    const wrong = scenario.wrong(state.world);
    if (wrong !== null) return { left: wrong, keys, labels };
    const busy = state.stands.findIndex(({ call }) => call !== null);
    const [event] =
      busy === -1
        ? [...workings(state.world, scenario.launcher ?? {}, scenario.limits), ...words(state.world)]
        : [];
    if (busy !== -1) {
      labels.push(`R${String(busy + 1)} ${state.stands[busy]?.call?.label ?? ''}`);
      const before = numbers.world(state.world);
      state = await machine.goOn(state, busy);
      if (numbers.world(state.world) !== before) idle = 0;
    } else if (event !== undefined) {
      labels.push(event.label);
      state = { ...state, world: event.world };
      idle = 0;
    } else if (idle < state.stands.length) {
      labels.push(`R${String(idle + 1)} begins to look`);
      const next = await machine.goOn(state, idle);
      idle += 1;
      state = next;
    } else {
      const left = scenario.left(state.world, !KILLING.some((fault) => (from.spent[fault] ?? 0) > 0));
      const wait = WAITS[waits];
      if (left === null) return { left: null, keys, labels };
      if (wait === undefined) return { left, keys, labels };
      const gone = later(state.world, wait);
      labels.push(gone.label);
      state = { ...state, world: gone.world };
      waits += 1;
      idle = 0;
    }
  }
  return { left: `no end after ${String(PATIENCE)} steps`, keys, labels };
}

function later(world: World, ms: number): { readonly label: string; readonly world: World } {
  return { label: `${String(ms / 1000)} s go by`, world: { ...world, now: world.now + ms } };
}

/** A launcher takes its spec and starts its agent without a pause in between: no seconds go by meanwhile. */
function isStarting({ processes }: World): boolean {
  return Object.values(processes).some(
    (each) => each.type === 'launcher' && (each.stage === 'taken' || each.stage === 'started'),
  );
}

function isStill(call: Call, live: readonly string[]): boolean {
  if (call.still === true) return true;
  return !call.writes && call.paths.length > 0 && !call.paths.some((path) => isUnder(path, live));
}

/** Looks at one part of the machine, or preparations that nobody else knows of. */
function isGlued(before: Call, call: Call): boolean {
  return before.part === call.part && before.part !== null;
}

/** The first nonce from which no attempt has come that is still known anywhere. */
function freshNonce<Job, Memory>(script: Script<Job, Memory>, runsDir: string, state: State): number {
  const used = new Set(state.stands.flatMap(({ begins }) => begins));
  const prefix = `${runsDir}/`;
  for (const path of Object.keys(state.world.files)) {
    if (path.startsWith(prefix)) used.add(path.slice(prefix.length).split('/')[0] ?? '');
  }
  for (let nonce = 0; ; nonce += 1) {
    const isTaken = state.stands.some((stand) => stand.nonce === nonce);
    if (!isTaken && [...script.ids(nonce)].every((id) => !used.has(id))) return nonce;
  }
}

function then<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
