import { EXIT } from '../model/words.ts';
import { type Invocation, textOption } from './context.ts';
import { Stop } from './stop.ts';

/** Epoch milliseconds of an option like `--seen-at 2026-11-22T12:09:30Z`, or null where it was not given. */
export function timeOption(invocation: Invocation, name: string): number | null {
  const text = textOption(invocation, name);
  if (text === null) return null;
  const at = ISO.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new Stop(EXIT.usage, `--${flag} takes a time like 2026-11-22T12:09:30Z, not ${JSON.stringify(text)}`);
}

/** With an offset: a time without one would mean another instant on another machine. */
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
