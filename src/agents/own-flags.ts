import { basename } from 'node:path';
import { filled } from './fill.ts';
import type { Profile } from './profile.ts';

/** A command line of an operator's, taken apart by what the profile knows of the agent's flags. */
export type OwnFlags =
  | {
      readonly ok: true;
      /** The program and its flags, without what names a conversation and without a prompt; may hold secrets. */
      readonly kept: readonly string[];
      /** The same without what may be a secret. */
      readonly shown: readonly string[];
    }
  | { readonly ok: false; readonly why: string };

/** What of a command line is kept when the agent is started again; not where a flag is not known. */
export function ownFlags({ process, launch }: Profile, argv: readonly string[]): OwnFlags {
  const [program = '', ...rest] = argv;
  if (launch?.flags === undefined) return refused('its profile does not tell its flags');
  if (!process.includes(basename(program))) return refused('its command line does not begin with its name');
  const kept: string[] = [program];
  const shown: string[] = [program];
  for (const words of flagsIn(rest)) {
    const name = words[0] ?? '';
    const flag = /^--[^=]+/.exec(name)?.[0] ?? name;
    const length = lengthOf(launch.flags, flag, words, name !== flag);
    if (length === null) return refused('it has a flag that is not known');
    if (launch.flags.conversation.includes(flag)) continue;
    kept.push(...words.slice(0, length));
    if (!launch.flags.hidden.includes(flag)) shown.push(...words.slice(0, length));
  }
  return { ok: true, kept, shown };
}

/** The command line that goes on with a conversation, with the operator's own flags; null where it cannot be told. */
export function againArgv(
  profile: Profile,
  argv: readonly string[],
  conversation: string,
): readonly string[] | null {
  const flags = ownFlags(profile, argv);
  const again = ownAgain(profile);
  if (!flags.ok || again.length === 0) return null;
  return [...flags.kept, ...again.map((template) => filled(template, { conversation }))];
}

/** What goes on with a conversation (`{conversation}`), behind an operator's own flags; empty: nothing does. */
export function ownAgain({ launch }: Profile): readonly string[] {
  return launch?.resumeOwn ?? launch?.resume ?? [];
}

/** Each flag with the words up to the next one. What stands in front of the first, or behind `--`, is a prompt. */
function flagsIn(words: readonly string[]): readonly (readonly string[])[] {
  const end = words.indexOf('--');
  const groups: string[][] = [];
  for (const word of end < 0 ? words : words.slice(0, end)) {
    if (word.startsWith('-') && word !== '-') groups.push([word]);
    else groups.at(-1)?.push(word);
  }
  return groups;
}

type Flags = NonNullable<NonNullable<Profile['launch']>['flags']>;

/** How many words belong to a flag, itself included; null: it is not known, or lacks its value. */
function lengthOf(flags: Flags, flag: string, words: readonly string[], inline: boolean): number | null {
  if (flags.conversation.includes(flag)) return words.length;
  if (flags.switches.includes(flag)) return inline ? null : 1;
  if (flags.lists.includes(flag)) return words.length;
  if (!flags.values.includes(flag)) return null;
  if (inline) return 1;
  return words.length > 1 ? 2 : null;
}

function refused(why: string): OwnFlags {
  return { ok: false, why };
}
