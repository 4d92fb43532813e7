import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Around, eachEffect } from '../tasks/each-effect.ts';
import { loopOn } from '../tasks/loop-on.ts';
import { HELD } from './held.ts';

/**
 * A child of the chaos: `held-loop FILE K MOMENT FOLDER` is the loop on the fleet of FILE. Right before or after its
 * K-th effect (from 1) it stands still: it makes `held` in FOLDER, and goes on once `go` is there. It writes to
 * `effects` what each effect was and what came of it, one a line.
 */
const [, , file = '', count = '', moment = '', folder = ''] = process.argv;
const over = new AbortController();
process.once('SIGTERM', () => over.abort());
let effects = 0;

const holding: Around = async (effect, carryOut) => {
  effects += 1;
  const here = effects === Number(count);
  if (here && moment === 'before') await hold(effect);
  const answer = await carryOut();
  appendFileSync(join(folder, HELD.effects), `${effect}\t${outcomeOf(answer)}\n`);
  if (here && moment === 'after') await hold(effect);
  return answer;
};

await loopOn(file, (host) => eachEffect(host, holding), over.signal);

async function hold(effect: string): Promise<void> {
  writeFileSync(join(folder, HELD.held), effect);
  while (!existsSync(join(folder, HELD.go))) await sleep(5);
}

/** `applied`, `ok`, `stale`, `sent`, …: the one word by which hosts answer. */
function outcomeOf(answer: unknown): string {
  if (typeof answer === 'string') return answer;
  const type = typeof answer === 'object' && answer !== null && 'type' in answer ? answer.type : 'nothing';
  return String(type);
}
