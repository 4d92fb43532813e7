import { type Outcome, simulate } from './simulation.ts';
import type { Event, Round, Schedule } from './schedule.ts';

/** The smallest schedule found that goes wrong in the same way, and how it then goes. */
export interface Shrunk {
  readonly schedule: Schedule;
  readonly outcome: Outcome;
  /** Which of the events of the whole schedule are left, by number; what `replay.ts --keep` takes. */
  readonly kept: readonly number[];
}

/** Leaves out events, many at once and then one by one, as long as the same promise is broken. At most `tries` runs. */
export async function shrink(schedule: Schedule, outcome: Outcome, tries = 150): Promise<Shrunk> {
  const promise = promiseOf(outcome);
  let kept = numbered(schedule).map(([number]) => number);
  let best = { schedule, outcome };
  let left = tries;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < kept.length && left > 0; ) {
      const fewer = kept.filter((_, at) => at < from || at >= from + size);
      const smaller = withOnly(schedule, fewer);
      const found = await simulate(smaller);
      left -= 1;
      if (promiseOf(found) === promise) {
        kept = fewer;
        best = { schedule: smaller, outcome: found };
      } else from += size;
    }
  }
  return { ...best, kept };
}

/** The schedule with these events alone; what passes and goes on by itself stays. */
export function withOnly(schedule: Schedule, kept: readonly number[]): Schedule {
  const wanted = new Set(kept);
  let number = 0;
  const rounds = schedule.rounds.map((round): Round => {
    const events = round.events.filter(() => wanted.has(number++));
    return { ...round, events };
  });
  return { ...schedule, rounds };
}

function numbered({ rounds }: Schedule): readonly (readonly [number, Event])[] {
  return rounds.flatMap(({ events }) => events).map((event, number) => [number, event] as const);
}

/** `promise 4`, or the words themselves. */
function promiseOf({ problem }: Outcome): string | null {
  return problem === null ? null : (/^promise \d+/.exec(problem.what)?.[0] ?? problem.what.slice(0, 40));
}
