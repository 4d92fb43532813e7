import { poolIndex } from '../../src/model/desired.ts';
import type { AttemptRecord } from '../../src/model/task.ts';
import type { Observed } from '../../src/model/observed.ts';
import type { PlanInput } from '../../src/model/plan-input.ts';
import type { Action } from '../../src/model/plan.ts';
import { read } from '../../src/model/reading.ts';
import type { Claim } from '../../src/model/task.ts';
import { plan } from '../../src/plan/plan.ts';
import { evolve, type Luck } from './evolve.ts';
import { inbox } from './queue.ts';
import { stepsOf } from './simulate.ts';
import { carrierOf, inboxNamed, sessionsOf, withInbox, withSessions } from './world.ts';

/** A world that goes on; it throws where at some step something does not hold that must. */
export class Life {
  look: Observed;
  private readonly files: number;
  /** Attempt and launch -> how often its agent was started. */
  /** What the loop remembers of the agents' screens. */
  private screens: PlanInput['memory']['screens'] = {};
  private readonly started: Record<string, number> = {};

  constructor(look: Observed) {
    this.look = look;
    this.files = fileCount(look);
  }

  /** One cycle, which may die after so many steps. Tells what was planned. */
  carryOut(given: PlanInput, stepsToLive: number): readonly Action[] {
    const made = plan({ ...given, observed: this.look, memory: { ...given.memory, screens: this.screens } });
    const refused = made.diagnostics.find(({ code }) => code === 'guard');
    if (refused !== undefined) throw new Error(`the guard refused the plan: ${refused.detail}`);
    const steps = made.actions.flatMap(stepsOf);
    for (const step of steps.slice(0, stepsToLive)) {
      this.look = step(this.look);
      this.mustHold();
    }
    return made.actions;
  }

  passes(ms: number, luck: Luck): void {
    const before = this.look;
    this.look = evolve(before, ms, luck);
    for (const [attempt, { agent, record }] of Object.entries(this.look.runs)) {
      if (agent === null || agent.start === before.runs[attempt]?.agent?.start) continue;
      const launch = `${attempt}/${String(record.ok ? record.value?.launches : '?')}`;
      this.started[launch] = (this.started[launch] ?? 0) + 1;
    }
    this.screens = Object.fromEntries(
      Object.entries(this.look.runs).flatMap(([attempt, { facts }]) => {
        const hash = facts.screen?.hash;
        const known = this.screens[attempt];
        if (hash === undefined) return [];
        return [[attempt, known?.hash === hash ? known : { hash, since: before.at }] as const];
      }),
    );
    this.mustHold();
  }

  /** Nothing is claimed and no session carries anything. */
  isQuiet(): boolean {
    return Object.keys(this.look.runs).length === 0;
  }

  private mustHold(): void {
    const { runs, inboxes } = this.look;
    const claims = Object.keys(inboxes).flatMap((name) => Object.values(inboxNamed(this.look, name).claims));
    const fences = Object.values(sessionsOf(this.look)).flatMap(({ stamp }) => stamp?.work?.attempt ?? []);
    const living = Object.values(runs).filter(({ agent, claim }) => agent?.alive === true && claim !== null);
    const twice = Object.entries(this.started).filter(([, times]) => times > 1);
    if (fileCount(this.look) !== this.files) throw new Error('a task is lost, or there twice');
    if (twice.length > 0) throw new Error(`started twice: ${twice.map(([launch]) => launch).join()}`);
    if (hasTwice(fences)) throw new Error(`two sessions for one attempt: ${fences.join()}`);
    if (hasTwice(claims.map(addressOf))) throw new Error('one id is claimed twice');
    if (hasTwice(living.map(({ claim }) => addressOf(claim)))) throw new Error('two agents for one task');
  }

  /** What is left that should not be: runs, actions still planned, and tasks that wait beside a free session. */
  left(given: PlanInput): Readonly<Record<'runs' | 'actions' | 'stranded', readonly string[]>> {
    const { actions } = plan({ ...given, observed: this.look });
    return {
      runs: Object.entries(this.look.runs)
        .filter(([, { record }]) => !isCrowdedOut(given, this.look, record.ok ? record.value : null))
        .map(([attempt, { claim, spec }]) => `${attempt} ${claim?.file ?? 'not claimed'} ${spec}`),
      actions: actions.map(({ type, target }) => `${type} ${target}`),
      stranded: stranded(given, this.look),
    };
  }
}

