import type { DesiredState } from './desired.ts';
import type { Memory, Suspensions } from './memory.ts';
import type { Observed } from './observed.ts';
import type { Reading } from './reading.ts';
import type { Delivery } from './task.ts';

/** Everything a plan rests on. The same input gives the same plan, byte for byte. */
export interface PlanInput {
  readonly desired: DesiredState;
  readonly observed: Observed;
  readonly memory: Memory;
  readonly suspensions: Reading<Suspensions>;
  /** Account name -> epoch milliseconds until which it is exhausted, or null. */
  readonly exhaustedUntil: Reading<Readonly<Record<string, number | null>>>;
  /** An operator has confirmed the mass removal this plan may contain. */
  readonly massRemovalConfirmed: boolean;
  /** An operator asks for this account, by hand; null: nobody does. */
  readonly swapTo: string | null;
  /** What of the agents' profiles a plan needs, keyed by agent name; one that is missing cannot be started. */
  readonly agents: Readonly<Record<string, AgentTraits>>;
  /** Absolute: the folder under which each attempt has one of its own (`<runsDir>/<attempt>`). */
  readonly runsDir: string;
}

/** What of an agent's profile decides, and not only how. */
export interface AgentTraits {
  /** How it takes its prompt where the task does not say otherwise. */
  readonly delivery: Delivery;
  /** It can go on with a conversation after its process has ended. */
  readonly resumes: boolean;
  /** It chooses the ids of its conversations itself: ours is known once it is found in its records. */
  readonly choosesConversation: boolean;
  /** Entries of its home that must be shared for a conversation to go on under another account. */
  /** How a conversation that goes on is told so: as it was given its prompt, or by a paste. */
  readonly resumeDelivery: 'argv' | 'paste';
  /** So long after it began a conversation cannot go on yet. */
  readonly resumeAfterMs: number;
  readonly resumeShares: readonly string[];
  /** That it ends with 0 says that the task is done. */
  readonly exitMeansDone: boolean;
  /** Its records say when a turn has ended; where not, the screen alone tells. */
  readonly hasRecords: boolean;
}
