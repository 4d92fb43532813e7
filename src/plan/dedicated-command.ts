import type { CommandLine } from '../model/dedicated-agent.ts';
import { shellWord } from './paths.ts';

/** What a person could run to go on with a conversation under another account; flags that may be secrets left out. */
export function resumeCommand(
  { shown, more, again = ['--resume', CONVERSATION] }: Pick<CommandLine, 'shown' | 'more' | 'again'>,
  pid: number | null,
  { variable, home, cwd, conversation }: Going,
): string {
  const program = shown.length === 0 ? ['claude'] : shown;
  const words = [
    ...(variable === null ? [] : [`${variable}=${shellWord(home)}`]),
    ...program.map(shellWord),
    ...again.flatMap((word) => (word === CONVERSATION ? (conversation ?? []) : shellWord(word))),
  ];
  const there = cwd === null ? '' : `cd ${shellWord(cwd)} && `;
  const rest =
    more && pid !== null ? `   # and its other flags: tr '\\0' ' ' </proc/${String(pid)}/cmdline` : '';
  return `${there}${words.join(' ')}${rest}`;
}

const CONVERSATION = '{conversation}';

interface Going {
  readonly variable: string | null;
  readonly home: string;
  readonly cwd: string | null;
  /** Null: not known; the agent then asks which. */
  readonly conversation: string | null;
}
