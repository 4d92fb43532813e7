import type { AccountEvidence, QuotaDecision } from './quota.ts';

/** One line of `evidence.jsonl`: what agents showed about an account, and what was decided. Times in ISO 8601, UTC. */
export interface EvidenceRecord {
  readonly at: string;
  readonly account: string;
  readonly decision: QuotaDecision['decision'];
  /** Until when the account counts as exhausted from then on; null: it does not. */
  readonly until: string | null;
  /** Newest first, at most 20; `text` is foreign, at most 120 characters. */
  readonly evidence: readonly (Omit<AccountEvidence, 'account' | 'at' | 'resetsAt'> & {
    readonly at: string;
    readonly resetsAt: string | null;
  })[];
}
