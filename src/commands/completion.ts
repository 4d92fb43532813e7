import { EXIT } from '../model/words.ts';
import { type CommandLine, SHELLS } from '../report/completion/command-line.ts';
import { completionScript } from '../report/completion/completion-script.ts';
import { Stop } from './stop.ts';
import type { Verb } from './verb.ts';

/** `completion SHELL`: a script by which that shell completes the command line described. 64 for a shell there is none for. */
export function completion(line: CommandLine): Verb {
  return async ({ io }, { args }) => {
    const shell = SHELLS.find((each) => each === args[0]);
    if (shell === undefined) {
      throw new Stop(
        EXIT.usage,
        `there is no completion for ${JSON.stringify(args[0] ?? '')}; there is for ${SHELLS.join(', ')}`,
      );
    }
    io.stdout.write(completionScript(shell, line));
    return EXIT.done;
  };
}
