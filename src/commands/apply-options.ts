import { EXIT } from '../model/words.ts';
import { flagOption, type Invocation, listOption } from './context.ts';
import { durationOption } from './duration-option.ts';
import { Stop } from './stop.ts';

export interface ApplyOptions {
  readonly yes: boolean;
  readonly once: boolean;
  /** `KIND/NAME`; empty: everything. */
  readonly targets: readonly string[];
  readonly timeoutMs: number;
}

/** What `apply` was called with. Ends with 64 on a target that is none, or beside a saved plan. */
export function applyOptions(invocation: Invocation): ApplyOptions {
  const targets = listOption(invocation, 'target');
  const bad = targets.find((target) => !/^(session|pool|account|link|inbox|task)\/./.test(target));
  if (bad !== undefined) {
    throw new Stop(
      EXIT.usage,
      `--target takes session/NAME, pool/NAME, account/NAME, link/…, inbox/NAME or task/INBOX/ID, not ${JSON.stringify(bad)}`,
    );
  }
  if (targets.length > 0 && invocation.args.length > 0) {
    throw new Stop(EXIT.usage, 'a saved plan is applied whole: leave out --target');
  }
  return {
    yes: flagOption(invocation, 'yes'),
    once: flagOption(invocation, 'once'),
    targets,
    timeoutMs: durationOption(invocation, 'timeout') ?? 300_000,
  };
}
