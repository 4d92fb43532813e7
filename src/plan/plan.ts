import type { Diagnostic } from '../model/diagnostic.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { Action, PatchOperation, Plan, Withheld } from '../model/plan.ts';
import { ACTION_TYPES } from '../model/words.ts';
import { draftAccounts } from './account.ts';
import { withinBudget } from './budget.ts';
import { canonical } from './canonical.ts';
import { draftDedicatedSwaps } from './dedicated-swap.ts';
import { difference, resourceOf } from './diff.ts';
import { durationWords } from './duration.ts';
import { earliest } from './earliest.ts';
import { guard } from './guard.ts';
import { draftJanitor } from './janitor.ts';
import { draftLinks } from './link.ts';
import { draftNotices } from './notice.ts';
import { naturally } from './order.ts';
import { nextQuotaLook } from './quota/verdict.ts';
import { draftSessions } from './session.ts';
import { ownedCount, sightings } from './sight.ts';
import { draftTasks } from './task.ts';

/**
 * The smallest change that brings the world to an acceptable state, and why: what we own of what was observed is
 * compared with the nearest acceptable document, and each difference is one action. Pure: no clock, no I/O, the
 * same input gives the same plan byte for byte.
 */
export function plan(input: PlanInput): Plan {
  const links = draftLinks(input);
  const accounts = draftAccounts(input);
  const seen = sightings(input.desired, input.observed);
  const tasks = draftTasks(input, seen);
  const sessions = draftSessions(input, seen, tasks);
  const operators = draftDedicatedSwaps(input, seen, tasks);
  const janitor = draftJanitor(input);
  const notices = draftNotices(input);
  const drafts = [links, accounts, tasks, sessions, operators, notices, janitor];
  const patch = difference(
    {
      ...links.current,
      ...accounts.current,
      ...tasks.current,
      ...sessions.current,
      ...operators.current,
      ...janitor.current,
      ...notices.current,
    },
    {
      ...links.target,
      ...accounts.target,
      ...tasks.target,
      ...sessions.target,
      ...operators.target,
      ...janitor.target,
      ...notices.target,
    },
  );
  const proposed = actionsOf(patch, {
    ...links.actions,
    ...accounts.actions,
    ...tasks.actions,
    ...sessions.actions,
    ...operators.actions,
    ...notices.actions,
    ...janitor.actions,
  });
  const cut = withinBudget(input.desired.reconcile, ownedCount(seen), proposed);
  const violations = guard(cut.actions, input);
  const actions = violations.length === 0 ? cut.actions : [];
  const withheld = [...drafts.flatMap((draft) => draft.withheld), ...cut.withheld].toSorted(byTypeAndTarget);
  const diagnostics = [
    ...violations,
    ...drafts.flatMap((draft) => draft.diagnostics),
    ...suspensionDiagnostics(input),
  ].toSorted(bySeverityAndTarget);
  return canonical({
    fleet: input.desired.name,
    desiredHash: input.desired.hash,
    observedAt: input.observed.at,
    converged: isConverged(actions, withheld, diagnostics),
    actions,
    withheld,
    patch: patchOf(patch, cut.withheld, actions),
    diagnostics,
    nextAt: earliest([tasks.nextAt, nextQuotaLook(input), janitor.nextAt, notices.nextAt]),
  });
}

/** Nothing to do, nothing held back, no error. */
function isConverged(
  actions: readonly Action[],
  withheld: readonly Withheld[],
  diagnostics: readonly Diagnostic[],
): boolean {
  const errors = diagnostics.some(({ severity }) => severity === 'error');
  return actions.length === 0 && withheld.length === 0 && !errors;
}

/** One action for each resource that differs; a difference nobody accounts for is a bug. */
function actionsOf(
  patch: readonly PatchOperation[],
  actions: Readonly<Record<string, Action>>,
): readonly Action[] {
  const resources = new Set(patch.map(resourceOf));
  return [...resources]
    .map((resource) => {
      const action = actions[resource];
      if (action === undefined) throw new Error(`no action for the difference at ${resource}`);
      return action;
    })
    .toSorted(byTypeAndTarget);
}

/** The patch says what this plan does: what a budget put off is not in it. */
function patchOf(
  patch: readonly PatchOperation[],
  putOff: readonly Withheld[],
  actions: readonly Action[],
): readonly PatchOperation[] {
  if (actions.length === 0) return [];
  const names = new Set(putOff.map(({ target }) => target.slice(target.indexOf('/') + 1)));
  return patch.filter((operation) => !names.has(nameOf(operation)));
}

function nameOf(operation: PatchOperation): string {
  return (operation.path.split('/')[2] ?? '').replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Order of work: what agents rest on first, what is new before what goes. */
const ORDER: readonly string[] = [
  'link.create',
  'account.activate',
  'task.finish',
  'task.return',
  'task.unclaim',
  'agent.stop',
  'session.relaunch',
  'session.recreate',
  'session.create',
  'session.stop',
  ...ACTION_TYPES,
];

function byTypeAndTarget(a: Ordered, b: Ordered): number {
  return ORDER.indexOf(a.type) - ORDER.indexOf(b.type) || naturally(a.target, b.target);
}

type Ordered = { readonly type: string; readonly target: string };

const SEVERITIES: readonly string[] = ['error', 'warning', 'info'];

function bySeverityAndTarget(a: Diagnostic, b: Diagnostic): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    naturally(a.target, b.target) ||
    naturally(a.code, b.code) ||
    naturally(a.detail, b.detail)
  );
}

function suspensionDiagnostics(input: PlanInput): readonly Diagnostic[] {
  const { suspensions, observed } = input;
  if (!suspensions.ok) return [suspensions.diagnostic];
  return Object.entries(suspensions.value).flatMap(([key, { until, reason, by }]) => {
    if (until !== null && until <= observed.at) return [];
    const end = until === null ? 'until resumed' : `for ${durationWords(until - observed.at)} more`;
    const why = reason === null ? '' : `: ${reason}`;
    const diagnostic: Diagnostic = {
      severity: 'info',
      code: 'suspended',
      target: key === '*' ? 'fleet' : key,
      summary: 'Suspended: Rollcall keeps its hands off',
      detail: `${key === '*' ? 'Everything' : key}, by ${by}, ${end}${why}`,
      help: key === '*' ? 'rollcall resume --all' : `rollcall resume ${key}`,
    };
    return [diagnostic];
  });
}
