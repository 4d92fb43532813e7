import { dirname } from 'node:path';
import { pino } from 'pino';
import { fileSource } from '../../src/loop/desired-source.ts';
import { fileKeeper, startWith } from '../../src/loop/in-force.ts';
import { runLoop } from '../../src/loop/run.ts';
import { bell } from '../../src/loop/wake.ts';
import { product } from '../real/product.ts';

/**
 * A child of the tests: `deaf-loop FILE` is the loop on the fleet of FILE, and no event reaches it: it looks when its
 * own time is up, and at nothing else.
 */
const [, , file = ''] = process.argv;
const deaf = { ...bell(), ring: () => undefined };

await product(file, dirname(file), process.env).withCrew({}, async (crew) => {
  const source = fileSource(file, dirname(file));
  const { inForce } = await startWith(source, [crew.place.stateDir], dirname(file));
  if (inForce === null) throw new Error('the file is bad');
  await runLoop(crew, {
    source,
    keeper: fileKeeper(source, crew.place.stateDir, inForce),
    bell: deaf,
    log: pino({ level: 'silent' }),
    signal: new AbortController().signal,
    onCycle: () => undefined,
  });
});
