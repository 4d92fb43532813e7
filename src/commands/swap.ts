import { converge } from '../loop/converge.ts';
import { type Look, lookAndPlan } from '../loop/look.ts';
import type { DesiredState } from '../model/desired.ts';
import type { Plan } from '../model/plan.ts';
import type { ApplyReport } from '../model/step.ts';
import { EXIT, type ExitCode } from '../model/words.ts';
import { activeAccount } from '../plan/active-account.ts';
import { applyDocument } from '../report/apply-report.ts';
import { jsonText } from '../report/json.ts';
import { planDocument } from '../report/plan-document.ts';
import { planText } from '../report/plan-text.ts';
import { applyText, progressLine } from '../report/progress.ts';
import { confirm } from './confirm.ts';
import { type Context, errorStyle, flagOption, outStyle, print, say, textOption } from './context.ts';
import { type LockedCrew, takeCrew } from './crew.ts';
import { loadFleet, warn } from './load-fleet.ts';
import { lookOnly, placeOf } from './place.ts';
import { Stop } from './stop.ts';
import { consequences } from './swap-consequences.ts';
import { nextAccount, requireAccount, whyNot } from './swap-target.ts';
import type { Verb } from './verb.ts';

/**
 * `swap`: makes another account the active one by hand, through the same plan as the loop. What waits for quota goes
 * on under it by itself: the loop does that, or an `apply`.
 */
export const run: Verb = async (context, invocation) => {
  const { desired, warnings } = await loadFleet(context);
  warn(context, warnings);
  const named = textOption(invocation, 'to');
  if (named !== null) requireAccount(desired, named);
  if (flagOption(invocation, 'dryRun')) return await dryRun(context, desired, named);
  const crew = takeSwapCrew(context, desired);
  try {
    return await swapHeld(context, crew, named, flagOption(invocation, 'yes'));
  } finally {
    crew.release();
  }
};

/** A loop holds the lock for as long as it runs: what to do then is said with who it is. */
function takeSwapCrew(context: Context, desired: DesiredState): LockedCrew {
  try {
    return takeCrew(context, desired, 'rollcall swap');
  } catch (error) {
    if (!(error instanceof Stop) || error.exit !== EXIT.held) throw error;
    throw new Stop(EXIT.held, `${error.message}\n${HELD}`);
  }
}

const HELD = [
  'A loop that runs swaps by itself. By hand: end it, `rollcall swap`, start it again; no session notices.',
  'Or without that: put the account first under activeAccount.prefer, with select: preferred, and save the file.',
].join('\n');

async function dryRun(context: Context, desired: DesiredState, named: string | null): Promise<ExitCode> {
  const place = placeOf(context, desired);
  const to = named ?? nextAccount((await lookOnly(context, place)).input);
  const look = await lookOnly(context, place, { swapTo: to });
  const plan = requirePlan(look, to);
  print(
    context,
    () => planDocument(plan),
    (style) => planText(plan, style, { file: desired.file, verb: 'apply', saved: null }),
  );
  const call = named === null ? 'rollcall swap' : `rollcall swap --to ${to}`;
  say(context, `Nothing has been changed.${plan.actions.length > 0 ? ` \`${call}\` does this.` : ''}`);
  return EXIT.done;
}

async function swapHeld(
  context: Context,
  crew: LockedCrew,
  named: string | null,
  yes: boolean,
): Promise<ExitCode> {
  const signal = context.io.interruption();
  const { desired } = crew.place;
  const to = named ?? nextAccount((await lookAndPlan(crew.place, crew.memory.now())).input);
  const look = await lookAndPlan(crew.place, crew.memory.now(), { swapTo: to });
  const plan = requirePlan(look, to);
  const out = context.output === 'json' ? context.io.stderr : context.io.stdout;
  out.write(planText(plan, outStyle(context), { file: desired.file, verb: 'apply', saved: null }));
  await confirm(context, { actions: plan.actions.length, removals: 0, yes });
  if (signal.aborted) return EXIT.interrupted;
  const report = await converge(crew, look, {
    timeoutMs: 60_000,
    once: true,
    targets: [`account/${to}`],
    massRemovalConfirmed: false,
    signal,
    onStep: (result, index, total) => out.write(progressLine(index, total, result, outStyle(context))),
  });
  return tell(context, report, look, to);
}

/** The part of the plan that is the swap. Ends with 5 where it may not be made now. */
function requirePlan({ input, plan }: Look, to: string): Plan {
  const isPart = ({ target }: { readonly target: string }): boolean =>
    target === `account/${to}` || target.startsWith(`link/${to}/`);
  const actions = plan.actions.filter(isPart);
  const isActive = activeAccount(input, input.desired.accounts[to]?.agent ?? '') === to;
  const moves = actions.some(({ type }) => type === 'account.activate');
  if (!moves && !isActive) throw new Stop(EXIT.refused, `${to} cannot take over: ${whyNot(input, plan, to)}`);
  return {
    ...plan,
    converged: actions.length === 0,
    actions,
    withheld: plan.withheld.filter(isPart),
    patch: [],
    diagnostics: plan.diagnostics.filter(isPart),
  };
}

function tell(context: Context, report: ApplyReport, { input }: Look, to: string): ExitCode {
  if (context.output === 'json') {
    context.io.stdout.write(jsonText(applyDocument(report)));
    context.io.stderr.write(applyText(report, errorStyle(context)));
  } else context.io.stdout.write(applyText(report, outStyle(context)));
  const undone = report.results.some(({ outcome }) => outcome !== 'applied');
  if (undone || report.outcome === 'failed') return EXIT.failed;
  for (const line of consequences(input, to)) say(context, line);
  return EXIT.done;
}
