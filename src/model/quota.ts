import type { Evidence } from './screen.ts';

/** One dated, sourced observation about an account, made through one session's agent (SPEC §6.1). */
export interface AccountEvidence {
  readonly account: string;
  readonly session: string;
  readonly kind: 'pool' | 'dedicated';
  readonly evidence: Evidence;
  /** Epoch milliseconds at which the agent said it (not at which we looked). */
  readonly at: number;
  readonly source: EvidenceSource;
  /** Epoch milliseconds; null: it does not say when. */
  readonly resetsAt: number | null;
  /** The rule of the profile that decided, or the word of the record. */
  readonly rule: string;
  /** At most 120 characters of what was read; foreign text. Empty: none. */
  readonly text: string;
}

/** Where an observation comes from; the agent's own records outrank its screen. */
export const EVIDENCE_SOURCES = ['transcript', 'hook', 'status-line', 'screen', 'operator'] as const;
export type EvidenceSource = (typeof EVIDENCE_SOURCES)[number];

/** What is remembered of an account's quota; all of it may be lost: it is then found out anew. */
export interface AccountQuota {
  /** Epoch milliseconds until which it is exhausted; null: it is not known to be. Past: eligible, to be tried. */
  readonly exhaustedUntil: number | null;
  /** What that rests on; null with it, and once its end was noticed. */
  readonly because: Exhaustion | null;
  /** Evidence that is not enough yet; null: none. */
  readonly suspicion: Suspicion | null;
  /** When one of its agents was last refused for its login, epoch milliseconds; null: none was since one last worked. */
  readonly loggedOutAt: number | null;
  /** By window (`five_hour`): how much of it is used. */
  readonly used: Readonly<Record<string, Usage>>;
}

export const CONFIDENCES = ['told', 'read', 'assumed'] as const;

export interface Exhaustion {
  /** Epoch milliseconds at which it was decided. */
  readonly since: number;
  readonly source: EvidenceSource;
  /** `told`: the agent's records gave the reset; `read`: its screen did; `assumed`: nothing did, so it is tried again then. */
  readonly confidence: (typeof CONFIDENCES)[number];
  readonly session: string;
  readonly rule: string;
  readonly text: string;
}

/** A limit without a readable reset has to be seen by several looks. */
export interface Suspicion {
  /** Epoch milliseconds of the first of them. */
  readonly since: number;
  /** The last one that counted: looks a moment apart are one. */
  readonly at: number;
  readonly looks: number;
}

export interface Usage {
  /** 0 to 100. */
  readonly percent: number;
  /** Epoch milliseconds; null: not told. */
  readonly resetsAt: number | null;
  /** When it was told, epoch milliseconds. */
  readonly at: number;
}

/** One move of the active account. */
export interface Swap {
  readonly agent: string;
  readonly from: string | null;
  readonly to: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Asked for by an operator: no cooldown holds it, and it counts towards no budget; those after it wait as ever. */
  readonly byHand: boolean;
  /** False: written down, and not yet seen to have been made; a crash may have come in between. */
  readonly made: boolean;
}

/** What is remembered of quota and swaps. */
export interface QuotaMemory {
  /** Keyed by account. */
  readonly accounts: Readonly<Record<string, AccountQuota>>;
  /** Oldest first; those within `quota.maxSwaps`' period and the cooldown, at most 100. */
  readonly swaps: readonly Swap[];
}

export const NO_QUOTA: QuotaMemory = { accounts: {}, swaps: [] };
export const NOTHING_KNOWN: AccountQuota = {
  exhaustedUntil: null,
  because: null,
  suspicion: null,
  loggedOutAt: null,
  used: {},
};

/** What was decided about one account in one look, and on what: the forensic record (SPEC §6.11). */
export interface QuotaDecision {
  readonly account: string;
  /** `vetoed`: an error, and none of quota. */
  readonly decision: 'exhausted' | 'suspected' | 'not-enough' | 'vetoed' | 'extended' | 'eligible';
  readonly until: number | null;
  /** All that counted, newest first. */
  readonly evidence: readonly AccountEvidence[];
}
