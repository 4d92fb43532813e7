import { posix } from 'node:path';
import type { FileProblem } from '../model/seams.ts';
import type { Finding } from './finding.ts';
import { frame, type Lines, linesOf, type Span, spanOf } from './frame.ts';
import { masked } from './mask.ts';
import type { Places } from './walk.ts';
import { parentPointer } from './words.ts';

export interface Evidence {
  /** The text as it was parsed. */
  readonly plain: string;
  readonly findings: readonly Finding[];
  readonly places: Places;
  /** Pointers of values no frame may show. */
  readonly hidden: readonly string[];
  /** Absolute path. */
  readonly file: string;
}

/** Most problems shown of one file; what comes after them is counted. */
export const MOST_PROBLEMS = 500;

/** Findings with their places and frames, sorted by place; errors and warnings together. */
export function problemsOf(evidence: Evidence): FileProblem[] {
  const { findings, places, plain } = evidence;
  const hidden = evidence.hidden
    .map((path) => places.get(path)?.value)
    .filter((range) => range !== undefined);
  const lines = linesOf(masked(plain, hidden));
  const placed = findings
    .map((finding) => ({ finding, span: spanFor(finding, places, lines) }))
    .toSorted(byPlace);
  const shown = placed
    .slice(0, MOST_PROBLEMS)
    .map(({ finding, span }) => problem(finding, span, lines, evidence.file));
  const rest = placed.length - shown.length;
  return rest === 0 ? shown : [...shown, problem(andMore(rest), null, lines, evidence.file)];
}

interface Placed {
  readonly finding: Finding;
  readonly span: Span | null;
}

function problem(finding: Finding, span: Span | null, lines: Lines, file: string): FileProblem {
  const { severity, code, path, message } = finding;
  const help = typeof finding.help === 'function' ? finding.help() : finding.help;
  const text = frame(lines, span, { severity, message, help, file: posix.basename(file) });
  return {
    severity,
    code,
    file,
    line: span?.line ?? 0,
    column: span?.column ?? 0,
    path,
    message,
    help,
    frame: text,
  };
}

/** Where a finding shows; what is missing shows at the nearest thing around it. Null: the file as a whole. */
function spanFor(finding: Finding, places: Places, lines: Lines): Span | null {
  if (finding.range !== undefined) {
    return finding.range[0] === 0 && finding.range[1] === 0 ? null : spanOf(lines, finding.range);
  }
  const place = places.get(finding.path);
  if (place !== undefined) {
    const empty = place.value[0] === place.value[1];
    return spanOf(lines, (finding.spot === 'key' || empty) && place.key !== null ? place.key : place.value);
  }
  if (finding.path === '') return null;
  return spanFor({ ...finding, path: parentPointer(finding.path), spot: 'key' }, places, lines);
}

function byPlace(a: Placed, b: Placed): number {
  return (a.span?.line ?? 0) - (b.span?.line ?? 0) || (a.span?.column ?? 0) - (b.span?.column ?? 0);
}

function andMore(count: number): Finding {
  const message = `and ${String(count)} more problems`;
  return { severity: 'error', code: 'more', path: '', spot: 'value', range: [0, 0], message, help: null };
}
