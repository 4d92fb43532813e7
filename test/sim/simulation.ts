import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSuspensions } from '../../src/host/state/suspensions.ts';
import type { Look } from '../../src/loop/look.ts';
import type { HostWriter } from '../../src/model/host.ts';
import type { DesiredState } from '../../src/model/desired.ts';
import type { Withheld } from '../../src/model/plan.ts';
import { plan } from '../../src/plan/plan.ts';
import type { Limits } from './agents.ts';
import { DEEDS, isDeed } from './deeds.ts';
import { fleetOf, SWAP_COOLDOWN_MS, type Wishes } from './fleet.ts';
import { healed, leftOver, startWorld, taskText, tidied } from './scene.ts';
import { KIND, luckFrom } from './luck.ts';
import { begunFirst, goesOn } from './machine-course.ts';
import { type Call, hostOn } from './machine/host.ts';
import { failed } from './machine/paths.ts';
import type { Done } from './machine/files.ts';
import { withFile } from './machine/files.ts';
import type { World } from './machine/world.ts';
import { screenOf } from './screens.ts';
import { ACCOUNTS, PLACES, SECRET } from './places.ts';
import { type Ledger, wrongCall, wrongPlan, wrongTmux, wrongWorld } from './promises.ts';
import { type Cycled, type Disk, Rollcall } from './rollcall.ts';
import { type Event, isAtCall, type Schedule, wishesFrom } from './schedule.ts';

/** A wrong version of Rollcall: the product's own code on a host that does not do what it is told as it is told. */
export interface Mutant {
  readonly act?: (host: HostWriter) => HostWriter;
}

/** How a run ended. */
export interface Outcome {
  /** Cycles while things went wrong, and cycles after the last fault. */
  readonly cycles: number;
  readonly calm: number;
  readonly calls: number;
  /** What happened how often. */
  readonly events: Readonly<Record<string, number>>;
  /** What went wrong, and where: the number of the round; null: nothing. */
  readonly problem: {
    readonly what: string;
    readonly round: number;
    readonly story: readonly string[];
  } | null;
}

/** What is wrong, thrown from the depth of a run. */
class Broken extends Error {}

/** After the last fault everything is as it should be within so many cycles. */
const CALM_CYCLES = 40;
/** And so many more for each task. */
const CALM_CYCLES_PER_TASK = 8;
/** Cycles that must then change nothing. */
const STAYS = 2;

const folders = new Map<string, string>();

/** Real folders with suspensions in force, as the product reads them; made once. */
function suspended(which: 'none' | 'all' | 'one'): string {
  const known = folders.get(which);
  if (known !== undefined) return known;
  const base = folders.get('base') ?? mkdtempSync(join(tmpdir(), 'rollcall-sim-'));
  if (!folders.has('base')) {
    folders.set('base', base);
    process.on('exit', () => rmSync(base, { recursive: true, force: true }));
  }
  const dir = join(base, which);
  mkdirSync(dir, { recursive: true });
  const target = which === 'all' ? '*' : 'session/auto-1';
  const since = { since: 0, until: null, reason: null, by: 'operator' };
  writeSuspensions(dir, which === 'none' ? {} : { [target]: since });
  folders.set(which, dir);
  return dir;
}

/** Carries out a schedule, and then lets everything come to its end. The same schedule goes the same way. */
export async function simulate(schedule: Schedule, mutant: Mutant = {}): Promise<Outcome> {
  const now = performance.now.bind(performance);
  // A look lets others have a turn when it has taken long: by no clock but the world's may it go one way or another.
  performance.now = () => 0;
  try {
    return await new Simulation(schedule, mutant).run();
  } finally {
    performance.now = now;
  }
}

class Simulation {
  private readonly schedule: Schedule;
  private readonly story: string[] = [];
  private readonly counts: Record<string, number> = {};
  private readonly ledger: Ledger;
  private readonly disk: Disk = { memory: null, stateDir: suspended('none'), full: false };
  private world: World;
  private wishes: Wishes;
  private desired: DesiredState;
  private limits: Limits = {};
  private nonces = 0;
  private tasks = 0;
  private calls = 0;
  private round = 0;
  private cycles = 0;
  private pending: Event[] = [];
  /** Calls of the cycle at hand. */
  private index = 0;
  private writes = 0;
  private death: (() => void) | null = null;
  private isDead = false;
  private readonly first: Rollcall;
  private readonly second: Rollcall;
  private acting: 'first' | 'second' = 'first';
  /** Wall time that has passed, jumps back not counted. */
  private elapsed = 0;
  private lastSwap = -Infinity;
  private excused = false;
  private isCalm = false;
  /** Accounts' homes that have really refused since the last swap. */
  private refused = new Set<string>();