/** Whether others have every name of the pool in which a conversation is to go on: it waits until one is free. */
function isCrowdedOut({ desired }: PlanInput, look: Observed, record: AttemptRecord | null): boolean {
  const pool = desired.pools[record?.pool ?? ''];
  if (pool === undefined) return false;
  const theirs = Object.values(sessionsOf(look)).filter(
    ({ name, stamp }) => poolIndex(pool, name) !== null && stamp?.owner !== desired.name,
  );
  return theirs.length >= pool.max;
}

/** Tasks without any wish of their own for which a session is free, in a fleet without accounts. */
function stranded({ desired, agents }: PlanInput, look: Observed): readonly string[] {
  if (Object.keys(desired.accounts).length > 0) return [];
  const free = Object.values(sessionsOf(look)).filter(
    ({ name, stamp, panes }) =>
      stamp?.owner === desired.name &&
      stamp.kind === 'pool' &&
      stamp.work === null &&
      !Object.hasOwn(desired.dedicated, name) &&
      Object.values(panes).every(({ dead, inMode }) => !dead && !inMode),
  );
  return Object.entries(desired.inboxes).flatMap(([name, { pool }]) => {
    const spec = desired.pools[pool];
    if (spec === undefined || agents[spec.agent] === undefined) return [];
    if (!free.some((session) => poolIndex(spec, session.name) !== null)) return [];
    return Object.entries(inboxNamed(look, name).entries).flatMap(([file, entry]) => {
      if (entry.type !== 'task') return [];
      const { cwd, model, agent, notBefore } = entry.task;
      const isPlain = cwd === null && model === null && agent === null;
      return isPlain && (notBefore ?? 0) <= look.at ? [`${name}/${file}`] : [];
    });
  });
}

function addressOf(claim: Claim | null): string {
  return `${claim?.inbox ?? ''}/${claim?.id ?? ''}`;
}

function hasTwice(words: readonly string[]): boolean {
  return new Set(words).size !== words.length;
}

/** The same world with everything in it readable: what nobody can know of, a person has to clear up. */
export function withoutRiddles({ desired, observed: look }: PlanInput): Observed {
  const inboxes = Object.entries(look.inboxes).map(([name, each]) => [
    name,
    each.ok ? each : read(inbox({})),
  ]);
  const runs = Object.fromEntries(
    Object.entries(look.runs).filter(([attempt, { claim, record }]) => {
      const carrier = carrierOf(look, attempt);
      const reserved = claim === null && carrier?.stamp?.work?.phase === null;
      const isKnown = record.ok && (record.value !== null || reserved);
      return isKnown && !Object.hasOwn(desired.dedicated, carrier?.name ?? '');
    }),
  );
  const sessions = Object.entries(sessionsOf(look)).map(([id, each]) => {
    const { stamp } = each;
    const isKnown = stamp?.work == null || runs[stamp.work.attempt] !== undefined;
    return [id, isKnown || stamp === null ? each : { ...each, stamp: { ...stamp, work: null } }];
  });
  const plain = { ...look, inboxes: Object.fromEntries(inboxes), runs };
  const claimless = Object.keys(plain.inboxes).reduce((before, name) => {
    const claims = Object.entries(inboxNamed(before, name).claims).filter(([attempt]) => attempt in runs);
    return withInbox(before, name, { claims: Object.fromEntries(claims) });
  }, plain);
  return look.tmux.ok && look.tmux.value.type === 'up'
    ? withSessions(claimless, Object.fromEntries(sessions))
    : claimless;
}

function fileCount(look: Observed): number {
  return Object.keys(look.inboxes).reduce((sum, name) => {
    const { entries, claims, counts } = inboxNamed(look, name);
    const ended = counts.done + counts.failed + counts.rejected;
    return sum + Object.keys(entries).length + Object.keys(claims).length + ended;
  }, 0);
}
