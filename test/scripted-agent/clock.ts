/** Script time: `speed` script milliseconds pass in one real one. Wall-clock times (resets, records) are never scaled. */
export interface Clock {
  readonly speed: number;
  /** Resolves after so many script milliseconds: true; or at once when `signal` aborts: false. */
  sleep(ms: number, signal?: AbortSignal): Promise<boolean>;
  /** Script milliseconds since a `Date.now()`. */
  since(at: number): number;
}

/** A clock of the given factor, as in `SCRIPTED_AGENT_SPEED`; anything but a positive number counts as 1. */
export function openClock(written: string | undefined): Clock {
  const asked = Number(written);
  const speed = Number.isFinite(asked) && asked > 0 ? asked : 1;
  return {
    speed,
    sleep: (ms, signal) => sleep(ms / speed, signal),
    since: (at) => (Date.now() - at) * speed,
  };
}

/** The longest delay a timer takes. */
const LONGEST = 2 ** 31 - 1;

function sleep(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  if (signal?.aborted === true) return Promise.resolve(false);
  return new Promise((resolve) => {
    const end = (whole: boolean): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      resolve(whole);
    };
    const abort = (): void => end(false);
    const timer = setTimeout(end, Math.min(ms, LONGEST), true);
    signal?.addEventListener('abort', abort);
  });
}