  constructor(schedule: Schedule, { act = (host) => host }: Mutant) {
    this.schedule = schedule;
    this.wishes = schedule.wishes;
    this.desired = fleetOf(schedule.wishes);
    this.world = startWorld(schedule);
    this.ledger = { tasks: new Map(), runs: 1 + schedule.retries };
    const instruments = {
      now: () => this.world.now,
      nonce: () => this.nonce(),
      runsDir: PLACES.runs,
      screenOf: schedule.screens ? screenOf : () => null,
    };
    const host = act(hostOn((call) => this.answer(call), instruments));
    this.first = new Rollcall(host, this.disk);
    this.second = new Rollcall(host, this.disk);
    this.learnTasks();
  }

  async run(): Promise<Outcome> {
    let problem: Outcome['problem'] = null;
    let calm = 0;
    try {
      for (const [number, round] of this.schedule.rounds.entries()) {
        this.round = number;
        await this.storm(round.ms, round.seed, round.events);
      }
      this.round = this.schedule.rounds.length;
      calm = await this.calm();
    } catch (error) {
      const what =
        error instanceof Broken
          ? error.message
          : `thrown: ${String(error instanceof Error ? error.stack : error)}`;
      problem = { what, round: this.round, story: [...this.story, ...remains(this.world)] };
    }
    return { cycles: this.cycles, calm, calls: this.calls, events: this.counts, problem };
  }

  private async storm(ms: number, seed: number, events: readonly Event[]): Promise<void> {
    this.passes(ms);
    this.changes('it goes on', goesOn(this.world, luckFrom(seed), this.limits));
    this.pending = [...events];
    await this.cycle(seed % 16 === 0);
    for (const event of this.pending.splice(0)) this.happens(event);
  }

  /** One cycle of the first Rollcall, which may die in it. */
  private async cycle(checksPlan: boolean): Promise<Cycled | null> {
    this.cycles += 1;
    this.index = 0;
    this.writes = 0;
    this.isDead = false;
    const died = new Promise<null>((resolve) => (this.death = (): void => resolve(null)));
    const cycled = await Promise.race([
      this.first.cycle(this.desired, this.isCalm, (look) => this.planned(look)),
      died,
    ]);
    if (this.isDead || cycled === null) {
      this.first.restart();
      return null;
    }
    this.judge(cycled, checksPlan);
    return cycled;
  }

  private planned({ plan: { actions } }: Look): void {
    for (const { type, target, because } of actions) this.tell(`  plan: ${type} ${target}: ${because}`);
  }

  private judge({ look, last, results }: Cycled, checksPlan: boolean): void {
    for (const each of [look, last]) {
      const { tmux, inboxes } = each.input.observed;
      const seen = {
        tmux: tmux.ok,
        inbox: Object.values(inboxes).every(({ ok }) => ok),
        maxDisruptions: this.wishes.maxDisruptions,
      };
      this.must(wrongPlan(each.plan, seen));
    }
    if (look.plan.actions.length === 0 && this.writes > 0) this.must('promise 6: a look has written');
    for (const { type, target, outcome } of results) this.tell(`  ${type} ${target}: ${outcome}`);
    const said = [this.first, this.second].flatMap((each) => each.said.splice(0));
    if (said.some((line) => line.includes(SECRET))) this.must('promise 13: a secret is in the journal');
    if (!checksPlan) return;
    const again = plan({ ...look.input, observed: reversed(look.input.observed) });
    const text = JSON.stringify(look.plan);
    if (JSON.stringify(again) !== text) this.must('promise 7: the order of a listing changed the plan');
    if (text.includes(SECRET)) this.must('promise 13: a secret is in the plan');
  }

  /** What the host answers: right before, others may act; and the call itself may go wrong. */
  private answer(call: Call): Promise<unknown> {
    if (this.isDead) return new Promise(() => undefined);
    this.calls += 1;
    this.index += 1;
    let run = call.run;
    while ((this.pending[0]?.at ?? Infinity) <= this.index) {
      const event = this.pending.shift();
      if (event === undefined) break;
      const other = this.atCall(event, call);
      if (other === 'dies') return new Promise(() => undefined);
      if (other === 'second') return this.beside().then(() => this.carriedOut(call, call.run));
      if (other !== null) run = other;
    }
    return Promise.resolve(this.carriedOut(call, run));
  }

  private carriedOut(call: Call, run: Call['run']): unknown {
    const before = this.world;
    const [after, answer] = run(before);
    if (after === before) return answer;
    this.writes += 1;
    if (!call.writes) this.must(`promise 6: ${call.label} has written`);
    this.tell(`  ${this.acting === 'first' ? 'R1' : 'R2'} ${call.label}`);
    this.must(wrongCall(call, before, after));
    if (call.label.startsWith('swap ')) this.maySwap(before, after);
    this.world = after;
    this.must(wrongWorld(after, this.ledger, before));
    return answer;
  }

