import type { CommandLine } from './command-line.ts';
import { argumentPlaces, commonFlags, flagPlaces, offeredVerbs } from './places.ts';
import { quoted } from './quote.ts';

/** The script for bash 4.4 and later; needs no bash-completion. */
export function bashScript(line: CommandLine): string {
  return `# bash completion for rollcall. In ~/.bashrc: source <(rollcall completion bash)

${valueFunction(line)}

${argumentFunction(line)}

${flagsFunction(line)}

${groupFunction(line)}

${FIXED.replace('%VERBS%', () =>
  offeredVerbs(line)
    .map(([name]) => quoted(name))
    .join(' '),
)}`;
}

function groupFunction({ groups }: CommandLine): string {
  const tests = Object.keys(groups).map((group) => `[[ $1 == ${quoted(group)} ]]`);
  return `# WORD: whether a verb needs another word behind it.
_rollcall_group() {
  ${tests.length === 0 ? 'return 1' : tests.join(' || ')}
}`;
}

function valueFunction(line: CommandLine): string {
  const rows = flagPlaces(line).map(({ verb, names, word }) => {
    const patterns = names.map((name) =>
      verb === null ? `*${quoted(` ${name}`)}` : quoted(`${verb} ${name}`),
    );
    return `    ${patterns.join('|')}) kind=${quoted(word)} ;;`;
  });
  return `# VERB FLAG: sets what its value is; false where it takes none.
_rollcall_value() {
  case "$1 $2" in
${rows.join('\n')}
    *) return 1 ;;
  esac
}`;
}

function argumentFunction(line: CommandLine): string {
  const rows = argumentPlaces(line).map(({ verb, index, word }) => {
    const pattern = index === null ? `${quoted(`${verb} `)}*` : quoted(`${verb} ${String(index)}`);
    return `    ${pattern}) kind=${quoted(word)} ;;`;
  });
  return `# VERB NUMBER: sets what its argument of that number is.
_rollcall_argument() {
  case "$1 $2" in
${rows.join('\n')}
    *) kind='nothing' ;;
  esac
}`;
}

function flagsFunction(line: CommandLine): string {
  const common = commonFlags(line).flatMap(({ names }) => names);
  const rows = line.verbs.map(
    ({ name, flags }) =>
      `    ${quoted(name)}) ${setWords([...flags.flatMap(({ names }) => names), ...common])} ;;`,
  );
  return `# VERB: sets the flags it takes.
_rollcall_flags() {
  case "$1" in
${rows.join('\n')}
    *) ${setWords(common)} ;;
  esac
}`;
}

function setWords(words: readonly string[]): string {
  return `words=(${words.map(quoted).join(' ')})`;
}

// A name is foreign text: it is compared and quoted, and never becomes part of code: `compgen -W` would expand it.
const FIXED = `# WORD...: offers those that go on from what is typed, each quoted as far as it needs.
_rollcall_offer() {
  local word shown
  for word in "$@"; do
    printf -v shown '%q' "$word"
    if [[ -n $word && ( $word == "$cur"* || $shown == "$cur"* ) ]]; then COMPREPLY+=("$shown"); fi
  done
}

# KIND: names the fleet has now. What fails says nothing.
_rollcall_names() {
  local -a words=() from=()
  if [[ -n $file ]]; then from=(-f "$file"); fi
  mapfile -t words < <(command rollcall "\${from[@]}" complete-names "$1" 2>/dev/null </dev/null)
  _rollcall_offer "\${words[@]}"
}

_rollcall() {
  local cur=\${COMP_WORDS[COMP_CWORD]} verb='' file='' pending='' kind='' word
  local -a words=()
  local -i i at=0 only=0
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ -n $pending ]]; then
      # readline takes --flag=value for three words
      if [[ $word == '=' ]]; then continue; fi
      if [[ $pending == '-f' || $pending == '--file' ]]; then file=$word; fi
      pending=''
    elif ((only == 0)) && [[ $word == '--' ]]; then
      only=1
    elif ((only == 0)) && [[ $word == --?*=* ]]; then
      if [[ $word == --file=* ]]; then file=\${word#--file=}; fi
    elif ((only == 0)) && [[ $word == -?* ]]; then
      if _rollcall_value "$verb" "$word"; then pending=$word; fi
    elif [[ -z $verb ]]; then
      verb=$word
    elif _rollcall_group "$verb"; then
      verb+=" $word"
    else
      at+=1
    fi
  done
  if [[ $file == '~/'* ]]; then file=$HOME/\${file#'~/'}; fi
  if [[ -n $pending ]]; then
    if [[ $cur == '=' ]]; then cur=''; fi
    _rollcall_value "$verb" "$pending"
  elif ((only == 0)) && [[ $cur == -* ]]; then
    _rollcall_flags "$verb"
    _rollcall_offer "\${words[@]}"
    return
  elif [[ -z $verb ]]; then
    kind='verb'
  else
    _rollcall_argument "$verb" "$at"
  fi
  case "$kind" in
    verb) _rollcall_offer %VERBS% ;;
    choice\\ *)
      read -ra words <<<"\${kind#choice }"
      _rollcall_offer "\${words[@]}"
      ;;
    names\\ *) _rollcall_names "\${kind#names }" ;;
    # readline itself knows best how to complete and quote a path
    file) compopt -o default 2>/dev/null ;;
  esac
}

complete -F _rollcall rollcall
`;
