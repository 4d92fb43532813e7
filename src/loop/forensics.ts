import { createHash } from 'node:crypto';
import type { EvidenceRecord } from '../model/evidence-record.ts';
import type { Announced } from '../model/memory.ts';
import type { AccountEvidence, QuotaDecision } from '../model/quota.ts';
import type { Look } from './look.ts';

/** The lines of `evidence.jsonl` that a look adds, and what counts as written from now on. */
export interface Forensics {
  readonly records: readonly EvidenceRecord[];
  readonly announced: Announced;
}

const MOST = 20;
const LONGEST = 120;

/** One record where evidence or decision differ from those of the look before; the same seen again adds nothing. */
export function forensics(
  { decisions, input }: Pick<Look, 'decisions' | 'input'>,
  announced: Announced,
): Forensics {
  const { at } = input.observed;
  const made = decisions.map((decision) => recordOf(decision, at));
  const marks = made.map((record) => [`evidence ${record.account}`, markOf(record)] as const);
  const records = made.filter((_, index) => {
    const [key = '', mark] = marks[index] ?? [];
    return announced[key] !== mark;
  });
  return { records, announced: Object.fromEntries(marks) };
}

function recordOf({ account, decision, until, evidence }: QuotaDecision, at: number): EvidenceRecord {
  const isKnown = decision === 'not-enough' && until !== null && until > at;
  return {
    at: new Date(at).toISOString(),
    account,
    // What is seen of an account that counts as exhausted already is no less than that.
    decision: isKnown ? 'exhausted' : decision,
    until: timeOf(until),
    evidence: evidence
      .filter(({ evidence: what }) => what !== 'none')
      .slice(0, MOST)
      .map(evidenceOf),
  };
}

function evidenceOf({
  session,
  kind,
  evidence,
  at,
  source,
  resetsAt,
  rule,
  text,
}: AccountEvidence): EvidenceRecord['evidence'][number] {
  return {
    session,
    kind,
    evidence,
    at: new Date(at).toISOString(),
    source,
    resetsAt: timeOf(resetsAt),
    rule,
    text: Array.from(text).slice(0, LONGEST).join(''),
  };
}

function timeOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** Without the words: they are foreign, and go nowhere but into that file. A screen that counts down is still the same. */
function markOf({ decision, until, evidence }: EvidenceRecord): string {
  const told = evidence.map(({ at, ...each }) => ({
    ...each,
    text: '',
    at: each.source === 'screen' ? '' : at,
  }));
  return createHash('sha256')
    .update(JSON.stringify([decision, until, told]))
    .digest('hex')
    .slice(0, 16);
}
