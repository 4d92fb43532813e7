import type { ApplyReport } from '../model/step.ts';
import { API_VERSION } from './json.ts';
import { diagnosticDocument, sourceDocument } from './plan-document.ts';
import { iso } from './time.ts';

/** The report as published (`rollcall schema ApplyReport`). */
export function applyDocument(report: ApplyReport) {
  const { fleet, outcome, cycles, tookMs, results, remaining, withheld, diagnostics } = report;
  return {
    apiVersion: API_VERSION,
    kind: 'ApplyReport',
    fleet,
    outcome,
    cycles,
    tookMs: Math.round(tookMs),
    results: results.map((each) => ({
      type: each.type,
      target: each.target,
      outcome: each.outcome,
      text: each.text,
      tookMs: Math.round(each.tookMs),
    })),
    remaining,
    withheld: withheld.map(({ type, target, reason, because, source, until }) => ({
      type,
      target,
      reason,
      because,
      source: sourceDocument(source),
      until: iso(until),
    })),
    diagnostics: diagnostics.map(diagnosticDocument),
  } as const;
}
