import { setTimeout as sleep } from 'node:timers/promises';
import type { Action, Plan, Withheld } from '../model/plan.ts';
import type { ApplyOutcome, ApplyReport, StepResult } from '../model/step.ts';
import type { Crew } from './crew.ts';
import { keepLook } from './keep-look.ts';
import type { Look } from './look.ts';
import { lookAndPlan } from './look.ts';
import { step } from './step.ts';
import { tellUnheard } from './tell.ts';

export interface ConvergeOptions {
  readonly timeoutMs: number;
  /** One cycle only. */
  readonly once: boolean;
  /** Only these, as `session/NAME` or `pool/NAME`; empty: everything. */
  readonly targets: readonly string[];
  readonly massRemovalConfirmed: boolean;
  readonly onStep?: (result: StepResult, index: number, total: number) => void;
  readonly signal: AbortSignal;
}

/** Something that failed so often in a row is not tried again by one `apply`. */
const TRIES = 3;
/** An `apply` waits for no hold that is longer than this. */
const PATIENCE_MS = 30_000;

/**
 * Acts and looks again until nothing is left to do, beginning with the look the operator was shown. Ends early
 * when only withheld changes remain, at the timeout, or after the action at hand when `signal` fires.
 */
export async function converge(whole: Crew, shown: Look, options: ConvergeOptions): Promise<ApplyReport> {
  const crew = options.targets.length === 0 ? whole : withoutAccepting(whole);
  const { host } = crew.place;
  const begun = host.now();
  const deadline = begun + options.timeoutMs;
  const stop = (): boolean => options.signal.aborted || host.now() >= deadline;
  const results: StepResult[] = [];
  let look = shown;
  let stale: Readonly<Record<string, number>> = {};
  let cycles = 0;
  while (!stop() && crew.stillHeld()) {
    const actions = look.plan.actions.filter((action) => isTargeted(look, action, options.targets));
    if (actions.length === 0) {
      const until = waitFor(look, options.targets, deadline);
      if (until === null || options.once) break;
      await sleep(Math.max(10, until - host.now()), undefined, { signal: options.signal }).catch(
        () => undefined,
      );
      const { massRemovalConfirmed } = options;
      look = await lookAndPlan(crew.place, crew.memory.now(), { massRemovalConfirmed });
      continue;
    }
    const stepped = await step(crew, look, actions, { ...options, staleBefore: stale, stop });
    cycles += 1;
    results.push(...stepped.results);
    ({ next: look, stale } = stepped);
    if (options.once) break;
  }
  keepLook(crew, look, { ...look.memory, failures: crew.memory.now().failures });
  await tellUnheard(crew, () => options.signal.aborted || !crew.stillHeld());
  const remaining = look.plan.actions.filter((action) => isTargeted(look, action, options.targets));
  const withheld = look.plan.withheld.filter((each) => isTargeted(look, each, options.targets));
  return {
    fleet: look.plan.fleet,
    outcome: outcomeOf(options, look.plan, remaining, withheld, results, host.now() >= deadline),
    cycles,
    tookMs: host.now() - begun,
    results,
    remaining: remaining.length,
    withheld,
    diagnostics: look.plan.diagnostics,
  };
}

/** A yes to some of what an edit removes is no yes to the rest of it, which a loop would then go on with. */
function withoutAccepting(crew: Crew): Crew {
  const { accepted } = crew.memory.now();
  return {
    ...crew,
    memory: {
      now: () => crew.memory.now(),
      keep: (memory) => crew.memory.keep({ ...memory, accepted }),
    },
  };
}

/** Whether a change is among what `--target` names: itself, its pool or its account. */
export function isTargeted(
  look: Pick<Look, 'input'>,
  change: { readonly target: string },
  targets: readonly string[],
): boolean {
  if (targets.length === 0 || targets.includes(change.target)) return true;
  const [kind, name = ''] = change.target.split('/');
  if (kind === 'link') return targets.includes(`account/${name}`);
  if (kind === 'task' || kind === 'inbox') return targets.includes(`inbox/${name}`);
  if (kind !== 'session') return false;
  return Object.entries(look.input.desired.pools).some(
    ([pool, { prefix }]) =>
      // Also what the pool's range has left behind; but `auto-1` of one pool is no part of `auto-x-1` of another.
      targets.includes(`pool/${pool}`) && name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)),
  );
}

/** A file that was dropped just now counts within this time, and a delivery goes on step by step. */
const MOMENT_MS = 1_500;

/** When the next thing held back for a moment may be done; null: nothing is worth waiting for. */
function waitFor(look: Look, targets: readonly string[], deadline: number): number | null {
  const now = look.plan.observedAt;
  const times = look.plan.withheld.flatMap((each) => {
    if (each.reason !== 'backing-off' || each.until === null || !isTargeted(look, each, targets)) return [];
    const tries = look.input.memory.failures[each.target]?.count ?? 0;
    return tries < TRIES && each.until <= Math.min(deadline, now + PATIENCE_MS) ? [each.until] : [];
  });
  const { nextAt } = look.plan;
  const soon = nextAt !== null && nextAt <= Math.min(deadline, now + MOMENT_MS) ? [nextAt] : [];
  const all = [...times, ...soon];
  return all.length === 0 ? null : Math.min(...all);
}

function outcomeOf(
  options: ConvergeOptions,
  plan: Plan,
  remaining: readonly Action[],
  withheld: readonly Withheld[],
  results: readonly StepResult[],
  late: boolean,
): ApplyOutcome {
  const undone = new Set([...remaining, ...withheld].map(({ target }) => target));
  const last = new Map(results.map((result) => [result.target, result.outcome]));
  const failed = [...last].some(
    ([target, outcome]) => (outcome === 'failed' || outcome === 'unknown') && undone.has(target),
  );
  if (remaining.length === 0 && withheld.length === 0) {
    const errors =
      options.targets.length === 0 && plan.diagnostics.some(({ severity }) => severity === 'error');
    return errors ? 'withheld' : 'converged';
  }
  if (options.signal.aborted) return 'interrupted';
  if (failed) return 'failed';
  if (remaining.length === 0) return 'withheld';
  return late ? 'timed-out' : 'incomplete';
}
