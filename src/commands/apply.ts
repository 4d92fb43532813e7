import { converge, isTargeted } from '../loop/converge.ts';
import { type Look, lookAndPlan } from '../loop/look.ts';
import { noticeSender } from '../loop/notices.ts';
import type { DesiredState } from '../model/desired.ts';
import type { ApplyOutcome, ApplyReport } from '../model/step.ts';
import { EXIT, type ExitCode } from '../model/words.ts';
import { applyDocument } from '../report/apply-report.ts';
import { jsonText } from '../report/json.ts';
import { planText } from '../report/plan-text.ts';
import { applyText, progressLine } from '../report/progress.ts';
import { type ApplyOptions, applyOptions } from './apply-options.ts';
import { confirm } from './confirm.ts';
import { type Context, errorStyle, type Invocation, outStyle, say } from './context.ts';
import { type LockedCrew, takeCrew } from './crew.ts';
import { loadFleet, warn } from './load-fleet.ts';
import { isOfFleet, movedSince, readSavedPlan, type SavedPlan } from './saved-plan.ts';
import { Stop } from './stop.ts';
import type { Verb } from './verb.ts';

/** `apply [PLAN]`: shows the plan, asks, and acts and looks until the fleet is as the file says. */
export const run: Verb = async (context, invocation) => {
  const options = applyOptions(invocation);
  const saved = savedPlan(context, invocation);
  const { desired, warnings } = await loadFleet(context);
  warn(context, warnings);
  const crew = takeCrew(context, desired, 'rollcall apply');
  try {
    return await applyHeld(context, crew, desired, options, saved);
  } finally {
    crew.release();
  }
};

/** Exit code of each outcome. */
const EXITS: Readonly<Record<ApplyOutcome, ExitCode>> = {
  converged: EXIT.done,
  withheld: EXIT.notConverged,
  incomplete: EXIT.notConverged,
  failed: EXIT.failed,
  'timed-out': EXIT.timedOut,
  interrupted: EXIT.interrupted,
};

function savedPlan(context: Context, { args: [file] }: Invocation): SavedPlan | null {
  return file === undefined ? null : readSavedPlan(context, file);
}

async function applyHeld(
  context: Context,
  crew: LockedCrew,
  desired: DesiredState,
  options: ApplyOptions,
  saved: SavedPlan | null,
): Promise<ExitCode> {
  // From here on Ctrl-C means: finish the action at hand.
  const signal = context.io.interruption();
  const first = await lookAndPlan(crew.place, crew.memory.now());
  if (saved !== null) requireUnmoved(saved, first);
  const removals = saved === null ? massRemovals(first, options) : 0;
  const massRemovalConfirmed = removals > 0;
  const shown = massRemovalConfirmed
    ? await lookAndPlan(crew.place, crew.memory.now(), { massRemovalConfirmed })
    : first;
  talk(
    context,
    planText(targeted(shown, options), outStyle(context), { file: desired.file, verb: 'apply', saved: null }),
  );
  requireNotSuspended(shown);
  // A saved plan was shown and decided on when it was made.
  if (saved === null)
    await confirm(context, { actions: targeted(shown, options).actions.length, removals, yes: options.yes });
  if (signal.aborted) return EXIT.interrupted;
  const report = await converge(crew, shown, {
    ...options,
    once: options.once || saved !== null,
    massRemovalConfirmed,
    signal,
    onStep: (result, index, total) => talk(context, progressLine(index, total, result, outStyle(context))),
  });
  tell(context, report);
  await sendNotices(context, crew, desired);
  return exitOf(report, saved);
}

/** An `apply` has some seconds for what is to be told; the rest waits for the loop, or for the next one. */
const SENDING_MS = 5000;

async function sendNotices(context: Context, crew: LockedCrew, desired: DesiredState): Promise<void> {
  if (desired.notify.rules.length === 0) return;
  const onProblem = (why: string): void => say(context, `rollcall: notices not sent: ${why}`);
  const sender = noticeSender(crew, context.io.env, { desired: () => desired, onProblem });
  await sender.idle(SENDING_MS);
  await sender.stop(0);
}

/** A saved plan is done when its own actions are, whatever else there may be to do. */
function exitOf(report: ApplyReport, saved: SavedPlan | null): ExitCode {
  const allDone =
    saved !== null &&
    report.results.every(({ outcome }) => outcome === 'applied') &&
    report.results.filter(isOfFleet).length === saved.actions.filter(isOfFleet).length;
  if (allDone) return EXIT.done;
  const stale = saved !== null && report.results.some(({ outcome }) => outcome === 'stale');
  return stale ? EXIT.stalePlan : EXITS[report.outcome];
}

function requireUnmoved(saved: SavedPlan, look: Look): void {
  const moved = movedSince(saved, look.plan);
  if (moved.length === 0) return;
  throw new Stop(
    EXIT.stalePlan,
    `the saved plan is stale, and nothing was done:\n${moved.map((each) => `  ${each}`).join('\n')}`,
  );
}

/** Hands off everything was asked for: to say only 'withheld' would hide that nothing will ever come of it. */
function requireNotSuspended({ input, plan }: Look): void {
  const { suspensions, observed } = input;
  const all = suspensions.ok ? suspensions.value['*'] : undefined;
  const inForce = all !== undefined && (all.until === null || all.until > observed.at);
  if (!inForce || !plan.withheld.some(({ reason }) => reason === 'suspended')) return;
  const why = all.reason === null ? '' : ` (${all.reason})`;
  throw new Stop(
    EXIT.refused,
    `the fleet is suspended by ${all.by}${why}: \`rollcall resume --all\` ends that`,
  );
}

/** How many sessions an edit would take away that are held back until somebody says yes. */
function massRemovals(look: Look, { targets }: ApplyOptions): number {
  return look.massRemoval.filter((name) => isTargeted(look, { target: `session/${name}` }, targets)).length;
}

/** The plan as far as `--target` goes. */
function targeted(look: Look, { targets }: ApplyOptions): Look['plan'] {
  return {
    ...look.plan,
    actions: look.plan.actions.filter((each) => isTargeted(look, each, targets)),
    withheld: look.plan.withheld.filter((each) => isTargeted(look, each, targets)),
  };
}

/** For a person to follow along: on stdout, or beside the document with -o json. */
function talk({ io, output }: Context, text: string): void {
  (output === 'json' ? io.stderr : io.stdout).write(text);
}

function tell(context: Context, report: ApplyReport): void {
  if (context.output === 'json') {
    context.io.stdout.write(jsonText(applyDocument(report)));
    context.io.stderr.write(applyText(report, errorStyle(context)));
  } else {
    context.io.stdout.write(applyText(report, outStyle(context)));
  }
}
