import type { CommandLine, Flag } from './command-line.ts';
import { argumentPlaces, commonFlags, flagPlaces, offeredVerbs } from './places.ts';
import { fishQuoted } from './quote.ts';

/** The script for fish 3.1 and later. */
export function fishScript(line: CommandLine): string {
  return `# fish completion for rollcall. In ~/.config/fish/config.fish: rollcall completion fish | source

${valueFunction(line)}

${argumentFunction(line)}

${flagsFunction(line)}

${groupFunction(line)}

function __rollcall_verbs
${listing(offeredVerbs(line), 2)}
end

${FIXED}`;
}

function groupFunction({ groups }: CommandLine): string {
  const words = Object.keys(groups).map(fishQuoted);
  return `# WORD: whether a verb needs another word behind it.
function __rollcall_group
  contains -- "$argv[1]" ${words.join(' ')}
end`;
}

function valueFunction(line: CommandLine): string {
  const rows = flagPlaces(line).map(({ verb, names, word }) => {
    const patterns = names.map((name) => fishQuoted(`${verb ?? '*'} ${name}`));
    return `    case ${patterns.join(' ')}\n      echo ${fishQuoted(word)}`;
  });
  return `# VERB FLAG: says what its value is; fails where it takes none.
function __rollcall_value
  switch "$argv[1] $argv[2]"
${rows.join('\n')}
    case '*'
      return 1
  end
end`;
}

function argumentFunction(line: CommandLine): string {
  const rows = argumentPlaces(line).map(
    ({ verb, index, word }) =>
      `    case ${fishQuoted(`${verb} ${index === null ? '*' : String(index)}`)}\n      echo ${fishQuoted(word)}`,
  );
  return `# VERB NUMBER: says what its argument of that number is.
function __rollcall_argument
  switch "$argv[1] $argv[2]"
${rows.join('\n')}
    case '*'
      echo nothing
  end
end`;
}

function flagsFunction(line: CommandLine): string {
  const rows = line.verbs
    .filter(({ flags }) => flags.length > 0)
    .map(({ name, flags }) => `    case ${fishQuoted(name)}\n${flagListing(flags, 6)}`);
  return `# VERB: the flags it takes.
function __rollcall_flags
  switch "$argv[1]"
${rows.join('\n')}
  end
${flagListing(commonFlags(line), 2)}
end`;
}

function flagListing(flags: readonly Flag[], indent: number): string {
  return listing(
    flags.flatMap(({ names, text }) => names.map((name) => [name, text] as const)),
    indent,
  );
}

function listing(rows: readonly (readonly [word: string, text: string])[], indent: number): string {
  return rows
    .map(([word, text]) => `${' '.repeat(indent)}printf '%s\\t%s\\n' ${fishQuoted(word)} ${fishQuoted(text)}`)
    .join('\n');
}

const FIXED = `# What is meant at the cursor (kind), and the file and verb before it, one a line.
function __rollcall_here
  set -l verb ''
  set -l file ''
  set -l pending ''
  set -l at 0
  set -l only 0
  set -l before (commandline -opc)
  set -l current (commandline -ct)
  for word in $before[2..-1]
    if test -n "$pending"
      if contains -- "$pending" -f --file
        set file $word
      end
      set pending ''
    else if test $only = 0 -a "x$word" = x--
      set only 1
    else if test $only = 0; and string match -q -- '--?*=*' "$word"
      if string match -q -- '--file=*' "$word"
        set file (string replace -- '--file=' '' "$word")
      end
    else if test $only = 0; and string match -qr -- '^-.' "$word"
      if __rollcall_value "$verb" "$word" >/dev/null
        set pending $word
      end
    else if test -z "$verb"
      set verb $word
    else if __rollcall_group "$verb"
      set verb "$verb $word"
    else
      set at (math $at + 1)
    end
  end
  set file (string replace -r -- '^~/' "$HOME/" "$file")
  set -l kind
  if test -n "$pending"
    set kind (__rollcall_value "$verb" "$pending")
  else if test $only = 0; and string match -qr -- '^--[^=]+=' "$current"
    set kind (__rollcall_value "$verb" (string replace -r -- '=.*' '' "$current"); or echo nothing)
  else if test $only = 0; and string match -q -- '-*' "$current"
    set kind flags
  else if test -z "$verb"
    set kind verb
  else
    set kind (__rollcall_argument "$verb" $at)
  end
  printf '%s\\n' "$kind" "$file" "$verb"
end

function __rollcall_words
  set -l here (__rollcall_here)
  switch "$here[1]"
    case verb
      __rollcall_verbs
    case flags
      __rollcall_flags "$here[3]"
    case 'choice *'
      string split ' ' (string replace 'choice ' '' "$here[1]")
    case 'names *'
      set -l from
      if test -n "$here[2]"
        set from -f "$here[2]"
      end
      command rollcall $from complete-names (string replace 'names ' '' "$here[1]") 2>/dev/null </dev/null
  end
end

# What goes on from --flag=VALUE has to begin with --flag=, too. Names are text: fish quotes what needs it.
function __rollcall_complete
  set -l start (string match -r -- '^--[^=]+=' (commandline -ct))
  for word in (__rollcall_words)
    printf '%s%s\\n' "$start" "$word"
  end
end

function __rollcall_is_file
  set -l here (__rollcall_here)
  test "$here[1]" = file
end

complete -c rollcall -e
complete -c rollcall -f -a '(__rollcall_complete)'
complete -c rollcall -n __rollcall_is_file -F
`;
