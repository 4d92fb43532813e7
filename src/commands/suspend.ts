import { readSuspensions, writeSuspensions } from '../host/state/suspensions.ts';
import type { Suspension, Suspensions } from '../model/memory.ts';
import { EXIT } from '../model/words.ts';
import { when } from '../report/time.ts';
import { errorStyle, flagOption, say, textOption } from './context.ts';
import { durationOption } from './duration-option.ts';
import { operator, writableStateDir } from './fleet-state.ts';
import { loadFleet } from './load-fleet.ts';
import { Stop } from './stop.ts';
import { ALL, suspensionTargets } from './suspension-targets.ts';
import type { Verb } from './verb.ts';

/** `suspend NAME|--all`: from now on no change is made to it, until resumed or `--for` is over. */
export const run: Verb = async (context, invocation) => {
  const { io } = context;
  const forMs = durationOption(invocation, 'for');
  const { desired } = await loadFleet(context);
  const targets = await suspensionTargets(context, desired, invocation.args, flagOption(invocation, 'all'));
  const dir = writableStateDir(io, desired);
  const before = readSuspensions(dir);
  if (!before.ok) throw new Stop(EXIT.failed, `${before.diagnostic.detail}: ${before.diagnostic.help ?? ''}`);
  const now = io.now();
  const suspension: Suspension = {
    since: now,
    until: forMs === null ? null : now + forMs,
    reason: textOption(invocation, 'reason'),
    by: operator(io),
  };
  const added: Suspensions = Object.fromEntries(targets.map((target) => [target, suspension]));
  const problem = writeSuspensions(dir, { ...before.value, ...added });
  if (problem !== null) throw new Stop(EXIT.failed, problem.detail);
  const style = errorStyle(context);
  const until =
    suspension.until === null ? 'until resumed' : `until ${when(suspension.until, now, style.zone)}`;
  for (const target of targets)
    say(context, `suspended ${target === ALL ? 'the whole fleet' : target} ${until}`);
  return EXIT.done;
};
