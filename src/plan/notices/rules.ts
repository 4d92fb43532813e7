import type { NotifySpec } from '../../model/desired.ts';

/** How one channel wants to hear of an event: by all its rules together, of which the most urgent counts. */
export interface Wish {
  readonly groupMs: number;
  /** Null: said once. */
  readonly repeatMs: number | null;
  /** Quiet hours do not hold it. */
  readonly urgent: boolean;
}

/** What the rules say of an event to a channel; null: nothing, or the channel is not declared. */
export function wishOf({ channels, rules, quiet }: NotifySpec, channel: string, event: string): Wish | null {
  if (!Object.hasOwn(channels, channel)) return null;
  const found = rules.filter(({ events, to }) => to.includes(channel) && matches(events, event));
  if (found.length === 0) return null;
  const repeats = found.flatMap(({ repeatMs }) => (repeatMs === null ? [] : [repeatMs]));
  return {
    groupMs: Math.min(...found.map(({ groupMs }) => groupMs)),
    repeatMs: repeats.length === 0 ? null : Math.min(...repeats),
    urgent: quiet === null || matches(quiet.except, event),
  };
}

/** Whether anybody is to be told anything. */
export function hasNotices({ channels, rules }: NotifySpec): boolean {
  return rules.some(({ to }) => to.some((channel) => Object.hasOwn(channels, channel)));
}

/** `*` is every event, `task.*` every one about tasks. */
function matches(patterns: readonly string[], event: string): boolean {
  return patterns.some(
    (pattern) =>
      pattern === '*' ||
      pattern === event ||
      (pattern.endsWith('.*') && event.startsWith(pattern.slice(0, -1))),
  );
}
