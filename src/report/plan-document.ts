import type { Diagnostic } from '../model/diagnostic.ts';
import type { Action, Plan, Withheld } from '../model/plan.ts';
import type { Source } from '../model/source.ts';
import { API_VERSION } from './json.ts';
import { iso } from './time.ts';

/** The plan as published (SPEC §8): keys in this order and spelling, times in ISO 8601. */
export function planDocument(plan: Plan) {
  return {
    apiVersion: API_VERSION,
    kind: 'Plan',
    fleet: plan.fleet,
    observedAt: iso(plan.observedAt),
    converged: plan.converged,
    actions: plan.actions.map(actionDocument),
    withheld: plan.withheld.map(withheldDocument),
    patch: plan.patch,
    diagnostics: plan.diagnostics.map(diagnosticDocument),
  } as const;
}

/** A plan to be applied later: the same document, and what must not have moved until then. */
export function savedPlanDocument(plan: Plan, savedBy: string) {
  return { ...planDocument(plan), desiredHash: plan.desiredHash, savedBy };
}

export function diagnosticDocument(diagnostic: Diagnostic) {
  const { severity, code, target, summary, detail, help } = diagnostic;
  return { severity, code, target, summary, detail, help };
}

export function sourceDocument(source: Source | null) {
  return source === null ? null : { file: source.file, line: source.line, column: source.column };
}

function actionDocument(action: Action) {
  const { type, target, reason, because, source, disrupts, effect } = action;
  return { type, target, reason, because, source: sourceDocument(source), disrupts, effect };
}

function withheldDocument(withheld: Withheld) {
  const { type, target, reason, because, source, until } = withheld;
  return { type, target, reason, because, source: sourceDocument(source), until: iso(until) };
}
