import { readFileSync } from 'node:fs';
import type { Context } from '../../src/commands/context.ts';
import { type LockedCrew, takeCrew } from '../../src/commands/crew.ts';
import type { Io } from '../../src/commands/io.ts';
import { readDesiredBytes } from '../../src/desired/read.ts';
import { converge } from '../../src/loop/converge.ts';
import { type Look, lookAndPlan } from '../../src/loop/look.ts';
import type { DesiredState } from '../../src/model/desired.ts';
import type { HostWriter } from '../../src/model/host.ts';
import type { ApplyReport } from '../../src/model/step.ts';

export interface RunOptions {
  /** Stands between the product and the machine. */
  readonly wrap?: (host: HostWriter) => HostWriter;
  readonly massRemovalConfirmed?: boolean;
  readonly timeoutMs?: number;
  readonly once?: boolean;
  readonly targets?: readonly string[];
}

/** The product in this process, without its command line. */
export interface Product {
  /** The file as it is now; throws where it is bad. */
  desired(): DesiredState;
  /** One look and plan, through the product's own reader and memory; nothing of it is remembered. */
  look(options?: RunOptions): Promise<Look>;
  /** What `rollcall apply` does. */
  converge(options?: RunOptions): Promise<ApplyReport>;
  /** Takes the lock and holds it while `work` is at it. */
  withCrew<T>(options: RunOptions, work: (crew: LockedCrew) => Promise<T>): Promise<T>;
}

/** The product on the fleet of `file`, under an environment of the test's own. */
export function product(file: string, home: string, env: Io['env']): Product {
  const context: Context = { io: silentIo(env, home), file, output: 'text', colour: 'never' };
  const desired = (): DesiredState => {
    const reading = readDesiredBytes(readFileSync(file), { file, home });
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
    return reading.desired;
  };
  const withCrew: Product['withCrew'] = async (options, work) => {
    const crew = takeCrew(context, desired(), 'the test');
    try {
      const host = options.wrap === undefined ? crew.place.host : options.wrap(crew.place.host);
      return await work({ ...crew, place: { ...crew.place, host } });
    } finally {
      crew.release();
    }
  };
  return {
    desired,
    withCrew,
    look: (options = {}) => withCrew(options, (crew) => lookOf(crew, options)),
    converge: (options = {}) =>
      withCrew(options, async (crew) => {
        const { massRemovalConfirmed = false, timeoutMs = 20_000, once = false, targets = [] } = options;
        const signal = new AbortController().signal;
        const look = await lookOf(crew, options);
        return await converge(crew, look, { massRemovalConfirmed, timeoutMs, once, targets, signal });
      }),
  };
}

function lookOf(crew: LockedCrew, { massRemovalConfirmed = false }: RunOptions): Promise<Look> {
  return lookAndPlan(crew.place, crew.memory.now(), { massRemovalConfirmed });
}

/** A process of which nothing is shown. */
function silentIo(env: Io['env'], cwd: string): Io {
  const sink = { write: () => undefined, isTTY: false, columns: null };
  return {
    stdout: sink,
    stderr: sink,
    env,
    cwd,
    now: () => Date.now(),
    ask: null,
    interruption: () => new AbortController().signal,
    onHangup: () => undefined,
    gone: new AbortController().signal,
    runOnTerminal: () => Promise.resolve(1),
  };
}
