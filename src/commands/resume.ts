import { readSuspensions, writeSuspensions } from '../host/state/suspensions.ts';
import type { Suspensions } from '../model/memory.ts';
import { EXIT } from '../model/words.ts';
import { type Context, flagOption, say } from './context.ts';
import { writableStateDir } from './fleet-state.ts';
import { loadFleet } from './load-fleet.ts';
import { Stop } from './stop.ts';
import { ALL, suspensionTargets } from './suspension-targets.ts';
import type { Verb } from './verb.ts';

/** `resume NAME|--all`: ends a suspension; `--all` ends every one there is. What is not suspended stays so. */
export const run: Verb = async (context, invocation) => {
  const { desired } = await loadFleet(context);
  const all = flagOption(invocation, 'all');
  const targets = await suspensionTargets(context, desired, invocation.args, all);
  const dir = writableStateDir(context.io, desired);
  const before = readSuspensions(dir);
  // Whoever resumes everything need not know what an unreadable file once said.
  if (!before.ok && !all) {
    throw new Stop(EXIT.failed, `${before.diagnostic.detail}: ${before.diagnostic.help ?? ''}`);
  }
  const kept = before.ok && !all ? without(before.value, targets) : {};
  const problem = writeSuspensions(dir, kept);
  if (problem !== null) throw new Stop(EXIT.failed, problem.detail);
  tell(context, before.ok ? before.value : {}, kept, targets);
  return EXIT.done;
};

function without(suspensions: Suspensions, targets: readonly string[]): Suspensions {
  return Object.fromEntries(Object.entries(suspensions).filter(([target]) => !targets.includes(target)));
}

function tell(context: Context, before: Suspensions, kept: Suspensions, targets: readonly string[]): void {
  const ended = Object.keys(before).filter((target) => !Object.hasOwn(kept, target));
  for (const target of ended) say(context, `resumed ${target === ALL ? 'the whole fleet' : target}`);
  if (ended.length === 0) {
    const all = targets.includes(ALL);
    say(context, all ? 'nothing was suspended' : `${targets.join(', ')}: not suspended by that name`);
  }
  if (Object.hasOwn(kept, ALL)) say(context, 'the whole fleet is still suspended: `rollcall resume --all`');
}