  /** What an event makes of a call; null: nothing, or it was something else that happened. */
  private atCall(event: Event, call: Call): Call['run'] | 'dies' | 'second' | null {
    if (!isAtCall(event.kind)) {
      this.happens(event);
      return this.isDead ? 'dies' : null;
    }
    switch (event.kind) {
      case 'crash':
      case 'crash-after':
        return this.dies(event, call);
      case 'tmux-late':
      case 'tmux-silent':
      case 'file-error': {
        const fault = call.faults.find(({ type }) => type === event.kind);
        if (fault === undefined) return null;
        this.count(event, `at ${call.label}`);
        const { run } = fault;
        if (event.kind !== 'file-error') return run;
        const code = ['EIO', 'ENOSPC', 'EACCES'][event.pick % 3] ?? 'EIO';
        return (world): Done<unknown> => [world, failed(code, call.paths[0] ?? '')];
      }
      case 'tmux-lost':
        if (!call.faults.some(({ type }) => type === 'tmux-late')) return null;
        this.count(event, `at ${call.label}`);
        return (world) => [call.run(world)[0], { type: 'unknown', text: 'tmux said nothing' }];
      case 'second':
        if (this.acting === 'second' || !this.schedule.unlocked) return null;
        this.count(event, '');
        return 'second';
    }
  }

  private dies(event: Event, call: Call): 'dies' {
    this.count(event, `at ${call.label}`);
    if (event.kind === 'crash-after') {
      const late = call.faults.find(({ type }) => type === 'tmux-late');
      this.carriedOut(call, event.pick % 3 === 0 && late !== undefined ? late.run : call.run);
    }
    this.isDead = true;
    this.death?.();
    return 'dies';
  }

  /** A whole cycle of a second Rollcall, which has no lock. */
  private async beside(): Promise<void> {
    this.acting = 'second';
    this.excused = true;
    const { index, writes } = this;
    this.second.restart();
    await this.second.cycle(this.desired, false);
    this.index = index;
    this.writes = writes;
    this.acting = 'first';
  }

  /** What happens to the world, whoever does it. */
  private happens(event: Event): void {
    const { kind, pick } = event;
    if (isAtCall(kind)) return;
    if (isDeed(kind)) {
      if (kind === 'clock-jump') this.changes('time goes by', begunFirst(this.world));
      const before = this.world;
      const { now } = before;
      const after = DEEDS[kind](before, pick);
      this.elapsed += Math.max(0, after.now - now);
      if (after === before) return;
      this.count(event, '');
      if (kind === 'late-now') this.must(wrongTmux(before, after));
      if (kind === 'move-link') this.excused = true;
      if (kind === 'power-cut') this.forgetUnsynced(before, after);
      this.changes(kind, after);
      if (kind === 'power-cut' && this.death !== null) {
        this.isDead = true;
        this.death();
      }
      return;
    }
    switch (kind) {
      case 'goes-on':
        this.changes('it goes on', goesOn(this.world, luckFrom(pick), this.limits));
        break;
      case 'task':
        this.changes('a task comes', this.withTask());
        break;
      case 'edit':
        this.wishes = wishesFrom(luckFrom(pick));
        this.desired = fleetOf(this.wishes);
        break;
      case 'suspend':
        this.disk.stateDir = suspended(pick % 2 === 0 ? 'all' : 'one');
        break;
      case 'lift':
        this.disk.stateDir = suspended('none');
        break;
      case 'lose-state':
        this.disk.memory = null;
        this.excused = true;
        break;
      case 'limit': {
        const home = PLACES.homes[ACCOUNTS[pick % 2] ?? 'main'];
        this.limits = { ...this.limits, [home]: this.world.now + 60_000 * (1 + (pick % 400)) };
        break;
      }
    }
    this.count(event, '');
  }

  private withTask(): World {
    this.tasks += 1;
    const name = `n${String(this.tasks)}`;
    const path = `${PLACES.queue.inbox}/${name}.md`;
    return withFile(this.world, path, taskText(this.schedule.retries), `task-${name}`);
  }

  private changes(why: string, after: World): void {
    const before = this.world;
    if (after === before) return;
    this.world = after;
    this.learnTasks();
    this.learnRefusals();
    this.must(wrongWorld(after, this.ledger, before), why);
  }

  /** Tasks that somebody has put into the inbox. */
  private learnTasks(): void {
    for (const node of Object.values(this.world.files)) {
      if (node.type === 'file' && node.mark.startsWith('task-') && !this.ledger.tasks.has(node.mark))
        this.ledger.tasks.set(node.mark, node.text);
    }
  }

