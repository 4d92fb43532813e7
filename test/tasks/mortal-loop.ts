import { appendFileSync } from 'node:fs';
import { loopOn } from './loop-on.ts';
import { MOMENTS, mortalHost } from './mortal-host.ts';

/**
 * A child of the tests: `mortal-loop FILE K MOMENT LOG [EFFECT]` is the loop on the fleet of FILE until its K-th effect
 * (from 1; of this name, where one is given), at which it ends itself by SIGKILL; it writes which effects there were to LOG, one a line, the last one with a
 * `!` in front.
 */
const [, , file = '', count = '', moment = '', log = '', only = null] = process.argv;
const tell = (text: string): void => appendFileSync(log, `${text}\n`);

await loopOn(file, (host) =>
  mortalHost(host, {
    number: Number(count),
    moment: MOMENTS.find((each) => each === moment) ?? 'during',
    only,
    onDeath: (effect) => tell(`!${moment} ${effect}`),
    onEffect: tell,
  }),
);
