import type { Diagnostic } from '../model/diagnostic.ts';
import type { Action, Withheld } from '../model/plan.ts';
import type { WithheldReason } from '../model/words.ts';
import type { ManagedDocument } from './document.ts';

/** What one kind contributes: its part of both documents, and for each difference the action that makes it. */
export interface Draft<K extends keyof ManagedDocument> {
  readonly current: Pick<ManagedDocument, K>;
  readonly target: Pick<ManagedDocument, K>;
  /** JSON pointer of the changed resource (two steps: `/sessions/auto-3`) -> the action. */
  readonly actions: Readonly<Record<string, Action>>;
  readonly withheld: readonly Withheld[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Why something must wait. */
export interface Hold {
  readonly reason: WithheldReason;
  readonly because: string;
  readonly until: number | null;
}

/** Turns an action into what is withheld of it. */
export function withhold(action: Action, hold: Hold): Withheld {
  const { type, target, source } = action;
  return { type, target, reason: hold.reason, because: hold.because, source, until: hold.until };
}
