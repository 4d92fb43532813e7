/** What a session's screen can show it to be doing; a screen cannot show `free` or `absent` (SPEC §8). */
export const SCREEN_STATES = [
  'starting',
  'working',
  'waiting',
  'idle',
  'limited',
  'error',
  'exited',
  'unknown',
] as const;
export type ScreenState = (typeof SCREEN_STATES)[number];

/** What waits for an answer on a screen. */
export const DIALOGS = [
  'onboarding',
  'api-key',
  'login',
  'trust',
  'bypass-permissions',
  'permission',
  'question',
  'hooks-review',
  'limit-menu',
  'overlay', // anything else that hides the input box
] as const;
export type Dialog = (typeof DIALOGS)[number];

/** What is seen of an account (SPEC §6.1); only `quota` counts towards a swap. */
export const EVIDENCE = [
  'quota',
  'throttled',
  'server-error',
  'auth',
  'billing',
  'network',
  'other',
  'none',
] as const;
export type Evidence = (typeof EVIDENCE)[number];

/** The rule of a screen that an agent has drawn anew as it was before its start: it tells nothing of now. */
export const REDRAWN = 'redrawn';

/** What one screen says, as one witness among others. */
export interface ScreenVerdict {
  readonly state: ScreenState;
  /** Null: nothing waits for an answer. */
  readonly dialog: Dialog | null;
  /** Null: cannot be told from the screen. */
  readonly evidence: Evidence | null;
  /** Epoch milliseconds at which the limit ends, where the screen says so; the time it was seen means now. */
  readonly resetsAt: number | null;
  /** The rule of the agent's profile that decided. */
  readonly rule: string;
}