  /** A task that its writer had not brought to the disk, and that nobody had taken in, may go with the power. */
  private forgetUnsynced(before: World, after: World): void {
    const { inbox } = PLACES.queue;
    for (const [path, node] of Object.entries(before.files)) {
      if (node.type !== 'file' || !path.startsWith(`${inbox}/`)) continue;
      if (after.files[path] === undefined) this.ledger.tasks.delete(node.mark);
    }
  }

  private learnRefusals(): void {
    for (const each of Object.values(this.world.processes)) {
      if (each.type === 'agent' && each.does === 'refused' && each.talk !== null)
        this.refused.add(each.talk.home);
    }
  }

  /** Promise 5, as far as it shows from outside. */
  private maySwap(before: World, after: World): void {
    const was = before.files[PLACES.link];
    const is = after.files[PLACES.link];
    const [from, to] = [was, is].map((node) => (node?.type === 'link' ? node.to : ''));
    if (from === undefined || to === undefined || from === to) return;
    if (before.files[to]?.type !== 'directory') this.must(`promise 5: swapped to ${to}, which is not there`);
    if (!this.excused && this.elapsed - this.lastSwap < SWAP_COOLDOWN_MS)
      this.must('promise 5: swapped within the cooldown');
    if (!this.excused && this.wishes.select === 'sticky' && !this.refused.has(from))
      this.must(`promise 5: swapped from ${from}, which never refused anything`);
    this.lastSwap = this.elapsed;
    this.refused = new Set();
    this.excused = false;
  }

  /** After the last fault: as it should be within a bound, and it stays so. */
  private async calm(): Promise<number> {
    this.pending = [];
    this.isCalm = true;
    this.disk.stateDir = suspended('none');
    this.disk.full = false;
    this.changes('an operator puts things right', healed(this.world, this.desired));
    this.excused = true;
    this.tell('-- no more faults --');
    const before = this.cycles;
    let still = 0;
    let left: string | null = 'nothing has been looked at';
    let held: readonly Withheld[] = [];
    const bound = CALM_CYCLES + CALM_CYCLES_PER_TASK * this.ledger.tasks.size;
    for (let cycle = 0; cycle < bound; cycle += 1) {
      for (let many = 0; many < 4; many += 1)
        this.changes('it goes on', goesOn(this.world, KIND, this.limits));
      this.tell(`calm cycle ${String(cycle)}`);
      const cycled = await this.cycle(false);
      if (cycled === null) throw new Broken('it died without a fault');
      held = cycled.last.plan.withheld;
      left = leftOver(this.world, this.wishes, cycled.last);
      still = left === null && this.writes === 0 ? still + 1 : 0;
      if (still > STAYS) break;
      if (still > 0 && this.writes > 0) this.must('promise 8: it was as it should be and was changed again');
      this.passes(cycle < 6 ? 15_000 : cycle < 30 ? 200_000 : 4_000_000);
    }
    const calm = this.cycles - before;
    this.cycles = before;
    for (const { target, reason, because } of held) this.tell(`withheld: ${target} ${reason}: ${because}`);
    if (still <= STAYS)
      this.must(`promise 10: after ${String(bound)} quiet cycles ${left ?? 'it does not stay so'}`);
    return calm;
  }

  private passes(ms: number): void {
    if (ms === 0) return;
    this.changes('time goes by', begunFirst(this.world));
    if (ms > 100_000) this.world = tidied(this.world);
    this.world = { ...this.world, now: this.world.now + ms };
    this.elapsed += ms;
    this.tell(`${String(ms / 1000)} s go by: ${String(this.world.now)}`);
  }

  private nonce(): string {
    this.nonces += 1;
    return (0xa0000 + this.nonces).toString(16).padEnd(32, '0');
  }

  private must(problem: string | null, why = ''): void {
    if (problem !== null) throw new Broken(why === '' ? problem : `${problem} (when ${why})`);
  }

  private count({ kind, at, pick }: Event, where: string): void {
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    this.tell(`! ${kind} ${where} (call ${String(at)}, pick ${String(pick)})`);
  }

  private tell(line: string): void {
    this.story.push(`[${String(this.round)}] ${line}`);
    if (this.story.length > 4000) this.story.splice(0, 2000);
  }
}

/** What runs and what waits, for whoever reads a story. */
function remains({ processes, files }: World): readonly string[] {
  const { inbox, claimed } = PLACES.queue;
  return [
    ...Object.entries(processes).map(([pid, process]) => `process ${pid}: ${JSON.stringify(process)}`),
    ...Object.entries(files)
      .filter(([path]) => path.startsWith(`${inbox}/`) || path.startsWith(`${claimed}/`))
      .map(([path, node]) => `${path}: ${JSON.stringify(node)}`),
  ];
}

/** The same document with everything listed the other way round. */
function reversed<T>(value: T): T;
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => reversed(each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, each]) => [key, reversed(each)]),
  );
}
