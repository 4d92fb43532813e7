import type { OptionEntry, VerbEntry } from '../commands/verb.ts';
import type { Argument, CommandLine, Flag } from '../report/completion/command-line.ts';
import { GLOBAL_OPTIONS, SUMMARY } from './global-options.ts';

/** The verb table as completion and the man page read it: without the hidden verbs. */
export function commandLine(
  verbs: readonly VerbEntry[],
  groups: Readonly<Record<string, string>>,
): CommandLine {
  return {
    summary: SUMMARY,
    flags: GLOBAL_OPTIONS.map(flagOf),
    groups,
    verbs: verbs
      .filter(({ hidden }) => hidden !== true)
      .map(({ name, summary, args, options }) => ({
        name,
        summary,
        args: args.map(
          ({ syntax, text, completes }): Argument => ({
            syntax,
            text,
            completes: completes ?? { type: 'nothing' },
            repeats: syntax.includes('...'),
          }),
        ),
        flags: options.map(flagOf),
      })),
  };
}

function flagOf({ flags, text, completes }: OptionEntry): Flag {
  const syntax = /[<[][^>\]]+[>\]]/.exec(flags)?.[0];
  return {
    names: flags.match(/(?<![\w-])--?[a-z][a-z-]*/g) ?? [],
    text,
    value: syntax === undefined ? null : { syntax, completes: completes ?? { type: 'nothing' } },
  };
}
