import { scheduleOf } from './schedule.ts';
import { withOnly } from './shrink.ts';
import { simulate } from './simulation.ts';
import { told } from './trouble.ts';

/*
 * `node test/sim/replay.ts SEED`: goes the way of a seed again, and where that goes wrong looks for the shortest one.
 * With `--keep 3,7` only these events of it happen, and the whole story is told.
 */

const [seed = '', flag, list = ''] = process.argv.slice(2);
if (!/^\d+$/.test(seed) || (flag !== undefined && flag !== '--keep'))
  throw new Error('node test/sim/replay.ts SEED [--keep NUMBER,...]');
const whole = scheduleOf(Number(seed));
const kept = list.split(',').filter((each) => /^\d+$/.test(each));
const outcome = await simulate(flag === undefined ? whole : withOnly(whole, kept.map(Number)));
const { problem, cycles, calm } = outcome;
if (problem === null)
  console.log(`nothing goes wrong in ${String(cycles)} cycles and ${String(calm)} calm ones`);
else if (flag === undefined) console.log(await told(Number(seed), outcome));
else console.log([problem.what, ...problem.story].join('\n  '));
process.exitCode = problem === null ? 0 : 1;
