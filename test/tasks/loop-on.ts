import { dirname } from 'node:path';
import { pino } from 'pino';
import { fileSource } from '../../src/loop/desired-source.ts';
import { fileKeeper, startWith } from '../../src/loop/in-force.ts';
import { runLoop } from '../../src/loop/run.ts';
import { bell } from '../../src/loop/wake.ts';
import type { HostWriter } from '../../src/model/host.ts';
import { product } from '../real/product.ts';

/** The product's loop on the fleet of `file`, in this process, with `wrap` between it and the machine; until `signal`. */
export async function loopOn(
  file: string,
  wrap: (host: HostWriter) => HostWriter,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  await product(file, dirname(file), process.env).withCrew({ wrap }, async (crew) => {
    const { stateDir } = crew.place;
    const source = fileSource(file, dirname(file));
    const { inForce } = await startWith(source, [stateDir], dirname(file));
    if (inForce === null) throw new Error('the file is bad');
    const placeFor: typeof crew.placeFor = (desired) => {
      const place = crew.placeFor(desired);
      return { ...place, host: wrap(place.host) };
    };
    await runLoop(
      { ...crew, placeFor },
      {
        source,
        keeper: fileKeeper(source, stateDir, inForce),
        bell: bell(),
        log: pino({ level: 'silent' }),
        signal,
        onCycle: () => undefined,
      },
    );
  });
}
