import { EXIT, type ExitCode } from '../model/words.ts';
import type { Io } from './io.ts';

/** When a verb that would go on for ever ends, and with what: 130 on Ctrl-C, quietly where nobody reads any more. */
export function endOfStream(io: Pick<Io, 'interruption' | 'gone'>): {
  readonly signal: AbortSignal;
  readonly exit: () => ExitCode;
} {
  const asked = io.interruption();
  return {
    signal: AbortSignal.any([asked, io.gone]),
    exit: () => (asked.aborted ? EXIT.interrupted : EXIT.done),
  };
}
