import type { ExitCode } from '../model/words.ts';

/** An expected end of a verb: a sentence for stderr and an exit code. Anything else that is thrown is a bug. */
export class Stop extends Error {
  override readonly name = 'Stop';
  readonly exit: ExitCode;

  /** An empty message says that all was said already. */
  constructor(exit: ExitCode, message: string) {
    super(message);
    this.exit = exit;
  }
}
