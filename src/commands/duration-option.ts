import { durationMs } from '../model/units.ts';
import { EXIT } from '../model/words.ts';
import { type Invocation, textOption } from './context.ts';
import { Stop } from './stop.ts';

/** Milliseconds of an option like `--for 2h`, or null where it was not given; anything else is a usage error. */
export function durationOption(invocation: Invocation, name: string): number | null {
  const text = textOption(invocation, name);
  if (text === null) return null;
  const ms = durationMs(text);
  if (ms === null || ms === 0) {
    throw new Stop(
      EXIT.usage,
      `--${name} takes a duration like 90s, 5m, 1h30m or 14d, not ${JSON.stringify(text)}`,
    );
  }
  return ms;
}
