import { appendFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pino } from 'pino';
import { fileSource } from '../../src/loop/desired-source.ts';
import { fileKeeper, startWith } from '../../src/loop/in-force.ts';
import { runLoop } from '../../src/loop/run.ts';
import { bell } from '../../src/loop/wake.ts';
import type { HostWriter } from '../../src/model/host.ts';
import { product } from '../real/product.ts';
import { MOMENTS, mortalHost } from './mortal-host.ts';

/**
 * A child of the tests: `mortal-loop FILE K MOMENT LOG [EFFECT]` is the loop on the fleet of FILE until its K-th effect
 * (from 1; of this name, where one is given), at which it ends itself by SIGKILL; it writes which effects there were to LOG, one a line, the last one with a
 * `!` in front.
 */
const [, , file = '', count = '', moment = '', log = '', only = null] = process.argv;
const tell = (text: string): void => appendFileSync(log, `${text}\n`);
const wrap = (host: HostWriter): HostWriter =>
  mortalHost(host, {
    number: Number(count),
    moment: MOMENTS.find((each) => each === moment) ?? 'during',
    only,
    onDeath: (effect) => tell(`!${moment} ${effect}`),
    onEffect: tell,
  });

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
      signal: new AbortController().signal,
      onCycle: () => undefined,
    },
  );
});
