import { setTimeout as sleep } from 'node:timers/promises';
import type { SwapFleet } from './swap-fleet.ts';

/** One account that was at its limit for a while; epoch milliseconds. */
export interface Strike {
  readonly account: string;
  readonly at: number;
  readonly until: number;
}

/** Every `everyMs` or so, until `end`, one account at random, most often the active one, meets its limit for some seconds. */
export function strikes(
  fleet: Pick<SwapFleet, 'limit' | 'active'>,
  accounts: readonly string[],
  random: () => number,
  everyMs: number,
): { end(): Promise<readonly Strike[]> } {
  const struck: Strike[] = [];
  const over = new AbortController();
  const working = (async (): Promise<void> => {
    while (!over.signal.aborted) {
      await sleep(everyMs * (0.5 + random()), undefined, { signal: over.signal }).catch(() => undefined);
      const at = Date.now();
      const well = accounts.filter((each) => !struck.some((s) => s.account === each && s.until > at));
      const active = random() < 0.6 ? well.find((each) => each === fleet.active()) : undefined;
      const account = active ?? well[Math.floor(random() * well.length)];
      if (account === undefined || over.signal.aborted) continue;
      struck.push({ account, at, until: at + 4000 + Math.round(6000 * random()) });
      fleet.limit(Object.fromEntries(struck.map((strike) => [strike.account, strike.until])));
    }
  })();
  return {
    end: async () => {
      over.abort();
      await working;
      return struck;
    },
  };
}
