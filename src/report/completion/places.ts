import type { CommandLine, Completes, Flag } from './command-line.ts';

/** What completes the value of each flag that takes one: `* --file` for all verbs, `plan --out` for one. */
export interface FlagPlace {
  /** Null: every verb, and none. */
  readonly verb: string | null;
  readonly names: readonly string[];
  readonly word: string;
}

/** What completes the arguments of a verb. */
export interface ArgumentPlace {
  readonly verb: string;
  /** From 0; null: this and all that follow. */
  readonly index: number | null;
  readonly word: string;
}

/** Flags with a value, those of a verb first: there they win. */
export function flagPlaces({ verbs, flags }: CommandLine): readonly FlagPlace[] {
  return [...verbs.flatMap(({ name, flags: own }) => placesOf(name, own)), ...placesOf(null, flags)];
}

/** Arguments in order, the second words of the groups and `help VERB` among them. */
export function argumentPlaces({ verbs, groups }: CommandLine): readonly ArgumentPlace[] {
  const own = verbs.flatMap(({ name, args }) =>
    args.map(({ completes, repeats }, index) => ({
      verb: name,
      index: repeats ? null : index,
      word: kindWord(completes),
    })),
  );
  const second = Object.keys(groups).map((group) => {
    const words = verbs.flatMap(({ name }) =>
      name.startsWith(`${group} `) ? [name.slice(group.length + 1)] : [],
    );
    return { verb: group, index: 0, word: kindWord({ type: 'choice', words }) };
  });
  return [...own, ...second, { verb: 'help', index: 0, word: 'verb' }];
}

/** The first words to offer: verbs, groups in place of theirs, and help, which is commander's own. */
export function offeredVerbs({
  verbs,
  groups,
}: CommandLine): readonly (readonly [name: string, summary: string])[] {
  const words = verbs.map(({ name, summary }): readonly [string, string] => {
    const [first = ''] = name.split(' ');
    return [first, groups[first] ?? summary];
  });
  return [...new Map([...words, ['help', 'how to call a verb']])];
}

/** `-h` and the flags of every verb, wherever they may stand. */
export function commonFlags({ flags }: CommandLine): readonly Flag[] {
  return [...flags, { names: ['-h', '--help'], text: 'how to call it', value: null }];
}

function placesOf(verb: string | null, flags: readonly Flag[]): readonly FlagPlace[] {
  return flags.flatMap(({ names, value }) =>
    value === null ? [] : [{ verb, names, word: kindWord(value.completes) }],
  );
}

/** One shell word that says what to offer: `file`, `choice text json`, `names owned`, `nothing`. */
function kindWord(completes: Completes): string {
  switch (completes.type) {
    case 'choice':
      return `choice ${completes.words.join(' ')}`;
    case 'names':
      return `names ${completes.kind}`;
    case 'file':
    case 'nothing':
      return completes.type;
  }
}
