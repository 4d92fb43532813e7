/** A bell that may ring any number of times while nobody listens, and then wakes once. */
export interface Bell {
  /** `why` is for the log; the first one since the last waiting counts. */
  ring(why: string): void;
  /** Resolves with why it rang, or `tick` after `ms`. */
  wait(ms: number): Promise<string>;
}

/** Longer waits are cut: setTimeout fires at once beyond 2^31-1 ms, and a suspended machine must not oversleep. */
const LONGEST_MS = 60_000;

export function bell(): Bell {
  let rung: string | null = null;
  let wake: ((why: string) => void) | null = null;
  return {
    ring(why) {
      rung ??= why;
      wake?.(rung);
    },
    async wait(ms) {
      const why = rung ?? (await untilRung(Math.min(Math.max(0, ms), LONGEST_MS)));
      rung = null;
      return why;
    },
  };

  async function untilRung(ms: number): Promise<string> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        wake = null;
        resolve('tick');
      }, ms);
      wake = (why) => {
        wake = null;
        clearTimeout(timer);
        resolve(why);
      };
    });
  }
}
