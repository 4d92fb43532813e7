import { bashScript } from './bash.ts';
import type { CommandLine, Shell } from './command-line.ts';
import { fishScript } from './fish.ts';
import { zshScript } from './zsh.ts';

/** A script that, read by that shell, completes `rollcall`. Pure; ends with a newline. */
export function completionScript(shell: Shell, line: CommandLine): string {
  return SCRIPTS[shell](line);
}

const SCRIPTS: Readonly<Record<Shell, (line: CommandLine) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};
