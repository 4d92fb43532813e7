import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { FIGURES } from '../proof/parts.ts';
import { type Many, simulateMany } from './trouble.ts';

/*
 * `node test/sim/main.ts [CYCLES] [FIRST]`: so many cycles with faults (100 000), from the seed FIRST on (1), on two
 * processes. Ends with 1 where a promise was broken, and says which and by what.
 */

const PROCESSES = 2;
/** Seeds of one process are further apart from those of another than it gets. */
const APART = 10_000_000;

const [cycles = '100000', first = '1', alone] = process.argv.slice(2);
if (alone === undefined) await together(Number(cycles), Number(first));
else process.stdout.write(JSON.stringify(await simulateMany(Number(first), Number(cycles))));

async function together(all: number, from: number): Promise<void> {
  const parts = await Promise.all(
    Array.from({ length: PROCESSES }, (_, at) => beside(Math.ceil(all / PROCESSES), from + at * APART)),
  );
  const sum = (of: (part: Many) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const struck = sum(({ events }) => Object.values(events).reduce((total, times) => total + times, 0));
  const trouble = parts.flatMap((part) => part.trouble ?? []);
  for (const each of trouble) console.log(each);
  const figures = {
    runs: sum(({ runs }) => runs),
    'cycles with faults': sum((part) => part.cycles),
    'cycles after them': sum(({ calm }) => calm),
    'calls checked': sum(({ calls }) => calls),
    'faults and events': struck,
    violations: trouble.length,
  };
  console.log(FIGURES + JSON.stringify(figures));
  process.exitCode = trouble.length === 0 ? 0 : 1;
}

function beside(many: number, from: number): Promise<Many> {
  const script = fileURLToPath(import.meta.url);
  const child = spawn(process.execPath, [script, String(many), String(from), 'alone'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    // What another process of this very script has printed.
    child.on('close', (code) =>
      code === 0 ? resolve(JSON.parse(out) as Many) : reject(new Error(`ended with ${String(code)}`)),
    );
  });
}
