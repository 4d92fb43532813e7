import { seededRandom } from '../random.ts';
import type { InputScript } from '../scenario/scenario.ts';

/** Says which Enters are lost, as a terminal program loses one that comes in the same burst as a paste. */
export interface EnterFilter {
  /** Other input came now (epoch ms). */
  input(at: number): void;
  /** Whether the Enter of now is lost. */
  loses(at: number): boolean;
}

export function enterFilter(script: InputScript): EnterFilter {
  const random = seededRandom(script.swallowEnter.type === 'random' ? script.swallowEnter.seed : 0);
  let last: number | null = null;
  let lost = false;
  return {
    input: (at) => {
      last = at;
      lost = false;
    },
    loses: (at) => {
      const inBurst = last !== null && at - last <= script.burstMs;
      if (!inBurst || script.swallowEnter.type === 'none') return false;
      if (script.swallowEnter.type === 'random') return random() < script.swallowEnter.chance;
      const first = !lost;
      lost = true;
      return first;
    },
  };
}
