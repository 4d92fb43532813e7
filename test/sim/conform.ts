import { FIGURES } from '../proof/parts.ts';
import { difference, sequence, STEP_KINDS } from './conformance.ts';
import { luckFrom } from './luck.ts';

/* `node test/sim/conform.ts [SEQUENCES] [FIRST]`: so many sequences (2 000) on the simulated tmux and on real ones. */

const [sequences = '2000', first = '1'] = process.argv.slice(2);
const AT_ONCE = 3;
let next = Number(first);
const end = next + Number(sequences);
const trouble: string[] = [];

async function work(): Promise<void> {
  while (next < end) {
    const seed = next;
    next += 1;
    const found = await difference(sequence(luckFrom(seed), 4 + (seed % 7)));
    if (found !== null) trouble.push(`seed ${String(seed)}: ${found}`);
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, work));
for (const each of trouble) console.log(each);
console.log(
  FIGURES +
    JSON.stringify({
      sequences: Number(sequences),
      'kinds of command': STEP_KINDS.length,
      differences: trouble.length,
    }),
);
process.exitCode = trouble.length === 0 ? 0 : 1;
