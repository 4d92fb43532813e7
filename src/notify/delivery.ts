import type { Notice } from '../model/notice.ts';

/** What became of one try to deliver a message. `why` is for people, in our words and without secrets. */
export type Delivery =
  | { readonly type: 'delivered' }
  /** It may go through later, not before `afterMs` (null: whenever). */
  | { readonly type: 'retry'; readonly why: string; readonly afterMs: number | null }
  /** It cannot until somebody mends something. */
  | { readonly type: 'refused'; readonly why: string };

/** A channel with what it needs. */
export interface OpenChannel {
  /** Another text whenever address or secrets are others: what was refused is then tried again. */
  readonly fingerprint: string;
  /** Never throws; ends within the time a channel has, and earlier when `signal` fires. */
  deliver(notice: Notice, signal: AbortSignal): Promise<Delivery>;
}

/** A channel as it can be used now; `off`: a secret is absent. */
export type ChannelAnswer =
  | { readonly type: 'open'; readonly channel: OpenChannel }
  | { readonly type: 'off'; readonly why: string };

/** So long one try may take in all, milliseconds. */
export const TRY_MS = 10_000;

export const DELIVERED: Delivery = { type: 'delivered' };

export function retry(why: string, afterMs: number | null = null): Delivery {
  return { type: 'retry', why, afterMs };
}

export function refuse(why: string): Delivery {
  return { type: 'refused', why };
}
